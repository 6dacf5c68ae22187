// Carbon by enterprise and year, with the intervals and how much of a year is known.
import type { CarbonPart, CarbonTold, CarbonUnit, EnterpriseCarbon, YearCarbon } from "../../cluster";
import { say } from "../../languages";
import { choice, choose } from "../../state/cluster";
import { ticksOver } from "../ticks";
import { PartPage } from "./part";
import { between, percent, tell } from "./scale";

/** So many enterprises are shown before somebody asks for all. */
const MOST_SHOWN = 12;
const WIDTH = 640, HEIGHT = 260, LEFT = 64, BOTTOM = 40, TOP = 22;

export function CarbonPage() {
  return (
    <PartPage<CarbonTold, CarbonPart> name="carbon" title={say("Carbon by enterprise and year")}
      picture={(found, told) => found.years.length > 0 && <Pictures found={found} told={told} />} />
  );
}

function Pictures({ found, told }: { found: CarbonPart; told: CarbonTold }) {
  const asked = Number(choice("year") ?? found.reporting_year);
  const year = found.years.find((y) => y.year === asked) ?? found.years[found.years.length - 1]!;
  return (
    <>
      <Totals years={found.years} unit={told.unit} chosen={year.year} />
      {told.cautions.map((text) => <p key={text} class="note" role="note">{text}</p>)}
      <p class="c-controls">
        <label for="cluster-year">{say("Year")}</label>{" "}
        <select id="cluster-year" value={year.year} onChange={(e) => choose("year", e.currentTarget.value)}>
          {found.years.map((y) => <option key={y.year} value={y.year}>{y.year}</option>)}
        </select>{" "}
        <span>{coverage(year, found.all)}</span>
      </p>
      <Enterprises found={found} year={year} unit={told.enterprise_unit} />
    </>
  );
}

/** Tells how much of a year is known. */
function coverage(year: YearCarbon, enterprises: number): string {
  const of = { whole: year.whole, all: enterprises };
  const told = year.share === null
    ? say("The missing amount is unknown; {whole} of {all} enterprises have no known gaps.", of)
    : say("Counted: {share} of counted and missing emissions together; {whole} of {all} enterprises have no known gaps.",
      { share: percent(year.share), ...of });
  const few = year.told_of < enterprises ? say("{told} of them have counted emissions in this year.", { told: year.told_of }) : "";
  return [told, few, year.in_doubt ? say("Some counted data are doubtful.") : ""].filter(Boolean).join(" ");
}

const emitted = (e: EnterpriseCarbon) => (e[0] ?? 0) + (e[1] ?? 0);

/** The top of what has to fit: of the interval where it has an end. */
const reach = (y: YearCarbon) => Math.max(y.high ?? 0, y.counted + (y.missing ?? 0));

function Totals({ years, unit, chosen }: { years: YearCarbon[]; unit: CarbonUnit; chosen: number }) {
  const marks = ticksOver(0, Math.max(...years.map(reach)) / unit.scale);
  const top = marks[marks.length - 1]! * unit.scale || 1;
  const up = (tonnes: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * tonnes) / top;
  const slot = (WIDTH - LEFT - 8) / years.length;
  const wide = Math.min(0.66 * slot, 64);
  const bought = years.some((y) => y.scope_2 > 0);
  const missing = years.some((y) => (y.missing ?? 1) > 0);
  const intervals = years.some((y) => y.high === null || y.low !== y.high);
  // Totals of years in which not the same number is known must not be compared in silence.
  const uneven = new Set(years.map((y) => y.told_of)).size > 1;
  const below = (y: YearCarbon) => [uneven ? String(y.told_of) : "", y.share === 1 ? "" : y.share === null ? "?" : percent(y.share)].filter(Boolean).join(" · ");
  const every = Math.ceil(years.length / Math.floor((WIDTH - LEFT) / (uneven && years.some((y) => y.share !== 1) ? 72 : 42)));
  const labelled = (k: number) => (years.length - 1 - k) % every === 0;
  const said = years.map((y) => `${y.year}: ${tell(y.counted, unit)} ${unit.name} (${between(y.low, y.high, unit)})`).join("; ");
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={say("Emissions of the cluster by year: {said}", { said })}>
        <defs>
          <pattern id="bought" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" class="c-bought" /><rect width="2.4" height="6" class="c-stripe" />
          </pattern>
        </defs>
        {marks.map((m) => (
          <g key={m}>
            <line x1={LEFT} x2={WIDTH} y1={up(m * unit.scale)} y2={up(m * unit.scale)} class="c-grid" />
            <text x={LEFT - 6} y={up(m * unit.scale)} dy="0.32em" class="c-end">{m.toLocaleString("en")}</text>
          </g>
        ))}
        <text x={4} y={12}>{say("carbon, {unit}", { unit: unit.name })}</text>
        {years.map((y, k) => {
          const middle = LEFT + (k + 0.5) * slot, left = middle - wide / 2;
          const direct = up(y.scope_1), counted = up(y.counted), whole = up(y.counted + (y.missing ?? 0));
          return (
            <g key={y.year} class="c-year" aria-hidden="true" onClick={() => choose("year", String(y.year))}>
              <title>{`${y.year}: ${tell(y.counted, unit)} ${unit.name} (${between(y.low, y.high, unit)})`}</title>
              <rect x={middle - slot / 2} y={TOP} width={slot} height={HEIGHT - TOP} class={y.year === chosen ? "c-chosen" : "c-hit"} />
              <rect x={left} y={direct} width={wide} height={up(0) - direct} class="c-direct" />
              <rect x={left} y={counted} width={wide} height={Math.max(0, direct - counted)} fill="url(#bought)" />
              {whole < counted && <rect x={left} y={whole} width={wide} height={counted - whole} class="c-missing" />}
              <Whisker at={middle} low={y.low} high={y.high} up={up} />
              {labelled(k) && <text x={middle} y={HEIGHT - BOTTOM + 15} class="c-middle">{y.year}</text>}
              {labelled(k) && <text x={middle} y={HEIGHT - BOTTOM + 30} class="c-middle c-small">{below(y)}</text>}
            </g>
          );
        })}
        <line x1={LEFT} x2={WIDTH} y1={up(0)} y2={up(0)} class="c-axis" />
      </svg>
      <figcaption class="c-legend">
        <span><i class="c-key c-direct" /> {say("scope 1")}</span>
        {bought && <span><i class="c-key c-bought" /> {say("scope 2 from outside")}</span>}
        {missing && <span><i class="c-key c-missing" /> {say("missing, estimated")}</span>}
        {intervals && <span><i class="c-key c-whisker" /> {say("interval including missing and doubtful data; an arrow: no upper limit")}</span>}
        {uneven && <span>{say("below a year: number of enterprises with data; totals of years with different numbers are not comparable")}</span>}
        {years.some((y) => y.share !== 1) && <span>{say("per cent below a year: share that was counted")}</span>}
      </figcaption>
    </figure>
  );
}

function Whisker({ at, low, high, up }: { at: number; low: number | null; high: number | null; up: (t: number) => number }) {
  if (low === null || low === high) return null;
  const bottom = up(low), top = high === null ? TOP : up(high);
  const end = high === null ? `M${at - 4} ${top + 7}L${at} ${top}L${at + 4} ${top + 7}` : `M${at - 4} ${top}h8`;
  return <path d={`M${at - 4} ${bottom}h8M${at} ${bottom}V${top}${end}`} class="c-whisker" />;
}

/** Whether more is said of an enterprise than what was counted; what the tables state of uncertainty is not in it. */
const uncertain = (of: EnterpriseCarbon) => of.length > 3;

/** What stands beside a name: why its number is less than the whole. */
function remark(of: EnterpriseCarbon): string {
  if (of[2] === "away") return say("not there in this year");
  if (of[2] === "none") return say("no row reports it");
  return of[2] === "part" ? say("a part is missing or in doubt") : "";
}

function Enterprises({ found, year, unit }: { found: CarbonPart; year: YearCarbon; unit: CarbonUnit }) {
  const all = choice("all") === "yes";
  const largest = (e: EnterpriseCarbon) => Math.max(e[4] ?? 0, emitted(e));
  const order = year.enterprises.map((_, k) => k).sort((a, b) => largest(year.enterprises[b]!) - largest(year.enterprises[a]!));
  const shown = all ? order : order.slice(0, MOST_SHOWN);
  if (order.length === 0) return null;
  const top = largest(year.enterprises[order[0]!]!) || 1;
  const bought = found.years.some((y) => y.scope_2 > 0);
  const intervals = year.enterprises.some(uncertain);
  return (
    <>
      <div class="scroll" role="region" tabIndex={0} aria-label={say("Emissions of {year} by enterprise", { year: year.year })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("Enterprise")}</th>
              <th scope="col" class="right">{say("scope 1")}</th>
              {bought && <th scope="col" class="right">{say("scope 2 from outside")}</th>}
              {intervals && <th scope="col" class="right">{say("interval, where data are missing or doubtful")}</th>}
              <th scope="col">{say("in {year}, {unit}", { year: year.year, unit: unit.name })}</th>
              <th scope="col">{say("{from} to {until}, each on its own scale", { from: found.years[0]!.year, until: found.years[found.years.length - 1]!.year })}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((k) => {
              const at = year.enterprises[k]!;
              const why = remark(at);
              return (
                <tr key={k}>
                  <th scope="row">{found.enterprises[k]}{why && <span class="muted"> ({why})</span>}</th>
                  <td class="right">{tell(at[0], unit)}</td>
                  {bought && <td class="right">{tell(at[1], unit)}</td>}
                  {intervals && <td class="right">{uncertain(at) ? between(at[3] ?? null, at[4] ?? null, unit) : ""}</td>}
                  <td><Bar of={at} top={top} /></td>
                  <td><History years={found.years} k={k} chosen={year.year} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {order.length > MOST_SHOWN && (
        <p>
          <button type="button" aria-expanded={all} onClick={() => choose("all", all ? null : "yes")}>
            {all ? say("Show the {count} largest", { count: MOST_SHOWN })
              : order.length < found.all ? say("Show the {count} largest", { count: order.length })
                : say("Show all {count} enterprises", { count: order.length })}
          </button>
        </p>
      )}
    </>
  );
}

/** A bar as long as what was counted, with its interval. */
function Bar({ of, top }: { of: EnterpriseCarbon; top: number }) {
  const along = (tonnes: number) => (190 * tonnes) / top;
  const direct = along(of[0] ?? 0), both = along(emitted(of));
  const [low = null, high = null] = [of[3], of[4]];
  return (
    <svg class="c-bar" viewBox="0 0 200 18" aria-hidden="true">
      <rect x="0" y="3" width={direct} height="12" class="c-direct" />
      <rect x={direct} y="3" width={Math.max(0, both - direct)} height="12" fill="url(#bought)" />
      {low !== null && uncertain(of) && (
        <path class="c-whisker" d={high === null ? `M${along(low)} 9H198M193 5L198 9L193 13` : `M${along(low)} 5v8M${along(low)} 9H${along(high)}M${along(high)} 5v8`} />
      )}
    </svg>
  );
}

/** What was counted of an enterprise over the years; broken where no row reports it. */
function History({ years, k, chosen }: { years: YearCarbon[]; k: number; chosen: number }) {
  const course = years.map(({ enterprises }) => {
    const at = enterprises[k]!;
    return at[0] === null && at[1] === null ? null : emitted(at);
  });
  const peak = Math.max(...course.map((v) => v ?? 0)) || 1;
  const place = (n: number) => `${(4 + (92 * n) / Math.max(1, years.length - 1)).toFixed(1)} ${(16 - (14 * course[n]!) / peak).toFixed(1)}`;
  const line = course.map((v, n) => (v === null ? "" : (n > 0 && course[n - 1] !== null ? "L" : "M") + place(n))).join("");
  const now = years.findIndex((y) => y.year === chosen);
  const [x, y] = course[now] === null ? [] : place(now).split(" ");
  return (
    <svg class="c-history" viewBox="0 0 100 18" aria-hidden="true">
      <line x1="0" x2="100" y1="16.5" y2="16.5" class="c-grid" />
      <path d={line} class="c-line" />
      {x !== undefined && <circle cx={x} cy={y} r="2.5" class="c-direct" />}
    </svg>
  );
}
