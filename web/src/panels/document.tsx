// A document shown in the page, block by block: text stays text, only formulas are MathML of the program's own.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Block, FormulaText, Inline, Line } from "../document";
import { setsMathml } from "../formulas/math";
import { say } from "../languages";
import "./document.css";

/** Shows blocks; `prefix` keeps the anchors of two documents of one page apart. */
export function Blocks({ blocks, prefix }: { blocks: Block[]; prefix: string }) {
  return <>{blocks.map((block, k) => <Shown key={k} block={block} prefix={prefix} />)}</>;
}

function Formula({ of, display }: { of: FormulaText; display?: boolean }) {
  if (!setsMathml()) return <span class="formula">{of.text}</span>;
  const style = display ? ' displaystyle="true"' : "";
  return <span class="formula" dangerouslySetInnerHTML={{ __html: `<math${style}>${of.mathml}</math>` }} />;
}

function styled(style: string, text: string): ComponentChildren {
  if (style === "strong") return <strong>{text}</strong>;
  if (style === "code") return <code>{text}</code>;
  if (style === "muted") return <span class="muted">{text}</span>;
  return text;
}

/** Text in which what is typed stands between backquotes. */
export function Typed({ text }: { text: string }) {
  return <>{text.split("`").map((piece, k) => (k % 2 ? <code key={k}>{piece}</code> : piece))}</>;
}

function One({ item, prefix }: { item: Inline; prefix: string }) {
  if (typeof item === "string") return <>{item}</>;
  switch (item.kind) {
    case "formula": return <Formula of={item} />;
    case "badge": return <span class="badge"><span aria-hidden="true">{item.symbol}</span> {item.text}</span>;
    case "noted": return (
      // Hundreds of numbers are no stops of Tab: the list of notes is one, and leads back.
      <a class="sourced" tabIndex={-1} data-note={`${prefix}-note-${item.note}`} href={`#${prefix}-note-${item.note}`} onClick={(e) => goTo(e, `${prefix}-note-${item.note}`)}>
        {styled(item.style, item.text)}{item.marked && <sup>[{item.note}]</sup>}
      </a>
    );
    default: return <>{styled(item.kind, item.text)}</>;
  }
}

/** The address of the page holds its state, so that a note is scrolled to and never followed. */
export function goTo(event: Event, id: string): void {
  event.preventDefault();
  show(document.getElementById(id));
}

/** Scrolls to what may be folded, and puts the focus there. */
function show(element: HTMLElement | null): void {
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  element?.scrollIntoView({ block: "center" });
  element?.focus();
}

/** The number of notes of blocks, those that are folded too. */
export function notesIn(blocks: Block[]): number {
  return blocks.reduce((count, b) => count + (b.kind === "notes" ? b.items.length : b.kind === "details" ? notesIn(b.blocks) : 0), 0);
}

/** Where numbers come from: one stop of Tab, in which the arrow keys go from note to note, and a link back from each. */
function Notes({ block, prefix }: { block: Extract<Block, { kind: "notes" }>; prefix: string }) {
  const [reached, reach] = useState(0);
  const byKey = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const next = document.getElementById(`${prefix}-note-${reached + 1 + (step ?? 0)}`);
    if (step === undefined || !next) return;
    e.preventDefault();
    show(next);
  };
  const back = (event: Event, id: string) => {
    event.preventDefault();
    show(document.querySelector<HTMLElement>(`[data-note="${CSS.escape(id)}"]`));
  };
  return (
    <>
      <ol class="notes" id={`${prefix}-notes`} aria-label={say("Evidence for the numbers")} onKeyDown={byKey}>
        {block.items.map((line, k) => {
          const id = `${prefix}-note-${k + 1}`;
          return (
            <li key={k} id={id} tabIndex={k === reached ? 0 : -1} onFocus={() => reach(k)}>
              <Text line={line} prefix={prefix} />{" "}
              <a href={`#${id}`} tabIndex={k === reached ? 0 : -1} aria-label={say("Back to the number")} onClick={(e) => back(e, id)}>↩</a>
            </li>
          );
        })}
      </ol>
      {block.below.length > 0 && <p class="muted"><Text line={block.below} prefix={prefix} /></p>}
    </>
  );
}

export function Text({ line, prefix }: { line: Line; prefix: string }) {
  return <>{line.map((item, k) => <One key={k} item={item} prefix={prefix} />)}</>;
}

function Shown({ block, prefix }: { block: Block; prefix: string }) {
  switch (block.kind) {
    case "heading": return block.level > 1 ? <h4>{block.text}</h4> : <h3>{block.text}</h3>;
    case "paragraph": return <p class={block.lead ? "lead" : undefined}><Text line={block.line} prefix={prefix} /></p>;
    case "equations": return (
      <div class="equations scroll" role="group">
        {block.rows.map((row, k) => (
          <p key={k}><Formula of={row.left} display /> {row.sign} <Formula of={row.right} display /></p>
        ))}
      </div>
    );
    case "table": return <DocumentTable block={block} prefix={prefix} />;
    case "pairs": return <p>{block.items.map(([name, value]) => `${name}\u00a0=\u00a0${value}`).join(", ")}</p>;
    case "bullets": {
      const items = block.items.map((line, k) => <li key={k}><Text line={line} prefix={prefix} /></li>);
      return block.numbered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "note": return <p class="note" role="note"><strong>{block.title}</strong> <Text line={block.line} prefix={prefix} /></p>;
    case "notes": return <Notes block={block} prefix={prefix} />;
    case "verbatim": return <pre tabIndex={0}>{block.text}</pre>;
    case "details": return <details><summary>{block.summary}</summary><Blocks blocks={block.blocks} prefix={prefix} /></details>;
    case "figure": return (
      <figure>
        <img src={`data:image/svg+xml,${encodeURIComponent(block.svg)}`} alt={block.said || block.name} />
        <figcaption><strong>{block.name}</strong> {block.caption}</figcaption>
      </figure>
    );
  }
}

function DocumentTable({ block, prefix }: { block: Extract<Block, { kind: "table" }>; prefix: string }) {
  const titled = block.columns.some((c) => c.title);
  return (
    <>
      {(block.name || block.caption) && <p class="caption"><strong>{block.name}</strong> {block.caption}</p>}
      <div class="scroll" role="region" tabIndex={0} aria-label={block.name || block.caption || say("Table")}>
        <table>
          {titled && (
            <thead>
              <tr>{block.columns.map((c, k) => (c.title ? <th key={k} scope="col" class={c.align}>{c.title}</th> : <td key={k} />))}</tr>
            </thead>
          )}
          <tbody>
            {block.rows.map((row, k) => (
              <tr key={k}>
                {row.map((cell, c) => {
                  const align = block.columns[c]?.align;
                  const text = <Text line={cell} prefix={prefix} />;
                  return c === 0 && block.row_heads
                    ? <th key={c} scope="row" class={align}>{text}</th> : <td key={c} class={align}>{text}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
