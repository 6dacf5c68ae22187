// Along one lever: which share of all starts ends at each attractor, with the changes of what is stable as lines.
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { sweepCommand } from "../../export/command";
import { gameFileOf } from "../../export/setting";
import { fraction } from "../../expression/evaluate";
import { textOf } from "../../formulas/present";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { aboutWhat, settled, type Settled } from "../../server/client";
import { toldOf } from "../../server/request";
import { cluster } from "../../state/cluster";
import { labels } from "../../state/labels";
import type { Lever } from "../../state/levers";
import { marks } from "../../state/marks";
import { change, model, original, view } from "../../state/store";
import { isExact, outcomeWord, percentError, percentTo } from "../share_text";
import { Swatch, strokeOf } from "../time/strokes";
import { AlongPicture } from "./along_picture";
import { LEVER, othersOf } from "./asked";
import { LeverSelect } from "./lever_select";
import { gaps, SAMPLES, type SharesAlong } from "./shares";

export function Along({ levers, lever }: { levers: Lever[]; lever: Lever }) {
  /** The question that was stopped. */
  const stopped = useMemo(() => signal<string | null>(null), []);
  const asked = useMemo(() => settled<SharesAlong>("sweep", () => {
    const args = original.value && { ...othersOf(original.value, [lever]), over: lever.name };
    return args && aboutWhat(args) === stopped.value ? null : args;
  }), []);
  useEffect(() => asked.dispose, []);
  const game = model.value!;
  const args = { ...othersOf(game, [lever]), over: lever.name };
  const isStopped = stopped.value === aboutWhat(args);
  const now = asked.value;
  const found = now.state === "done" && now.of === aboutWhat(args) ? now.value : null;
  const changes = marks.value[lever.name] ?? null;
  return (
    <section class="regimes" aria-label={say("Along one lever")}>
      <div class="regimes-choice">
        <LeverSelect title={say("Lever")} levers={levers} now={lever.name} put={(name) => { change({ more: { ...view.value.more, [LEVER]: name } }); }} />
      </div>
      <Standing now={now} isStopped={isStopped} stop={() => { stopped.value = aboutWhat(args); }} goOn={() => { stopped.value = null; }} />
      {found && <HowSure found={found} changesKnown={changes !== null} />}
      <div class="regimes-both">
        <AlongPicture lever={lever} found={found} changes={changes} />
        {found && <Outcomes game={game} lever={lever} found={found} />}
      </div>
      <details class="meaning" open={!isStopped && now.state === "absent"}><summary>{say("As a command")}</summary><code>{sweepCommand(game, view.value, fileOf(game), lever)}</code></details>
    </section>
  );
}

function fileOf(game: GameModel): string {
  return cluster.value ? gameFileOf({ kind: "cluster", name: cluster.value.shipped ?? "cluster" }) : game.catalogue ?? game.file;
}

/** Where the answer stands, with what stops it. */
function Standing({ now, isStopped, stop, goOn }: { now: Settled<SharesAlong>; isStopped: boolean; stop: () => void; goOn: () => void }) {
  const busy = now.state === "computing";
  return (
    <div class="along-standing">
      <span role="status">
        {busy && say("Shares along the lever are being computed …")}
        {isStopped && say("Stopped.")}
        {!isStopped && now.state === "absent" && say("Not in this file: use the studio of the program, or the command, to compute it.")}
        {now.state === "failed" && <span class="wrong">{say("The server could not compute along the lever: {reason}", { reason: now.error ? toldOf(now.error).text : "?" })}</span>}
      </span>
      {busy && <> <progress aria-label={say("computing")} max={1} value={now.progress || undefined} /> <button onClick={stop}>{say("Stop")}</button></>}
      {isStopped && <> <button onClick={goOn}>{say("Compute")}</button></>}
    </div>
  );
}

function HowSure({ found, changesKnown }: { found: SharesAlong; changesKnown: boolean }) {
  const known = found.errors.filter((error) => error !== null);
  const told = [
    known.every(isExact) ? say("Exact at each of {count} positions.", { count: known.length })
      : say("Estimated at {count} positions without a formula, from {samples} initial states each, with 95 % intervals.", { count: known.length, samples: SAMPLES }),
    changesKnown ? say("Lines only connect the positions; they break where the set of stable states changes.")
      : say("It is not known yet where the set of stable states changes, so positions are not connected."),
    ...gaps(found.missing).map(([why, count]) => say("Positions without a share: {count} ({reason}).", {
      count, reason: why === "breaks_assumption" ? say("outside the assumptions of the game") : why === "no_value" ? say("a payoff is undefined") : why,
    })),
  ];
  return <p class="meaning">{told.join(" ")}</p>;
}

/** What is played in a state, in the words of the game; else how the program calls it. */
function played(game: GameModel, { id, name }: SharesAlong["outcomes"][number]): string {
  const known = labels.value.points.find((p) => p.id === id) ?? game.answer?.points.find((p) => p.id === id);
  if (known) return known.support.map((names) => names.join(" + ")).join(", ");
  return id === null ? "" : name.replace(/^set:/, "").replaceAll("mixed", say("mixed")).replaceAll(",", ", ");
}

/** What an outcome is called: its id, a set of rest points, or a word. */
function outcomeName({ id, name }: SharesAlong["outcomes"][number]): string {
  if (id === null) return outcomeWord(name);
  return name.startsWith("set:") ? say("rest points {id}", { id }) : id;
}

function Outcomes({ game, lever, found }: { game: GameModel; lever: Lever; found: SharesAlong }) {
  return (
    <div class="regimes-meaning">
      <ul class="plain along-outcomes" aria-label={say("Legend")}>
        {found.outcomes.map((outcome, k) => (
          <li key={outcome.name}><Swatch stroke={strokeOf(k)} /> <b>{outcomeName(outcome)}</b> {played(game, outcome)}</li>
        ))}
      </ul>
      <div class="along-table" role="region" tabIndex={0} aria-label={say("Shares of initial states along {lever}", { lever: textOf(lever.name) })}>
        <table class="regimes-legend">
          <caption>{say("Shares of initial states along {lever}", { lever: textOf(lever.name) })}</caption>
          <thead>
            <tr><th scope="col">{textOf(lever.name)}</th>{found.outcomes.map((outcome) => <th key={outcome.name} scope="col">{outcome.id ?? outcomeWord(outcome.name)}</th>)}<th scope="col">{say("Error")}</th></tr>
          </thead>
          <tbody>
            {found.at.map((at, k) => (
              <tr key={at}>
                <th scope="row">{short(at)}</th>
                {found.shares.map((shares, j) => (
                  <td key={found.outcomes[j]!.name}>{shares[k] === null ? "–" : percentTo(shares[k]!, found.errors[k] ?? 1)}</td>
                ))}
                <td>{errorTold(found.errors[k] ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function errorTold(error: number | null): string {
  return error === null ? "–" : isExact(error) ? say("exact") : percentError(error);
}

/** An exact position: a short decimal where it is one, else as the fraction that it is. */
function short(text: string): string {
  const value = fraction(text);
  const decimal = String(Number(value.toPrecision(6)));
  return Number(decimal) === value ? decimal : text;
}
