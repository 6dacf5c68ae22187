// A list from which one lever is chosen.
import { textOf } from "../../formulas/present";
import type { Lever } from "../../state/levers";

/** The width of a meaning in a list, in letters; Chinese characters are twice as wide. */
const MEANING = 28;

/** The beginning of a text, up to a whole word where it has spaces. */
function cut(text: string): string {
  let [at, width] = [0, 0];
  while (at < text.length && width <= MEANING) width += text.charCodeAt(at++) > 0x2e80 ? 2 : 1;
  if (width <= MEANING) return text;
  const space = text.lastIndexOf(" ", at);
  return `${text.slice(0, space > at / 2 ? space : at - 1).replace(/[\s,;:，；：]+$/, "")} …`;
}

interface Props { title: string; levers: Lever[]; now: string; put: (name: string) => void }

export function LeverSelect({ title, levers, now, put }: Props) {
  return (
    <label>
      {title}
      <select value={now} onChange={(e) => put(e.currentTarget.value)}>
        {levers.map(({ name, told: { meaning } }) => (
          <option key={name} value={name} title={meaning ?? undefined}>{meaning ? `${textOf(name)} – ${cut(meaning)}` : textOf(name)}</option>
        ))}
      </select>
    </label>
  );
}
