// The page of time: how shares go from today and from each start, under instruments that are raised for a time,
// where that ends, and what it costs.
import { useEffect, useMemo } from "preact/hooks";
import { canBe } from "../../dynamics/pulses";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { NumberBox } from "../../panels/number_box";
import { shortNumber } from "../../state/exact_text";
import { hovered } from "../../state/hover";
import { crossing, followed, horizon, keepCrossing, pinnedPath, sampled, starting, times, trouble } from "../../state/paths";
import { change, model, view } from "../../state/store";
import { PhasePictures } from "../phase/phase";
import { keepPeriods } from "../phase/periods";
import { pictures } from "../phase/pictures";
import { StartForm } from "../phase/starts";
import { AccountCurves, Totals } from "./accounts";
import { Curves, type Line } from "./curves";
import { Outcomes, pointAt } from "./outcomes";
import { Policy } from "./policy";
import { PulseList, Schedule } from "./schedule";
import { strokeOf } from "./strokes";
import { Verdict } from "./verdict";
import "./time.css";

/** What each share is of: the population and the strategy, in the order of states. */
export function shareTitles(game: GameModel): { name: string; told: string }[] {
  return game.populations.flatMap((p) => p.shares.map((name, a) => ({ name, told: `${p.name}: ${p.strategies[a]?.name ?? ""}` })));
}

export function Time() {
  const game = model.value;
  if (!game) return null;
  return (
    <section class="time" aria-label={say("Time")}>
      {game.scheduled.length > 0 && (
        <p class="notice">{say("In the game file {names} change over time; here they keep the values of the levers.", { names: game.scheduled.join(", ") })}</p>
      )}
      {trouble.value ? <p class="notice wrong-notice">{say(trouble.value)}</p> : <Followed game={game} />}
    </section>
  );
}

function Followed({ game }: { game: GameModel }) {
  useEffect(keepCrossing, []);
  useEffect(keepPeriods, []);
  useEffect(() => () => pointAt(null), []);
  const shown = pictures.value;
  if (starting.value.length === 0) {
    return (
      <>
        <p>{say("The game file gives no current state. Start a trajectory here or in the phase view to see its curves.")}</p>
        <StartForm game={game} />
      </>
    );
  }
  return (
    <>
      <Verdict />
      <div class="time-columns">
        <div class="time-curves">
          <ShareCurves game={game} />
          {game.instruments.length > 0
            ? <><Schedule game={game} /><PulseList game={game} /></>
            : <p class="meaning">{say("The game file describes no instruments, so none can be scheduled and costs are unknown.")}</p>}
        </div>
        <div class="time-beside">
          {shown && <PhasePictures game={game} pictures={{ ...shown, projections: shown.projections.slice(0, 1) }} />}
          <AccountCurves />
        </div>
      </div>
      <Outcomes game={game} />
      <StartForm game={game} />
      <Totals />
      <Settings game={game} />
      {game.instruments.length > 0 && <Policy game={game} />}
    </>
  );
}

function ShareCurves({ game }: { game: GameModel }) {
  const at = times.value;
  const all = followed.value;
  const rows = useMemo(() => all.map((f, k) => ({
    id: f.id, stroke: strokeOf(k), shares: sampled(f.path, at),
    bare: f.bare && sampled(f.bare.path, at),
  })), [all, at]);
  const pinned = pinnedPath.value;
  const ghost = useMemo(() => pinned && sampled(pinned, at), [pinned, at]);
  const spans = view.value.pulses.filter(canBe).map((p): [number, number] => [fraction(p.from), fraction(p.until)]);
  const titles = shareTitles(game);
  const height = titles.length > 3 ? 120 : 165;
  const lines = useMemo(() => titles.map((_, j): Line[] => rows.flatMap(({ id, stroke, shares, bare }) => [
    ...(bare ? [{ id: `${id}-bare`, values: bare[j]!, colour: "#767676", dash: [3, 4], width: 1.5 }] : []),
    { id, values: shares[j]!, ...stroke },
  ]).concat(ghost ? [{ id: "pinned", values: ghost[j]!, colour: "#8c8c8c", dash: [12, 4], width: 1.5 }] : [])), [rows, ghost]);
  return (
    <div>
      {titles.map(({ name, told }, j) => (
        <figure key={name}>
          <figcaption><b>{name}</b> <span class="meaning">{told}</span></figcaption>
          <Curves label={say("Share {name} ({told}) over time, one curve for each trajectory", { name, told })} times={at}
            lines={lines[j]!} range={[-0.02, 1.02]} height={height} spans={spans} mark={crossing.value} onHover={pointAt} />
        </figure>
      ))}
      <AxisTitle game={game} />
    </div>
  );
}

/** What the axis is, what pale lines are, and a slider for the moment that is pointed at. */
function AxisTitle({ game }: { game: GameModel }) {
  const until = horizon.value;
  const now = hovered.value?.time;
  return (
    <div class="axis-title">
      {game.time_unit ? say("Time ({unit})", { unit: say(game.time_unit) }) : say("Time, in the unit of the payoffs")}
      {view.value.pulses.some(canBe) && <> · {say("dotted: without support")}</>}
      {pinnedPath.value && <> · {say("long pale dashes: pinned")}</>}
      <label class="moment">
        {now === undefined ? say("Moment") : `t = ${shortNumber(now)}`}
        <input type="range" min={0} max={until} step={until / 200} value={now ?? until} aria-valuetext={shortNumber(now ?? until)}
          onInput={(e) => pointAt(Number(e.currentTarget.value))} />
      </label>
    </div>
  );
}

/** How far curves go, and at which rate later costs count less. */
function Settings({ game }: { game: GameModel }) {
  const { more } = view.value;
  const keep = (name: string, text: string | null) => {
    const { [name]: _, ...rest } = more;
    change({ more: text === null ? rest : { ...rest, [name]: text } });
  };
  const costs = game.instruments.some((i) => Object.keys(i.cost).length > 0);
  return (
    <div class="time-settings">
      <label for="time-until">{say("Shown until")}</label>
      <NumberBox id="time-until" label={say("Shown until")} text={more["time.until"] ?? shortNumber(horizon.value)}
        refused={(to) => (fraction(to) > 0 ? "" : say("It must be above 0."))} onChange={(to) => keep("time.until", to)} />
      {more["time.until"] !== undefined && <button onClick={() => keep("time.until", null)}>{say("As long as it takes")}</button>}
      {costs && (
        <>
          <label for="time-discount">{say("Later costs count less, per unit of time")}</label>
          <NumberBox id="time-discount" label={say("Later costs count less, per unit of time")} text={more["time.discount"] ?? "0"}
            refused={(to) => (fraction(to) < 0 ? say("It must be at least 0.") : "")}
            onChange={(to) => keep("time.discount", fraction(to) > 0 ? to : null)} />
        </>
      )}
    </div>
  );
}
