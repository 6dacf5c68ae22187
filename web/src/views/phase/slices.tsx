// Which shares a picture shows, and where the others are cut.
import type { JSX } from "preact";
import { sharesOf } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { change, gestureEnds, view } from "../../state/store";
import { exactTexts } from "./exact_state";
import { isWhole, put, type Projection } from "./projection";

/** The choice of a slice; nothing where the whole state space has no more than two dimensions. */
export function Slices({ game, base, shown }: { game: GameModel; base: string[]; shown: Projection[] }): JSX.Element | null {
  const names = sharesOf(game);
  const free = game.populations.reduce((count, p) => count + p.strategies.length - 1, 0);
  if (free < 3) return null;
  const whole = isWhole(game) || (game.populations.length === 2 && game.populations.every((p) => p.strategies.length === 3));
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as [string, string]));
  const chosen = view.value.axes ?? (whole ? null : pairs[0]!);
  const hidden = names.flatMap((name, k) => (shown.every((picture) => picture.shown.includes(k)) ? [] : [{ name, k }]));
  return (
    <div class="phase-slices">
      <label>
        {say("Picture")}{" "}
        <select value={chosen?.join() ?? ""} onChange={(e) => {
          const pair = pairs.find((p) => p.join() === e.currentTarget.value);
          change({ axes: pair ?? null });
        }}>
          {whole && <option value="">{say("whole state space")}</option>}
          {pairs.map((pair) => <option key={pair.join()} value={pair.join()}>{say("slice: {first} and {second}", { first: pair[0], second: pair[1] })}</option>)}
        </select>
      </label>
      {hidden.map(({ name, k }) => (
        <label key={name}>
          <i>{name}</i> = {base[k]}{" "}
          <input type="range" min="0" max="1" step="0.01" value={fraction(base[k]!)} aria-label={name}
            onInput={(e) => { cut(game, base, k, e.currentTarget.value); }} onChange={gestureEnds} />
        </label>
      ))}
      {hidden.length > 0 && <small>{say("The field, nullclines and basins are those of the cut; trajectories and rest points are seen through it.")}</small>}
    </div>
  );
}

/** Moves the cut along one share. */
function cut(game: GameModel, base: string[], share: number, to: string): void {
  const owner = game.populations.flatMap((p, i) => p.shares.map(() => i));
  const old = Float64Array.from(base, fraction);
  const state = Float64Array.from(old);
  put(state, owner, [share], [Number(to)]);
  const texts = exactTexts(game, state, old, base);
  const names = sharesOf(game);
  const more = { ...view.value.more };
  names.forEach((name, k) => { if (owner[k] === owner[share]) more[`phase.at.${name}`] = texts[k]!; });
  change({ more }, `phase.at.${names[share]!}`);
}
