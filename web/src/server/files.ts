// Files of the reader's machine, read into memory at once: what was chosen can be sent again to a server that was
// restarted, even where the files on the disk were changed or moved meanwhile.

/** A file as it was chosen: its name, or its path from the folder that was chosen. */
export interface Held { path: string; content: Blob }

/** As text, which the storage of a tab can keep: paths with contents in base 64. */
export type Packed = [path: string, content: string][];

/** What was chosen and where it lies; of a folder only the files in it, not those of folders in it. */
export type Chosen = { path: string; file: File }[];

/** Tabs can keep some five million characters; base 64 has four for three bytes. */
const MOST_KEPT = 3_000_000;

const depth = ({ path }: { path: string }) => path.split("/").length;

/** The files of a list that a field or a drop gave. */
export function chosenOf(files: Iterable<File>): Chosen {
  const all = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const least = Math.min(...all.map(depth));
  return all.filter((one) => depth(one) === least);
}

/** What was dropped; call it before anything is awaited, for the list is emptied then. */
export function dropped(data: DataTransfer): Promise<Chosen> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return Promise.resolve(chosenOf(data.files));
  return Promise.all(entries.filter((entry) => entry.isDirectory).map((entry) => inside(entry as FileSystemDirectoryEntry)))
    .then((lists) => lists.flat());
}

async function inside(folder: FileSystemDirectoryEntry): Promise<Chosen> {
  const reader = folder.createReader();
  const found: Chosen = [];
  for (;;) {
    // Browsers give a hundred at a time, and an empty list at the end.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => { reader.readEntries(done, failed); });
    if (some.length === 0) return found;
    for (const entry of some.filter((one) => one.isFile)) {
      const file = await new Promise<File>((done, failed) => { (entry as FileSystemFileEntry).file(done, failed); });
      found.push({ path: `${folder.name}/${entry.name}`, file });
    }
  }
}

/** Reads what was chosen; rejects where the browser cannot. */
export function held(chosen: Chosen): Promise<Held[]> {
  return Promise.all(chosen.map(async ({ path, file }) => ({ path, content: new Blob([await file.arrayBuffer()]) })));
}

/** Files as text; null where they are too large for that. */
export async function packed(files: Held[]): Promise<Packed | null> {
  if (files.reduce((sum, { content }) => sum + content.size, 0) > MOST_KEPT) return null;
  return Promise.all(files.map(async ({ path, content }) => {
    const bytes = new Uint8Array(await content.arrayBuffer());
    let text = "";
    for (let k = 0; k < bytes.length; k += 8192) text += String.fromCharCode(...bytes.subarray(k, k + 8192));
    return [path, btoa(text)] as [string, string];
  }));
}

/** Files from such a text. */
export function unpacked(files: Packed): Held[] {
  return files.map(([path, text]) => ({ path, content: new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]) }));
}
