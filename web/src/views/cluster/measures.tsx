// What each tonne costs: measures as wide as they cut and as high as a tonne costs, with their intervals.
import type { CurveStep, MeasuresPart, MeasuresTold } from "../../cluster";
import { say } from "../../languages";
import { choice, choose } from "../../state/cluster";
import { ticksOver } from "../ticks";
import { PartPage } from "./part";
import { between, tell } from "./scale";

const WIDTH = 760, HEIGHT = 320, LEFT = 70, BOTTOM = 44, TOP = 40;
/** A bar that is no wider has no room for stripes. */
const THIN = 4;

export function MeasuresPage() {
  return (
    <PartPage<MeasuresTold, MeasuresPart> name="measures" title={say("Abatement cost curve")} fold
      picture={(found, told) => found.steps.length > 0 && <Picture found={found} told={told} />} />
  );
}

/** A cost per tonne without decimals that nobody needs. */
export function cost(value: number | null): string {
  if (value === null) return "–";
  const places = Math.abs(value) >= 10 ? 0 : 1;
  return value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
}

/** The interval of what a tonne costs; one number where it has no width. */
function costBetween(step: CurveStep): string {
  const [low, high] = [cost(step.cost_low), cost(step.cost_high)];
  return low === high ? low : `${low} … ${high}`;
}

function Picture({ found, told }: { found: MeasuresPart; told: MeasuresTold }) {
  const chosen = Number(choice("measure") ?? -1);
  const select = (k: number) => choose("measure", k === chosen ? null : String(k));
  return (
    <>
      <Curve found={found} told={told} chosen={chosen} select={select} />
      <div class="scroll" role="region" tabIndex={0} aria-label={say("Measures in the order of the curve")}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="right">{say("no.")}</th>
              <th scope="col">{say("measure")}</th>
              <th scope="col" class="right">{say("cuts, {unit} a year", { unit: told.unit.name })}</th>
              <th scope="col" class="right">{say("between")}</th>
              <th scope="col" class="right">{say("cost per tonne, {unit}", { unit: told.per_tonne })}</th>
              <th scope="col" class="right">{say("between")}</th>
            </tr>
          </thead>
          <tbody>
            {found.steps.map((s, k) => (
              <tr key={k} class={k === chosen ? "c-picked" : undefined}>
                <td class="right">{k + 1}</td>
                <th scope="row">
                  <button type="button" class="c-plain" aria-pressed={k === chosen} onClick={() => select(k)}>{told.names[k]}</button>
                  {s.pays && <span class="muted"> {say("(profitable)")}</span>}
                </th>
                <td class="right">{tell(s.abatement, told.unit)}</td>
                <td class="right">{s.low === null ? "–" : between(s.low, s.high, told.unit)}</td>
                <td class="right">{cost(s.cost)}</td>
                <td class="right">{costBetween(s)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Curve({ found, told, chosen, select }: { found: MeasuresPart; told: MeasuresTold; chosen: number; select: (k: number) => void }) {
  const { steps } = found;
  const whole = steps.reduce((sum, s) => sum + s.abatement, 0) || 1;
  const priced = found.carbon_price > 0;
  const ends = steps.flatMap((s) => [s.cost, s.cost_low ?? s.cost, s.cost_high ?? s.cost]);
  const marks = ticksOver(Math.min(0, ...ends), Math.max(0, ...ends, priced ? found.carbon_price : 0), 6);
  const [bottom, top] = [marks[0]!, marks[marks.length - 1]!];
  const along = (tonnes: number) => LEFT + ((WIDTH - LEFT - 10) * tonnes) / whole;
  const up = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (value - bottom)) / (top - bottom || 1);
  const begins = steps.map((_, k) => steps.slice(0, k).reduce((sum, s) => sum + s.abatement, 0));
  const middles = steps.map((s, k) => along(begins[k]! + s.abatement / 2));
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={say("Marginal abatement cost curve: {said}", { said: steps.map((s, k) => `${told.names[k]}: ${tell(s.abatement, told.unit)} ${told.unit.name}, ${cost(s.cost)} ${told.per_tonne}`).join("; ") })}>
        <defs>
          <pattern id="pays" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" class="c-pays" /><rect width="1.6" height="6" class="c-pays-stripe" />
          </pattern>
        </defs>
        {marks.map((m) => (
          <g key={m}>
            <line x1={LEFT} x2={WIDTH - 10} y1={up(m)} y2={up(m)} class="c-grid" />
            <text x={LEFT - 6} y={up(m)} dy="0.32em" class="c-end">{m.toLocaleString("en").replace("-", "−")}</text>
          </g>
        ))}
        <text x={4} y={14}>{say("cost per tonne, {unit}", { unit: told.per_tonne })}</text>
        {steps.map((s, k) => <Bar key={k} step={s} left={along(begins[k]!)} right={along(begins[k]! + s.abatement)} up={up} chosen={k === chosen} select={() => select(k)} name={told.names[k]!} />)}
        <line x1={LEFT} x2={WIDTH - 10} y1={up(0)} y2={up(0)} class="c-axis" />
        {priced && (
          <g>
            <line x1={LEFT} x2={WIDTH - 10} y1={up(found.carbon_price)} y2={up(found.carbon_price)} class="c-price" />
            <text x={LEFT + 6} y={up(found.carbon_price) - 5}>{say("carbon price {price}", { price: `${cost(found.carbon_price)} ${told.per_tonne}` })}</text>
          </g>
        )}
        {apart(middles, 15, LEFT, WIDTH - 10).map((x, k) => (
          <g key={k} aria-hidden="true">
            <path d={`M${middles[k]!} ${up(Math.max(0, steps[k]!.cost, steps[k]!.cost_high ?? 0)) - 2}V${TOP - 4}L${x} ${TOP - 10}`} class="c-lead" />
            <text x={x} y={TOP - 13} class="c-middle c-small">{k + 1}</text>
          </g>
        ))}
        {ticksOver(0, whole / told.unit.scale, 6).filter((m) => m * told.unit.scale <= whole).map((m) => (
          <text key={m} x={along(m * told.unit.scale)} y={HEIGHT - BOTTOM + 16} class="c-middle">{m.toLocaleString("en")}</text>
        ))}
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 8} class="c-middle">{say("cut, {unit} a year", { unit: told.unit.name })}</text>
      </svg>
      <figcaption class="c-legend">
        <span><i class="c-key c-pays-key" /> {say("profitable")}</span>
        <span><i class="c-key c-costs-key" /> {say("with net cost")}</span>
        {steps.some((s) => s.cost_low !== null && s.cost_low !== s.cost_high) && <span><i class="c-key c-whisker" /> {say("interval of the cost per tonne, where known")}</span>}
        {!found.price_told && <span>{say("The table has no carbon price, so none is included.")}</span>}
      </figcaption>
    </figure>
  );
}

function Bar({ step, left, right, up, chosen, select, name }: {
  step: CurveStep; left: number; right: number; up: (v: number) => number; chosen: boolean; select: () => void; name: string;
}) {
  const [low, high] = [Math.min(0, step.cost), Math.max(0, step.cost)];
  const middle = (left + right) / 2;
  const whisker = step.cost_low !== null && step.cost_high !== null && step.cost_low !== step.cost_high
    ? `M${middle - 3} ${up(step.cost_low)}h6M${middle} ${up(step.cost_low)}V${up(step.cost_high)}M${middle - 3} ${up(step.cost_high)}h6` : "";
  return (
    <g class="c-button" onClick={select} aria-hidden="true">
      <title>{name}</title>
      <rect x={left} y={up(high)} width={Math.max(1.5, right - left - 0.6)} height={Math.max(1, up(low) - up(high))} class={`c-step${chosen ? " c-picked" : ""}${step.pays ? (right - left > THIN ? "" : " c-pays") : " c-costs"}`} fill={step.pays && right - left > THIN ? "url(#pays)" : undefined} />
      <path d={whisker} class="c-whisker" />
    </g>
  );
}

/** Moves places along a line as little as it takes for them to be some distance apart, in their order. */
export function apart(places: number[], distance: number, low: number, high: number): number[] {
  const room = Math.min(distance, (high - low) / Math.max(1, places.length - 1));
  const found: number[] = [];
  for (const [k, place] of places.entries()) found.push(Math.max(place, k === 0 ? low : found[k - 1]! + room));
  for (let k = found.length - 1; k >= 0; k--) found[k] = Math.min(found[k]!, k === found.length - 1 ? high : found[k + 1]! - room);
  return found;
}
