// The starts as a list: what was clicked, and an exact start typed.
import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { sharesOf } from "../../dynamics/field";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { change, starts, view } from "../../state/store";
import { attractorAt } from "../../dynamics/basins";
import { labels } from "../../state/labels";
import { flow, runs } from "../../state/trajectories";
import { periods, periodTold } from "./periods";
import { begin } from "./picture";
import { readStart } from "./read_start";

/** Takes an exact start. */
export function StartForm({ game }: { game: GameModel }): JSX.Element {
  const [text, write] = useState("");
  const [wrong, blame] = useState("");
  const [both, choose] = useState(true);
  const names = sharesOf(game);
  const add = (event: Event) => {
    event.preventDefault();
    const read = readStart(game, text);
    if (typeof read === "string") { blame(read); return; }
    begin(read, both);
    write("");
    blame("");
  };
  return (
    <form class="phase-start-form" onSubmit={add}>
      <label for="phase-start">{say("Start at")} ({names.join(", ")})</label>
      <input id="phase-start" value={text} placeholder={game.populations.flatMap((p) => p.shares.map(() => `1/${Math.max(3, p.shares.length)}`)).join(", ")} aria-invalid={wrong !== ""}
        aria-describedby="phase-start-wrong" onInput={(e) => { write(e.currentTarget.value); }} />
      <label><input type="checkbox" checked={both} onChange={() => { choose(!both); }} /> {say("also back in time")}</label>
      <button>{say("Add")}</button>
      <span id="phase-start-wrong" role="alert">{wrong && say(wrong)}</span>
    </form>
  );
}

export function StartList({ game }: { game: GameModel }): JSX.Element {
  return (
    <div class="phase-starts">
      <StartForm game={game} />
      <ol aria-label={say("Started trajectories")}>
        {starts.value.map((start, index) => (
          <li key={index}>
            <span>{start.state.join(", ")}</span> <Fate index={index} /> <RemoveStart index={index} />
          </li>
        ))}
      </ol>
      {starts.value.length > 1 && <button onClick={() => { change({ starts: [] }); }}>{say("Remove all")}</button>}
    </div>
  );
}

export function RemoveStart({ index }: { index: number }): JSX.Element {
  return (
    <button aria-label={say("Remove start {number}", { number: index + 1 })}
      onClick={() => { change({ starts: view.value.starts.filter((_, k) => k !== index) }); }}>×</button>
  );
}

/** A fate in words, drawn anew only where it is another one. */
function Fate({ index }: { index: number }): JSX.Element | null {
  const told = useComputed(() => fateOf(index));
  return told.value === "" ? null : <span>{told}</span>;
}

/** Where a trajectory settles, or how long a closed one takes; never more than was found. */
function fateOf(index: number): string {
  const [under, run] = [flow.value, runs.value.find((r) => r.index === index)];
  if (!under || !run) return "";
  const { end, states, times } = run.forward;
  if (end === "settled") {
    const points = labels.value.points;
    const at = points[attractorAt(states.subarray(states.length - under.length), points.map((p) => p.state))];
    if (times.length === 1) return at ? say("at rest: {id}", { id: at.id }) : say("at rest");
    const last = states.subarray(states.length - under.length);
    return at ? `→ ${at.id}` : `→ (${Array.from(last, (x) => Number(x.toFixed(3))).join(", ")})`;
  }
  if (end === "returned" && !periods.value.has(index)) return say("computing");
  const period = periods.value.get(index);
  if (!period) return say("not settled yet");
  return periodTold(period);
}
