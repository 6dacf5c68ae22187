// What the marks and lines of the pictures mean: only those that are there.
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { sharesOf } from "../../dynamics/field";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import type { Label } from "../../analysis/verdict";
import { labelWord, openWord } from "../../panels/rest_points/label";
import { labels } from "../../state/labels";
import { toldOf } from "../../server/request";
import { language, layers } from "../../state/store";
import { today } from "../../state/trajectories";
import { outcomeWord, percentBetween, percentExact } from "../share_text";
import { basinShares, type BasinShares } from "./basin_shares";
import { drawn } from "./layers";
import { MARKS, Mark, STAR } from "./marks";
import { isSolid, type Projection } from "./projection";
import { attractors, tint } from "./scene";
import { LOOKS, type Kind } from "./strokes";
import { answer } from "./server_basins";
import { signOf, startsTold, tinting } from "./tint";

const LINES: [Kind, string][] = [
  ["rate", "rate of change, above the line where the share grows"], ["separatrix", "separatrix"],
  ["separatrix surface", "curves on the separatrix"], ["before", "before the start"], ["supported", "under the scheduled instruments"], ["ghost separatrix", "pinned separatrix"],
  ["ghost", "pinned trajectory"],
];

// As texts, which stay the same while a lever moves and no label changes.
const there = computed(() => JSON.stringify([...new Set(labels.value.points.map(({ label }) => label))]));
const attracting = computed(() => attractors(labels.value).map(({ id }) => id).join(" "));

export function Legend({ game, pictures }: { game: GameModel; pictures: Projection[] }): JSX.Element {
  const basins = layers.value.includes("basins");
  const names = sharesOf(game);
  const shown = [...new Set(pictures.flatMap((p) => p.shown))];
  const solid = pictures.some(isSolid);
  const strip = pictures.some((p) => p.shape === "strip");
  return (
    <ul class="phase-legend" aria-label={say("Legend")}>
      {Object.keys(MARKS).filter((label) => there.value.includes(`"${label}"`)).map((label) => (
        <li key={label}><Symbol><Mark label={label} /></Symbol>{labelWord(label as Label)}</li>
      ))}
      {there.value.includes("null") && <li><Symbol><Mark label={null} /></Symbol>{openWord()}</li>}
      {today.value && <li><Symbol><path d={STAR} fill="#f7d038" stroke="#1a1a1a" /></Symbol>{say("today")}</li>}
      {shown.map((share, k) => drawn.value.has(`nullcline ${k % 3}` as Kind) && (
        <li key={share}><Line kind={`nullcline ${k % 3}` as Kind} />{say("nullcline of {share}", { share: names[share]! })}</li>
      ))}
      {LINES.filter(([kind]) => drawn.value.has(kind)).map(([kind, text]) => <li key={kind}><Line kind={kind} />{say(text)}</li>)}
      {Object.keys(MARKS).filter((label) => drawn.value.has(`continuum ${label}` as Kind)).map((label) => (
        <li key={`continuum ${label}`}><Line kind={`continuum ${label}` as Kind} />{say("rest points: {label}", { label: labelWord(label as Label) })}</li>
      ))}
      {drawn.value.has("continuum open") && <li><Line kind="continuum open" />{say("rest points: {label}", { label: openWord() })}</li>}
      {basins && attracting.value.split(" ").filter((id) => id !== "").map((id, order) => (
        <li key={`basin ${order}`}>{!strip && (solid ? <Sign order={order} /> : <Area order={order} />)}<Basin id={id} /></li>
      ))}
      {basins && <OtherShares known={attracting.value.split(" ")} />}
      {basins && answer.value.state === "done" && <li>{say("basins from the server, {count} cells a side", { count: answer.value.value!.cells })}</li>}
      {basins && answer.value.state === "computing" && <li role="status">{say("finer basins: {percent} % computed", { percent: Math.round(100 * answer.value.progress) })}</li>}
      {basins && answer.value.state !== "done" && startsTold.value > 0 && <li>{say("basins from {count} starts", { count: startsTold.value })}</li>}
      {basins && tinting.value && <li role="status">{say("basins: computing")}</li>}
    </ul>
  );
}

/** The basin of an attractor with its share of all starts, where that is known. */
function Basin({ id }: { id: string }): JSX.Element {
  const shares = basinShares.value;
  const told = say("basin of {id}", { id });
  return <>{shares?.fractions ? shareTold(shares, told, id) : told}</>;
}

/** What has a share of all starts, with that share. */
function shareTold({ fractions, intervals }: BasinShares, what: string, name: string): string {
  const share = fractions![name] ?? 0;
  if (!intervals) return say("{what}: {share} of all starts (exact)", { what, share: percentExact(share) });
  const between = intervals[name] ?? null;
  return between ? say("{what}: {share} of all starts", { what, share: percentBetween(share, ...between) }) : what;
}

/** What else becomes of starts, and how sure the shares are. */
function OtherShares({ known }: { known: string[] }): JSX.Element | null {
  const shares = basinShares.value;
  if (!shares) return null;
  const others = Object.keys(shares.fractions ?? {}).filter((name) => !known.includes(name) && shares.fractions![name]! > 0);
  return (
    <>
      {others.map((name) => (
        <li key={name}>{shareTold(shares, outcomeWord(name), name)}</li>
      ))}
      {shares.intervals && shares.told && <li class="phase-sure">{shares.told[language.value]?.how_sure}</li>}
      {shares.state === "computing" && <li role="status">{say("shares of all starts: computing")}</li>}
      {shares.state === "absent" && <li>{say("shares of all starts: not in this file")}</li>}
      {shares.state === "failed" && <li>{say("shares of all starts: {reason}", { reason: shares.error ? toldOf(shares.error).text : "?" })}</li>}
    </>
  );
}

function Symbol({ children }: { children: JSX.Element }): JSX.Element {
  return <svg viewBox="-10 -10 20 20" width="20" height="20" aria-hidden="true">{children}</svg>;
}

function Line({ kind }: { kind: Kind }): JSX.Element {
  const { colour, width, dash } = LOOKS[kind];
  return (
    <svg viewBox="0 0 34 10" width="34" height="10" aria-hidden="true">
      <path d="M0 5H34" stroke={colour} stroke-width={width} stroke-dasharray={dash.join(" ") || undefined} fill="none" />
    </svg>
  );
}

function Area({ order }: { order: number }): JSX.Element {
  const { fill, hatch } = tint(order);
  return (
    <svg viewBox="-12 -8 24 16" width="24" height="16" aria-hidden="true">
      <rect x="-12" y="-8" width="24" height="16" fill={fill} stroke="#888" />
      {hatch !== undefined && <path transform={`rotate(${hatch})`} d="M-14 -6H14M-14 0H14M-14 6H14" stroke="#000" stroke-opacity="0.25" />}
    </svg>
  );
}

function Sign({ order }: { order: number }): JSX.Element {
  const { outline, fill } = signOf(order);
  const points = Array.from({ length: outline.length / 2 }, (_, k) => `${4 * outline[2 * k]!},${-4 * outline[2 * k + 1]!}`).join(" ");
  return <svg viewBox="-10 -10 20 20" width="20" height="20" aria-hidden="true"><polygon points={points} fill={fill} /></svg>;
}
