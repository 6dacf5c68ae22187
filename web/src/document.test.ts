import { expect, test } from "vitest";
import { openingOf, sectionsOf, type Block } from "./document";

const text = (line: string, lead = false): Block => ({ kind: "paragraph", line: [line], ...(lead ? { lead } : {}) });
const head = (title: string, level = 1): Block => ({ kind: "heading", level, text: title });

test("what must be seen first is what leads a document, and no block is lost or told twice", () => {
  const note: Block = { kind: "note", title: "Made up", line: ["x"] };
  const blocks = [note, text("lead", true), text("more"), text("later lead", true)];
  const { opening, rest } = openingOf({ title: "", subtitle: "", blocks });
  expect(opening).toEqual(blocks.slice(0, 2));
  expect([...opening, ...rest]).toEqual(blocks);
  expect(openingOf({ title: "", subtitle: "", blocks: [note] }).rest).toEqual([]);
});

test("sections begin at headings of the first level", () => {
  const found = sectionsOf([text("a"), head("One"), head("Below", 2), text("b"), head("Two")]);
  expect(found.map((s) => [s.title, s.blocks.length])).toEqual([["", 1], ["One", 2], ["Two", 0]]);
});
