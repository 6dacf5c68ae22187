// A box for an exact number.  What is none, or none that is wanted, stays in the box with a message and is not applied.
import { useEffect, useState } from "preact/hooks";
import { say } from "../languages";
import { exactText } from "../state/exact_text";

interface Props {
  id: string;
  label: string;
  text: string;
  onChange: (exact: string) => void;
  describedBy?: string;
  /** Why a number is not taken; empty where it is. */
  refused?: (exact: string) => string;
}

export function NumberBox({ id, label, text, onChange, describedBy, refused }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  // A value that changes elsewhere, by undo or a slider, replaces what was being typed.
  useEffect(() => setDraft(null), [text]);
  const exact = draft === null ? null : exactText(draft);
  const fault = exact === null ? say("Not a number: write 0.3 or 1/3. The value is still {value}.", { value: text }) : refused?.(exact) ?? "";
  const wrong = draft !== null && fault !== "";
  const apply = () => {
    if (exact === null || wrong) return;
    setDraft(null);
    if (exact !== text) onChange(exact);
  };
  return (
    <span class="number-box">
      <input id={id} aria-label={label} value={draft ?? text} inputMode="text" autocomplete="off" spellcheck={false}
        aria-invalid={wrong} aria-describedby={wrong ? `${id}-wrong` : describedBy}
        onInput={(e) => setDraft(e.currentTarget.value)} onBlur={apply}
        onKeyDown={(e) => {
          if (e.key === "Enter") apply();
          if (e.key === "Escape" && draft !== null) { e.stopPropagation(); setDraft(null); }
        }} />
      {wrong && (
        <span class="wrong" id={`${id}-wrong`} role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}
