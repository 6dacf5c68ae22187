// A document as a tree of blocks: the twin of packages/separatrix/src/separatrix/studio/page_json.py.

export interface FormulaText { mathml: string; text: string }
export type Inline =
  | string
  | { kind: "strong" | "muted" | "code"; text: string }
  | { kind: "noted"; text: string; style: string; note: number; marked: boolean }
  | ({ kind: "formula" } & FormulaText)
  | { kind: "badge"; label: string; symbol: string; text: string };
export type Line = Inline[];

export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "paragraph"; line: Line; lead?: boolean }
  | { kind: "equations"; rows: { left: FormulaText; sign: string; right: FormulaText }[] }
  | {
      kind: "table"; name: string; caption: string; row_heads: boolean;
      columns: { title: string; align: "left" | "right" | "center" }[]; rows: Line[][];
    }
  | { kind: "pairs"; items: [string, string][] }
  | { kind: "bullets"; numbered: boolean; items: Line[] }
  | { kind: "note"; title: string; line: Line }
  | { kind: "notes"; items: Line[]; below: Line }
  | { kind: "verbatim"; text: string }
  | { kind: "details"; summary: string; blocks: Block[] }
  | { kind: "figure"; name: string; caption: string; /** For those who cannot see it. */ said: string; svg: string };

export interface DocumentModel { title: string; subtitle: string; blocks: Block[] }

/** Returns what a reader must see first (notes and the leading sentence), and all that follows. */
export function openingOf(document: DocumentModel): { opening: Block[]; rest: Block[] } {
  const first = document.blocks.findIndex((b) => !(b.kind === "note" || (b.kind === "paragraph" && b.lead)));
  const at = first < 0 ? document.blocks.length : first;
  return { opening: document.blocks.slice(0, at), rest: document.blocks.slice(at) };
}

/** A heading with all that follows it up to the next; what stands before the first heading has none. */
export interface Section { title: string; blocks: Block[] }

export function sectionsOf(blocks: Block[]): Section[] {
  const found: Section[] = [{ title: "", blocks: [] }];
  for (const block of blocks) {
    if (block.kind === "heading" && block.level === 1) found.push({ title: block.text, blocks: [] });
    else found[found.length - 1]!.blocks.push(block);
  }
  return found;
}
