// An error of a file, as a compiler shows it: code, place, the line with carets under what is meant, and help.
import { say } from "../../languages";
import { toldOf, type Problem } from "../../server/request";

/** How much of a long line is shown, and how much of it before the place. */
const SHOWN = 72;
const BEFORE = 32;

/** The part of a line around a place, and the line of carets under it; letters of double width count twice. */
export function excerpt(text: string, column: number, width: number): { line: string; carets: string } {
  const letters = [...text.replace(/\t/g, " ")];
  const at = Math.min(Math.max(column - 1, 0), letters.length);
  const first = at > SHOWN - 8 ? at - BEFORE : 0;
  const part = letters.slice(first, first + SHOWN);
  const line = `${first > 0 ? "…" : ""}${part.join("")}${first + SHOWN < letters.length ? "…" : ""}`;
  const wide = (of: string[]) => of.reduce((sum, letter) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(letter) ? 2 : 1), 0);
  const blank = wide(part.slice(0, at - first)) + (first > 0 ? 1 : 0);
  const marked = Math.max(1, wide(part.slice(at - first, at - first + width)));
  return { line, carets: " ".repeat(blank) + "^".repeat(marked) };
}

/** Where an error is: `file:line:column`, as far as that is known. */
export function placeOf({ where, line, column }: Problem): string {
  return [where, line, line === null ? null : column].filter((part) => part !== null).join(":");
}

export function Fault({ problem }: { problem: Problem }) {
  const { text, hint } = toldOf(problem);
  const place = placeOf(problem);
  const quoted = problem.quoted !== null && problem.line !== null ? excerpt(problem.quoted, problem.column ?? 1, problem.width) : null;
  return (
    <div class="fault">
      <p><strong>{problem.code}</strong> {text}</p>
      {place && <p class="meaning">{place}</p>}
      {quoted && <pre tabIndex={0} aria-label={say("The line with the error")}>{`${quoted.line}\n${quoted.carets}`}</pre>}
      {hint && <p>{say("Help:")} {hint}</p>}
    </div>
  );
}
