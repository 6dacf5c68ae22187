// Handing things out of the page: to the clipboard, or as a file.

/** Copies a text; false where the browser does not let the page. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Saves a file under a name, as a click on a link would. */
export function saveFile(name: string, content: BlobPart, media: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: media }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it after this turn.
  setTimeout(() => { URL.revokeObjectURL(address); }, 10_000);
}

/** The bytes of a text in base64. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** A name of a file made of a title: nothing in it that some system refuses. */
export function fileStem(title: string): string {
  const plain = title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60).toLowerCase();
  return plain || "separatrix";
}

/** Draws a picture as PNG, with this many dots for a pixel. */
export async function pngOf(svg: string, density = 3): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * density);
  canvas.height = Math.round(image.naturalHeight * density);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.scale(density, density);
  context.drawImage(image, 0, 0, image.naturalWidth, image.naturalHeight);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => { if (blob) done(blob); else failed(new Error("no picture")); }, "image/png");
  });
}
