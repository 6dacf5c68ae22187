import { describe, expect, test } from "vitest";
import { chosenOf, held, packed, unpacked } from "./files";

const file = (path: string, content: BlobPart = "x"): File => {
  const made = new File([content], path.split("/").at(-1)!);
  Object.defineProperty(made, "webkitRelativePath", { value: path.includes("/") ? path : "" });
  return made;
};

describe("files of the reader's machine", () => {
  test("of a folder only the files in it are taken, not those of folders in it", () => {
    const found = chosenOf([file("园区/cluster.yaml"), file("园区/照片/a.jpg"), file("园区/energy.csv")]);
    expect(found.map(({ path }) => path)).toEqual(["园区/cluster.yaml", "园区/energy.csv"]);
    expect(chosenOf([])).toEqual([]);
  });

  test("what a tab keeps as text are the same bytes", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, k) => (k * 7919) % 256);
    const files = await held(chosenOf([file("a/energy.csv", bytes), file("a/empty.csv", "")]));
    const again = unpacked(JSON.parse(JSON.stringify(await packed(files))));
    expect(again.map(({ path }) => path)).toEqual(["a/energy.csv", "a/empty.csv"]);
    expect(new Uint8Array(await again[0]!.content.arrayBuffer())).toEqual(bytes);
    expect(again[1]!.content.size).toBe(0);
  });

  test("what is too large for a tab is not kept as text", async () => {
    expect(await packed(await held(chosenOf([file("large.zip", new Uint8Array(3_000_001))])))).toBeNull();
  });
});
