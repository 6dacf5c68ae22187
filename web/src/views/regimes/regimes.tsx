// The regime map: which states are asymptotically stable over two levers, with the present point on it.
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import { nameIn } from "../../languages/game";
import type { GameModel } from "../../model";
import { Typed } from "../../panels/document";
import { studioCommand } from "../../panels/studio_command";
import { settled, type Settled } from "../../server/client";
import { toldOf } from "../../server/request";
import { labels } from "../../state/labels";
import { leversOf, type Lever } from "../../state/levers";
import { change, language, levels, model, original, settings, view } from "../../state/store";
import { Along } from "./along";
import { ALONG, alongOf, MODE, othersOf } from "./asked";
import { Legend } from "./legend";
import { LeverSelect } from "./lever_select";
import { lettersAt, playedIn, rasterOf, type Drawn, type RegimeMap } from "./map";
import { Picture } from "./picture";
import { sample, type Sampled } from "./sampled";
import "./regimes.css";

/** Under which name the link holds the two levers. */
const OVER = "map.over";
/** Cells a side by which the places of letters are found. */
const RASTER = 40;

/** The two levers of the map: as chosen, else those that the model opens with. */
export function overOf(game: GameModel, levers: Lever[]): [Lever, Lever] | null {
  const chosen = view.value.more[OVER]?.split(",") ?? game.axes ?? [];
  const [x, y] = chosen.map((name) => levers.find((l) => l.name === name));
  if (x && y && x !== y) return [x, y];
  return levers.length >= 2 ? [levers[0]!, levers[1]!] : null;
}

/** What is asked of the server: where all other levers stand.  Moving the two themselves asks for nothing new. */
function argumentsOf(game: GameModel, over: [Lever, Lever]): object {
  return { ...othersOf(game, over), over: over.map((lever) => lever.name) };
}

export function Regimes() {
  const game = model.value;
  if (!game) return null;
  const levers = leversOf(game);
  const along = alongOf(game, levers);
  return (
    <>
      {levers.length > 0 && <Mode along={along !== null} />}
      {along ? <Along key={`${game.hash} ${along.name}`} levers={levers} lever={along} /> : <RegimeMapPage game={game} levers={levers} />}
    </>
  );
}

/** What the page shows: a map over two levers, or shares along one. */
function Mode({ along }: { along: boolean }) {
  const option = (chosen: boolean, mode: string, title: string) => (
    <label><input type="radio" name="map-mode" checked={chosen} onChange={() => { change({ more: { ...view.value.more, [MODE]: mode } }); }} /> {title}</label>
  );
  return (
    <fieldset class="regimes-mode">
      <legend>{say("Show")}</legend>
      {option(!along, "map", say("Two levers: stable states"))}
      {option(along, ALONG, say("One lever: outcomes"))}
    </fieldset>
  );
}

function RegimeMapPage({ game, levers }: { game: GameModel; levers: Lever[] }) {
  const over = overOf(game, levers);
  if (!over) return <p>{say("A regime map needs two levers; this game has fewer.")}</p>;
  return <Shown key={`${game.hash} ${over[0].name} ${over[1].name}`} levers={levers} over={over} />;
}

function Shown({ levers, over }: { levers: Lever[]; over: [Lever, Lever] }) {
  const asked = useMemo(() => settled<RegimeMap>("regime_map", () => original.value && argumentsOf(original.value, over)), []);
  const sampled = useMemo(() => signal<Sampled | null>(null), []);
  useEffect(() => {
    const state = computed(() => asked.value.state);
    const others = computed(() => original.value && JSON.stringify(argumentsOf(original.value, over)));
    const stop = effect(() => {
      sampled.value = null;
      if (others.value === null || state.value === "done") return;
      return sample(original.peek()!, over, { settings: settings.peek(), levels: levels.peek() }, (found) => { sampled.value = found; });
    });
    return () => { stop(); asked.dispose(); };
  }, []);
  const map = asked.value.value;
  const drawn = useMemo(() => drawnOf(map, sampled.value, over), [map, sampled.value, language.value]);
  const here = drawn ? hereOf(drawn) : null;
  return (
    <section class="regimes" aria-label={say("Regime map")}>
      <Choice levers={levers} over={over} />
      <HowSure asked={asked.value} sampled={sampled.value} />
      <div class="regimes-both">
        <Picture over={over} drawn={drawn} here={here} />
        {drawn && <Legend drawn={drawn} here={here} />}
      </div>
    </section>
  );
}

/** How sure the map is, and where the exact one stands. */
function HowSure({ asked: { state, value, error }, sampled }: { asked: Settled<RegimeMap>; sampled: Sampled | null }) {
  const told: string[] = [];
  if (value?.method === "exact") told.push(say("Areas and borders are exact."));
  else if (value) {
    const [x, y] = value.error ?? [NaN, NaN];
    told.push(say("Found by analyses on a grid; borders may be off by {x} and {y}, and details finer than the grid may be missed.", {
      x: x.toPrecision(2), y: y.toPrecision(2),
    }));
  } else if (sampled?.regimes.some((r) => r.kind !== "open")) {
    told.push(say("Exact at the centre of each of {count} × {count} cells; not known between the centres.", { count: sampled.count }));
  }
  if (state === "computing") told.push(say("The map with exact borders is being computed …"));
  if (state === "absent") {
    told.push(say("The map with exact borders for this position of the levers is not in this file."), say("Use `{command}` to compute it.", { command: studioCommand() }));
  }
  if (state === "failed") told.push(say("The server could not make the map: {reason}", { reason: error ? toldOf(error).text : "?" }));
  return <p class="meaning" role="status"><Typed text={told.join(" ")} /></p>;
}

function Choice({ levers, over }: { levers: Lever[]; over: [Lever, Lever] }) {
  const [x, y] = over.map((lever) => lever.name) as [string, string];
  // Choosing the lever of the other axis makes the two change places.
  const choose = (first: string, second: string) => { change({ more: { ...view.value.more, [OVER]: `${first},${second}` } }); };
  return (
    <div class="regimes-choice">
      <LeverSelect title={say("To the right")} levers={levers} now={x} put={(name) => choose(name, name === y ? x : y)} />
      <LeverSelect title={say("Upwards")} levers={levers} now={y} put={(name) => choose(name === x ? y : x, name)} />
    </div>
  );
}

/** What is drawn: the server's map, else the page's samples; both name strategies as the file does. */
function drawnOf(map: RegimeMap | null, sampled: Sampled | null, over: [Lever, Lever]): Drawn | null {
  const told = (states: [string, string[][]][]) => Object.fromEntries(states.map(([id, support]) =>
    [id, support.map((played) => played.map((name) => nameIn(original.peek()!, language.peek(), name)))]));
  if (map) {
    const [x, y] = over.map(({ range }) => range.map(fraction)) as [[number, number], [number, number]];
    const supports = told(map.states.map(({ id, support }) => [id, support]));
    return { ...map, cells: null, supports, letters: lettersAt(rasterOf(map.regions, [x, y], RASTER), RASTER) };
  }
  if (!sampled) return null;
  const { count, cells, regimes, supports } = sampled;
  return { regimes, regions: [], borders: [], cells: { count, at: cells }, supports: told(Object.entries(supports)), letters: lettersAt(cells, count) };
}

/** The regime in which the present point lies, by the exact labels; null while one is open or where none fits. */
function hereOf(drawn: Drawn): number | null {
  const { points, open, pending } = labels.value;
  if (pending || open.length > 0 || points.some((p) => p.label === null)) return null;
  const played = playedIn(points.filter((p) => p.label === "asymptotically stable").map((p) => p.support));
  const at = drawn.regimes.findIndex((r) => r.kind === "stable" && playedIn(r.stable.map((id) => drawn.supports[id] ?? [])) === played);
  return at < 0 ? null : at;
}
