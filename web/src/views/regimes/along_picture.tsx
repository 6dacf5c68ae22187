// The picture of shares along one lever: dots with their errors, lines where nothing changes between them, the
// changes of what is stable, and the present position, which can be moved.
import { useRef } from "preact/hooks";
import { fraction } from "../../expression/evaluate";
import { textOf } from "../../formulas/present";
import { say } from "../../languages";
import { nearestPosition, stepExponent } from "../../panels/slider";
import { moveLevers, positionOf, type Lever } from "../../state/levers";
import { shortNumber } from "../../state/exact_text";
import type { Mark } from "../../analysis/marks";
import { isExact } from "../share_text";
import { ticksWithin } from "../ticks";
import { strokeOf } from "../time/strokes";
import { axisOf, dragHandlers, MARGIN, useWidth } from "./picture";
import { joined, type SharesAlong } from "./shares";

const TOP = 30;
/** Half of what can be grasped of the line of the present position. */
const GRASP = 12;

export function AlongPicture({ lever, found, changes }: { lever: Lever; found: SharesAlong | null; changes: Mark[] | null }) {
  const svg = useRef<SVGSVGElement>(null);
  const [frame, width] = useWidth();
  const height = Math.round(width * 0.7);
  const [across, up] = [width - MARGIN.left - MARGIN.right, height - TOP - MARGIN.bottom];
  const [least, most] = lever.range.map(fraction) as [number, number];
  const px = (at: number) => MARGIN.left + ((at - least) / (most - least)) * across;
  const py = (share: number) => TOP + (1 - share) * up;
  const now = positionOf(lever);
  const at = fraction(now);
  const exponent = stepExponent(lever.range);
  const put = (to: number, gesture: string, by = exponent) => { moveLevers([[lever, nearestPosition(to, lever.range, by)]], gesture); };
  const dragged = (e: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    put(least + ((e.clientX - box.left - MARGIN.left) / across) * (most - least), "along");
  };
  const byKey = (e: KeyboardEvent) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
    const by = e.shiftKey ? exponent - 1 : exponent;
    if (steps !== undefined) put(at + steps * 10 ** by, "along-keys", by);
    else if (e.key === "Home") put(least, "along-keys");
    else if (e.key === "End") put(most, "along-keys");
    else return;
    e.preventDefault();
  };
  const inside = at >= least && at <= most;
  const told = `${textOf(lever.name)} = ${now}`;
  return (
    <div class="regimes-picture" ref={frame}>
      <svg ref={svg} width={width} height={height} viewBox={`0 0 ${width} ${height}`}
        {...dragHandlers(dragged)}>
        <title>{say("Shares of initial states along {lever}", { lever: textOf(lever.name) })}</title>
        <rect class="along-ground" x={MARGIN.left} y={TOP} width={across} height={up} />
        {ticksWithin([0, 1], 5).map((share) => (
          <g key={share} class="regimes-tick">
            <line class="along-grid" x1={MARGIN.left} x2={MARGIN.left + across} y1={py(share)} y2={py(share)} />
            <text x={MARGIN.left - 8} y={py(share) + 4} text-anchor="end">{shortNumber(100 * share)} %</text>
          </g>
        ))}
        {ticksWithin([least, most], Math.max(2, across / 70)).map((tick) => (
          <g key={tick} class="regimes-tick">
            <line x1={px(tick)} x2={px(tick)} y1={TOP + up} y2={TOP + up + 5} />
            <text x={px(tick)} y={TOP + up + 19} text-anchor="middle">{shortNumber(tick)}</text>
          </g>
        ))}
        <text class="regimes-axis" x={MARGIN.left + across / 2} y={height - 8} text-anchor="middle">{axisOf(lever)}</text>
        <text class="regimes-axis" x={14} y={TOP + up / 2} text-anchor="middle" transform={`rotate(-90 14 ${TOP + up / 2})`}>{say("Share of initial states")}</text>
        {(changes ?? []).map((mark, k, all) => <Change key={mark.exact} mark={mark} x={px(mark.at)} bottom={TOP + up} hasRoom={[k - 1, k + 1].every((j) => !all[j] || Math.abs(px(all[j].at) - px(mark.at)) > ROOM)} />)}
        {found && <Curves found={found} changes={changes} px={px} py={py} />}
        <rect class="regimes-frame" x={MARGIN.left} y={TOP} width={across} height={up} />
        {inside && (
          <g class="along-now" role="slider" tabindex={0} aria-label={say("Current position; the arrow keys move it")}
            aria-valuenow={at} aria-valuemin={least} aria-valuemax={most} aria-valuetext={told} onKeyDown={byKey}>
            <title>{told}</title>
            <rect class="along-grasp" x={px(at) - GRASP} y={TOP} width={2 * GRASP} height={up} />
            <line x1={px(at)} x2={px(at)} y1={TOP} y2={TOP + up} />
            <path d={`M${px(at)} ${TOP + up}l-5 7h10Z`} />
          </g>
        )}
      </svg>
      {!inside && <p class="meaning">{say("The current position, {told}, is outside the figure.", { told })}</p>}
    </div>
  );
}

/** Pixels beside each other in which the numbers of two changes can be read. */
const ROOM = 48;

function Change({ mark, x, bottom, hasRoom }: { mark: Mark; x: number; bottom: number; hasRoom: boolean }) {
  const states = (ids: string[]) => (ids.length ? ids.join(", ") : say("none"));
  return (
    <g class="along-change">
      <title>{say("{at}: stable below: {before}; above: {after}", { at: mark.exact, before: states(mark.before), after: states(mark.after) })}</title>
      <line x1={x} x2={x} y1={TOP} y2={bottom} />
      {hasRoom && <text x={x} y={TOP - 8} text-anchor="middle">{shortNumber(mark.at)}</text>}
    </g>
  );
}

interface CurvesProps { found: SharesAlong; changes: Mark[] | null; px: (at: number) => number; py: (share: number) => number }

function Curves({ found, changes, px, py }: CurvesProps) {
  const at = found.at.map(fraction);
  return (
    <g class="along-curves">
      {found.shares.map((shares, k) => {
        const { colour, dash, width } = strokeOf(k);
        const line = joined(at, shares, changes && changes.map((mark) => mark.at)).filter((run) => run.length > 1)
          .map((run) => `M${run.map((j) => `${px(at[j]!).toFixed(1)} ${py(shares[j]!).toFixed(1)}`).join("L")}`).join("");
        const errors = shares.map((share, j) => {
          const error = found.errors[j];
          if (share === null || !error || isExact(error)) return "";
          return `M${px(at[j]!).toFixed(1)} ${py(Math.max(0, share - error)).toFixed(1)}V${py(Math.min(1, share + error)).toFixed(1)}`;
        }).join("");
        return (
          <g key={found.outcomes[k]!.name} stroke={colour} fill="none">
            <path d={line} stroke-width={width} stroke-dasharray={dash.join(" ") || undefined} />
            <path d={errors} stroke-width={1} />
            {shares.map((share, j) => share !== null && <circle key={found.at[j]} cx={px(at[j]!)} cy={py(share)} r={1.8} fill={colour} stroke="none" />)}
          </g>
        );
      })}
    </g>
  );
}
