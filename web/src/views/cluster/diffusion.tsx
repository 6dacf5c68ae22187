// How things spread on the network of a cluster, played in time: the first run as it goes, all runs as bands.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { ActingSpread, DiffusionPart, DiffusionTold, IdeaSpread } from "../../cluster";
import { say } from "../../languages";
import { choice, choose } from "../../state/cluster";
import { ticksOver } from "../ticks";
import { shortened } from "./exchanges";
import { PartPage } from "./part";
import { percent } from "./scale";

/** Milliseconds that the whole of it plays. */
const LASTS = 12_000;
const SIDE = 600, EDGE = 60;

export function DiffusionPage() {
  return (
    <PartPage<DiffusionTold, DiffusionPart> name="diffusion" title={say("Diffusion on the network")} fold
      picture={(found, told) => <Player found={found} told={told} />} />
  );
}

type What = "acting" | "idea";

/** Whether each enterprise has it at a time of the first run. */
export function stateAt(spread: IdeaSpread | ActingSpread, time: number): boolean[] {
  if ("seeds" in spread) return spread.first.map((heard) => heard !== null && heard <= time);
  const frame = [...spread.frames].reverse().find((f) => f.time <= time + 1e-9) ?? spread.frames[0]!;
  return frame.types.map((type) => spread.acts.includes(type));
}

function Player({ found, told }: { found: DiffusionPart; told: DiffusionTold }) {
  const what: What = found.acting && choice("spread") !== "idea" ? "acting" : "idea";
  const spread = what === "acting" ? found.acting! : found.idea;
  const last = spread.times[spread.times.length - 1]!;
  // While it plays the time is the page's own; where it stands still the time is in the link.
  const [playing, setPlaying] = useState<number | null>(null);
  const time = Math.min(last, playing ?? (Number(choice("time")) || 0));
  const rest = (at: number) => { setPlaying(null); choose("time", at > 0 ? at.toFixed(2) : null, "cluster.time"); };
  useEffect(() => { setPlaying(null); }, [spread]);
  // At layout, not after painting: a frame that is due must not come between Stop and its cleanup, or the clock would start again.
  useLayoutEffect(() => {
    if (playing === null) return;
    if (playing >= last) { rest(last); return; }
    const before = performance.now();
    const frame = requestAnimationFrame((now) => setPlaying(Math.min(last, playing + (last * (now - before)) / LASTS)));
    return () => cancelAnimationFrame(frame);
  }, [playing, last]);
  const has = stateAt(spread, time);
  const count = has.filter(Boolean).length;
  const now = what === "acting"
    ? say("{count} of {all} enterprises act", { count, all: has.length }) : say("{count} of {all} enterprises know of it", { count, all: has.length });
  return (
    <>
      <p class="c-controls">
        {found.acting && (
          <>
            <label for="cluster-spread">{say("What spreads")}</label>{" "}
            <select id="cluster-spread" value={what} onChange={(e) => { choose("time", null, "cluster.spread"); choose("spread", e.currentTarget.value, "cluster.spread"); }}>
              <option value="acting">{say("acting, in the calibrated game")}</option>
              <option value="idea">{say("an idea, from its first recipients")}</option>
            </select>{" "}
          </>
        )}
        <button type="button" onClick={() => (playing === null ? setPlaying(time >= last ? 0 : time) : rest(time))}>{playing === null ? say("Play") : say("Stop")}</button>{" "}
        <label for="cluster-time">{what === "acting" ? say("decisions of each enterprise") : say("rounds of communication")}</label>{" "}
        <input id="cluster-time" type="range" min={0} max={last} step={last / 240} value={time} aria-valuetext={now}
          onInput={(e) => rest(Number(e.currentTarget.value))} />{" "}
        <output for="cluster-time">{time.toFixed(1)} – {now}</output>
      </p>
      <div class="c-beside">
        <Network found={found} has={has} seeds={what === "idea" ? found.idea.seeds : []} what={what} />
        <Curves spread={spread} time={time} what={what} told={told} />
      </div>
      <p class="muted">
        {say("The network shows the first of {runs} runs; the bands show all of them. Each run is only one possible development.", { runs: spread.runs.toLocaleString("en") })}{" "}
        {found.acting === null && say("The diffusion of acting cannot be simulated: no game could be calibrated from the tables (see Calibration).")}
      </p>
      <ByEnterprise found={found} spread={spread} what={what} />
    </>
  );
}

interface Place { x: number; y: number }

/** Places that fill the picture in its width, as high as that takes. */
export function fitted(nodes: Place[]): { at: Place[]; height: number } {
  const [xs, ys] = [nodes.map((n) => n.x), nodes.map((n) => n.y)];
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const wide = Math.max(...xs) - left || 1, high = Math.max(...ys) - low;
  const scale = (SIDE - 2 * EDGE) / wide;
  const room = Math.min(Math.max(scale * high, 120), 1.1 * SIDE);
  return {
    at: nodes.map((n) => ({ x: EDGE + scale * (n.x - left), y: EDGE / 2 + (high > 0 ? room * (1 - (n.y - low) / high) : room / 2) })),
    height: room + EDGE + 10,
  };
}

/** The names that can be written below their places without covering another or a place; null for the rest. */
export function roomFor(at: Place[], names: string[]): (string | null)[] {
  const taken = at.map(({ x, y }) => ({ left: x - 8, right: x + 8, top: y - 8, bottom: y + 8 }));
  return names.map((name, k) => {
    const half = 2.7 * [...name].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0);
    const { x, y } = at[k]!;
    const box = { left: x - half, right: x + half, top: y + 10, bottom: y + 22 };
    if (taken.some((t) => t.left < box.right && box.left < t.right && t.top < box.bottom && box.top < t.bottom)) return null;
    taken.push(box);
    return name;
  });
}

function Network({ found, has, seeds, what }: { found: DiffusionPart; has: boolean[]; seeds: number[]; what: What }) {
  const { at, height } = fitted(found.nodes);
  const named = roomFor(at, found.nodes.map((n) => shortened(n.name, 18, 1)[0]!));
  return (
    <figure>
      <svg viewBox={`0 0 ${SIDE} ${height}`} role="img" aria-label={say("Network of {count} enterprises with the current state of each", { count: found.nodes.length })}>
        {found.links.map(([a, b], k) => <line key={k} x1={at[a]!.x} y1={at[a]!.y} x2={at[b]!.x} y2={at[b]!.y} class="c-tie" />)}
        {found.nodes.map((n, k) => {
          const { x, y } = at[k]!;
          return (
            <g key={n.id}>
              <title>{`${n.name}: ${has[k] ? yes(what) : no(what)}`}</title>
              {seeds.includes(k) && <circle cx={x} cy={y} r="11" class="c-ring" />}
              {has[k] ? <circle cx={x} cy={y} r="7" class="c-has" /> : <rect x={x - 6} y={y - 6} width="12" height="12" class="c-not" />}
              {named[k] && <text x={x} y={y + 20} class="c-middle c-tiny">{named[k]}</text>}
            </g>
          );
        })}
      </svg>
      <figcaption class="c-legend">
        <span><i class="c-key c-has-key" /> {yes(what)}</span>
        <span><i class="c-key c-not-key" /> {no(what)}</span>
        {seeds.length > 0 && <span><i class="c-key c-ring-key" /> {say("first recipients")}</span>}
        {named.some((name) => name === null) && <span>{say("Overlapping names are hidden: point at an enterprise, or see the table.")}</span>}
      </figcaption>
    </figure>
  );
}

const yes = (what: What) => (what === "acting" ? say("acts") : say("knows of it"));
const no = (what: What) => (what === "acting" ? say("does not act") : say("does not know of it"));

const WIDE = 420, HIGH = 300, LEFT = 52, BELOW = 40, ABOVE = 14;

function Curves({ spread, time, what }: { spread: IdeaSpread | ActingSpread; time: number; what: What; told: DiffusionTold }) {
  const last = spread.times[spread.times.length - 1]! || 1;
  const x = (t: number) => LEFT + ((WIDE - LEFT - 10) * t) / last;
  const y = (share: number) => HIGH - BELOW - (HIGH - BELOW - ABOVE) * share;
  // An idea comes in rounds, so that its curve has steps.
  const steps = "seeds" in spread;
  const line = (values: number[]) => values.map((v, k) => {
    const [px, py] = [x(spread.times[k]!).toFixed(1), y(v).toFixed(1)];
    return k === 0 ? `M${px} ${py}` : steps ? `H${px}V${py}` : `L${px} ${py}`;
  }).join("");
  const band = (low: number[], high: number[]) => {
    const corners = (values: number[]) => values.flatMap((v, k) => (steps && k > 0 ? [[spread.times[k]!, values[k - 1]!], [spread.times[k]!, v]] : [[spread.times[k]!, v]]));
    return `M${[...corners(high), ...corners(low).reverse()].map(([t, v]) => `${x(t!).toFixed(1)} ${y(v!).toFixed(1)}`).join("L")}z`;
  };
  const run = "seeds" in spread
    ? spread.times.map((t) => spread.first.filter((heard) => heard !== null && heard <= t).length / spread.first.length) : spread.first;
  const end = spread.times.length - 1;
  const [mean, low, high] = [spread.mean, spread.low, spread.high].map((values) => percent(values[end]!));
  const said = low === high
    ? say("finally {mean} on average, {low} in nine of ten runs", { mean: mean!, low: low! })
    : say("finally {mean} on average, between {low} and {high} in nine of ten runs", { mean: mean!, low: low!, high: high! });
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={`${what === "acting" ? say("Share that acts, over time") : say("Share that knows of it, over time")}: ${said}`}>
        {[0, 0.25, 0.5, 0.75, 1].map((v) => (
          <g key={v}>
            <line x1={LEFT} x2={WIDE - 10} y1={y(v)} y2={y(v)} class="c-grid" />
            <text x={LEFT - 6} y={y(v)} dy="0.32em" class="c-end">{100 * v} %</text>
          </g>
        ))}
        <path d={band(spread.low, spread.high)} class="c-outer" />
        {"quarter" in spread && <path d={band(spread.quarter, spread.three_quarters)} class="c-inner" />}
        <path d={line(run)} class="c-one" />
        <path d={line("median" in spread ? spread.median : spread.mean)} class="c-median" />
        <line x1={x(time)} x2={x(time)} y1={ABOVE} y2={HIGH - BELOW} class="c-now" />
        {ticksOver(0, last).filter((t) => t <= last).map((t) => <text key={t} x={x(t)} y={HIGH - BELOW + 16} class="c-middle">{t}</text>)}
        <text x={(LEFT + WIDE) / 2} y={HIGH - 8} class="c-middle">{what === "acting" ? say("decisions of each enterprise") : say("rounds of communication")}</text>
      </svg>
      <figcaption class="c-legend">
        <span><i class="c-key c-median-key" /> {"median" in spread ? say("median of all runs") : say("mean of all runs")}</span>
        <span><i class="c-key c-outer-key" /> {say("nine of ten runs")}</span>
        {"quarter" in spread && <span><i class="c-key c-inner-key" /> {say("half of the runs")}</span>}
        <span><i class="c-key c-one-key" /> {say("the run that is played")}</span>
        <span>{said}</span>
      </figcaption>
    </figure>
  );
}

function ByEnterprise({ found, spread, what }: { found: DiffusionPart; spread: IdeaSpread | ActingSpread; what: What }) {
  const shares = "seeds" in spread ? spread.chance : spread.share_in_the_end;
  const order = found.nodes.map((_, k) => k).sort((a, b) => shares[b]! - shares[a]!);
  return (
    <details>
      <summary>{say("Each enterprise as a table")}</summary>
      <div class="scroll" role="region" tabIndex={0} aria-label={say("Each enterprise as a table")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("Enterprise")}</th>
              <th scope="col" class="right">{what === "acting" ? say("finally acts, share of runs") : say("hears of it, share of runs")}</th>
            </tr>
          </thead>
          <tbody>{order.map((k) => <tr key={k}><th scope="row">{found.nodes[k]!.name}</th><td class="right">{percent(shares[k]!)}</td></tr>)}</tbody>
        </table>
      </div>
    </details>
  );
}
