// Opening a game or a cluster, and writing in the file of the one that is open.  Only where a server reads them.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../../languages";
import { online } from "../../server/client";
import { chosenOf, dropped, held, type Chosen } from "../../server/files";
import { LARGEST, open, opened, type Sent } from "../../server/models";
import { Refused, Unreachable, type Problem } from "../../server/request";
import { Catalogue } from "./catalogue";
import { Editor } from "./editor";
import { Fault } from "./fault";
import "./open.css";

type Part = "catalogue" | "file" | "editor";
const shown = signal<Part | null>(null);
const busy = signal(false);
const problem = signal<Problem | string | null>(null);

/** Opens what was chosen, and closes the window where that can be read. */
async function choose(what: () => Promise<Sent>): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  problem.value = null;
  try {
    await open(await what());
    shown.value = null;
  } catch (why) {
    problem.value = why instanceof Refused ? why.problem
      : why instanceof Unreachable ? say("The server does not respond; nothing was opened.") : why instanceof Error && !(why instanceof DOMException) ? why.message
        : say("The browser cannot read these files. Choose them again.");
  } finally {
    busy.value = false;
  }
}

function chosen(list: Chosen | Promise<Chosen>, kind: "game" | "cluster"): void {
  void choose(async () => {
    const files = await list;
    if (files.length === 0) throw new Error(say("This folder contains no files."));
    if (files.reduce((sum, { file }) => sum + file.size, 0) > LARGEST) {
      throw new Error(say("The files exceed the limit of {most} MB.", { most: LARGEST / 1e6 }));
    }
    const folder = files.length > 1 || files.some(({ path }) => path.includes("/") || path.toLowerCase().endsWith(".zip"));
    return { files: await held(files), kind: folder ? "cluster" : kind };
  });
}

/** Takes what a field holds, and empties it: the same file can be chosen again once it was mended. */
function taken(field: HTMLInputElement, kind: "game" | "cluster"): void {
  const files = chosenOf(field.files ?? []);
  field.value = "";
  chosen(files, kind);
}

/** The button in the head, and the window that it opens. */
export function Open() {
  const box = useRef<HTMLDialogElement>(null);
  const part = shown.value;
  useEffect(() => {
    if (part !== null && !box.current?.open) box.current?.showModal();
    if (part === null) box.current?.close();
  }, [part]);
  if (!online) return null;
  const parts: [Part, string][] = [["catalogue", say("Catalogue")], ["file", say("File or folder")]];
  if (opened.value?.text != null) parts.push(["editor", say("Edit the file")]);
  const show = (which: Part) => { problem.value = null; shown.value = which; };
  return (
    <>
      <button aria-haspopup="dialog" onClick={() => show("catalogue")}>{say("Open")}</button>
      {opened.value?.text != null && <button aria-haspopup="dialog" onClick={() => show("editor")}>{say("Edit")}</button>}
      <dialog ref={box} class="open" aria-label={say("Open a game or a cluster")} onClose={() => { shown.value = null; }}>
        {part !== null && (
          <>
            <div class="open-head">
              <div class="group" role="group" aria-label={say("From where")}>
                {parts.map(([id, title]) => <button key={id} aria-pressed={id === part} onClick={() => show(id)}>{title}</button>)}
              </div>
              <button onClick={() => { shown.value = null; }}>{say("Close")}</button>
            </div>
            {part === "catalogue" && <Catalogue busy={busy.value} choose={(example) => { void choose(() => Promise.resolve({ example })); }} />}
            {part === "file" && <Files />}
            {part === "editor" && <Editor done={() => { shown.value = null; }} />}
            <div role="alert">
              {typeof problem.value === "string" ? <p class="wrong">{problem.value}</p> : problem.value && <Fault problem={problem.value} />}
            </div>
          </>
        )}
      </dialog>
    </>
  );
}

/** Files of the reader's own machine; they go to the server that serves this page, and nowhere else. */
function Files() {
  const drop = (e: DragEvent) => { e.preventDefault(); if (e.dataTransfer) chosen(dropped(e.dataTransfer), "game"); };
  return (
    <div class="open-files" onDragOver={(e) => { e.preventDefault(); }} onDrop={drop}>
      <label>
        {say("A game: .yaml, .csv, .xlsx, .ods, .nfg, or a pasted table as .html, .tex or .txt; a cluster as .zip")}
        <input type="file" accept=".yaml,.yml,.json,.csv,.tsv,.txt,.html,.htm,.tex,.xlsx,.xlsm,.ods,.nfg,.zip" disabled={busy.value}
          onChange={(e) => { taken(e.currentTarget, "game"); }} />
      </label>
      <label>
        {say("The folder of a cluster, with its cluster.yaml")}
        <input type="file" multiple ref={(input) => { if (input) input.webkitdirectory = true; }} disabled={busy.value} onChange={(e) => { taken(e.currentTarget, "cluster"); }} />
      </label>
      <p class="meaning">{say("You can also drop a file or a folder here. It is sent only to the server of this page, which keeps it only while it runs.")}</p>
      {busy.value && <p role="status">{say("Reading …")}</p>}
    </div>
  );
}
