// A slider over exact numbers: its positions are short decimals, and its ends are the range's own.
import { say } from "../languages";
import { fraction } from "../expression/evaluate";
import { gestureEnds } from "../state/store";
import { shortNumber, stepsText } from "../state/exact_text";

const STEPS = 200;
/** Parts of the slider: what a number beside a mark takes, and from where on it stands before the mark. */
const ROOM = 0.25;
const LATE = 0.8;

/** The power of ten of a step: about a two-hundredth of the range. */
export function stepExponent(range: [string, string]): number {
  const width = fraction(range[1]) - fraction(range[0]);
  return width > 0 && Number.isFinite(width) ? Math.max(-12, Math.round(Math.log10(width / STEPS))) : 0;
}

/** The exact position nearest to a number: a multiple of the step, or an end of the range. */
export function nearestPosition(at: number, range: [string, string], exponent: number): string {
  const [least, most] = [fraction(range[0]), fraction(range[1])];
  const text = stepsText(Math.round(at / 10 ** exponent), exponent);
  const value = fraction(text);
  return value <= least || at <= least ? range[0] : value >= most || at >= most ? range[1] : text;
}

export interface SliderMark { at: number; exact: string; told: string }
interface Props {
  id: string;
  label: string;
  text: string;
  range: [string, string];
  marks: SliderMark[];
  ghost: string | null;
  onMove: (exact: string, gesture: string | null) => void;
}

/** A number in few digits, and whether it is only near. */
function rounded(value: number): string {
  const short = shortNumber(value);
  return Number(short) === value ? short : `≈${short}`;
}

export function Slider({ id, label, text, range, marks, ghost, onMove }: Props) {
  const exponent = stepExponent(range);
  const [least, most] = [fraction(range[0]), fraction(range[1])];
  const now = fraction(text);
  const place = (at: number) => (most > least ? Math.min(1, Math.max(0, (at - least) / (most - least))) : 0);
  /** Whether the number of a mark can stand beside it without touching the next one. */
  const hasRoom = (k: number) => [k - 1, k + 1].every((j) => !marks[j] || Math.abs(place(marks[j].at) - place(marks[k]!.at)) > ROOM);
  const byKey = (e: KeyboardEvent) => {
    const fine = e.shiftKey ? exponent - 1 : exponent;
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
    if (e.key === "Home") onMove(range[0], null);
    else if (e.key === "End") onMove(range[1], null);
    else if (steps !== undefined) onMove(nearestPosition(now + steps * 10 ** fine, range, fine), `${id}-keys`);
    else return;
    e.preventDefault();
  };
  return (
    <div class="slider">
      <input id={id} type="range" aria-label={label} aria-valuetext={text} min={least} max={most} step="any"
        value={now} onKeyDown={byKey} onChange={gestureEnds}
        onInput={(e) => onMove(nearestPosition(Number(e.currentTarget.value), range, exponent), id)} />
      <div class="marks">
        {ghost !== null && <span class="ghost" ref={(e) => { e?.style.setProperty("--at", String(place(fraction(ghost)))); }}
          title={say("Pinned: {value}", { value: ghost })} />}
        {marks.map((mark, k) => (
          <button key={mark.exact} class="mark" title={mark.told} aria-label={`${rounded(mark.at)}: ${mark.told}`}
            ref={(e) => { e?.style.setProperty("--at", String(place(mark.at))); }}
            onClick={() => onMove(mark.exact, null)}>
            {hasRoom(k) && <span class={place(mark.at) > LATE ? "before" : undefined}>{rounded(mark.at)}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}
