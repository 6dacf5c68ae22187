// Writing in the file of the game that is open.  What is written stays in this tab until it is opened or given
// up; other tabs have their own.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { saveFile } from "../../export/save";
import { say } from "../../languages";
import { opened, openEdition } from "../../server/models";
import { Refused, type Problem } from "../../server/request";
import { Fault } from "./fault";

/** What was written, and in which edition: another one that is opened replaces it. */
const draft = signal<{ of: string; text: string } | null>(null);
const busy = signal(false);
/** The error of the text that was last asked about. */
const fault = signal<{ problem: Problem | null; text: string } | null>(null);

const saved = () => opened.value?.text ?? "";
const written = () => (draft.value && draft.value.of === opened.value?.hash ? draft.value.text : saved());
const changed = () => written() !== saved();

// Nobody loses what was written by closing the tab.
effect(() => {
  if (typeof window === "undefined") return;
  window.onbeforeunload = changed() ? (e: Event) => { e.preventDefault(); } : null;
});

async function apply(done: () => void): Promise<void> {
  const text = written();
  busy.value = true;
  fault.value = null;
  try {
    await openEdition(text, opened.peek()?.name ?? "game.yaml");
    draft.value = null;
    done();
  } catch (why) {
    fault.value = { problem: why instanceof Refused ? why.problem : null, text };
  } finally {
    busy.value = false;
  }
}

/** The offset in a text of a line and a column, both from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  // Columns count characters, offsets those of UTF-16.
  return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

export function Editor({ done }: { done: () => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const text = written();
  const problem = fault.value?.text === text ? fault.value.problem : null;
  useEffect(() => {
    if (!problem?.line || !area.current) return;
    const start = offsetOf(text, problem.line, problem.column ?? 1);
    area.current.focus();
    area.current.setSelectionRange(start, start + problem.width);
    // The line is brought into view: a third of the window above it.
    const height = area.current.scrollHeight / Math.max(text.split("\n").length, 1);
    area.current.scrollTop = Math.max(0, (problem.line - 1) * height - area.current.clientHeight / 3);
  }, [fault.value]);
  const follow = () => { if (gutter.current && area.current) gutter.current.scrollTop = area.current.scrollTop; };
  const apply_ = () => { if (!busy.value) void apply(done); };
  return (
    <form class="editor" onSubmit={(e) => { e.preventDefault(); apply_(); }}>
      <label for="editor-text">{say("The file {name}", { name: opened.value?.name ?? "" })}</label>
      <div class="editor-box">
        <div ref={gutter} class="editor-gutter" aria-hidden="true">
          {text.split("\n").map((_, k) => <div key={k} class={problem?.line === k + 1 ? "at-fault" : undefined}>{k + 1}</div>)}
        </div>
        <textarea id="editor-text" ref={area} value={text} wrap="off" spellcheck={false} autocomplete="off" autocapitalize="off"
          aria-invalid={problem !== null} aria-describedby="editor-fault"
          onInput={(e) => { draft.value = { of: opened.peek()?.hash ?? "", text: e.currentTarget.value }; }}
          onScroll={follow}
          onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); apply_(); } }} />
      </div>
      <div id="editor-fault" role="alert">
        {problem && <Fault problem={problem} />}
        {fault.value && !fault.value.problem && <p class="wrong">{say("The server does not respond; your text is kept here.")}</p>}
      </div>
      <p class="group">
        <button disabled={busy.value || !changed()} title={say("Ctrl+Enter")}>{say("Open this edition")}</button>
        <button type="button" disabled={!changed()} onClick={() => { draft.value = null; fault.value = null; }}>{say("Back to what is open")}</button>
        <button type="button" onClick={() => { saveFile(opened.value?.name ?? "game.yaml", text, "text/plain;charset=utf-8"); }}>{say("Save as a file")}</button>
        {busy.value && <span role="status">{say("Reading …")}</span>}
      </p>
    </form>
  );
}
