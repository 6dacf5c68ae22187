// All rest points in a table, which is also the way to them by keys and by ear.
import { sharesOf } from "../../dynamics/field";
import { Formula } from "../../formulas/math";
import { rounded } from "../../formulas/number_text";
import { symbolOf } from "../../formulas/present";
import { say } from "../../languages";
import { candidateOf } from "../../analysis/candidates";
import type { LabelledPoint } from "../../analysis/labels";
import type { GameModel } from "../../model";
import { labels } from "../../state/labels";
import { online } from "../../server/client";
import { change, effective, language, model, view } from "../../state/store";
import { Typed } from "../document";
import { studioCommand } from "../studio_command";
import { LabelMark } from "./label";
import { profileText } from "./profile";

/** Shares up to which the table has a column for each. */
const MOST_COLUMNS = 6;

/** Ids with a letter: several rest points play the same strategies. */
const LETTERED = /[a-z]\d*$/;

function isCandidate(game: GameModel, id: string): boolean {
  return game.answer?.points.some((p) => p.id === id) ?? false;
}

export function RestPoints() {
  const game = model.value;
  if (!game) return null;
  const { points, sets, open, pending, complete } = labels.value;
  const unanswered = game.answer === null ? game.refused[language.value] ?? game.refused["en"] : undefined;
  // Of several candidates of one support those that are there are known by their places alone.
  const there = new Set(points.map((p) => LETTERED.test(p.id) || !isCandidate(game, p.id)
    ? candidateOf(game, p, effective.value)?.id ?? p.id : p.id));
  const absent = game.answer?.points.filter((p) => !there.has(p.id)) ?? [];
  return (
    <section class="rest-points" aria-labelledby="rest-points-title">
      <h2 id="rest-points-title">{say("Rest points")}</h2>
      <p class="now" role="status">{pending ? say("computing") : complete ? say("This list is complete.") : points.length > 0 ? say("The list may be incomplete.") : ""} {open.map((reason) => say(reason)).join(" ")}{!online && open.length > 0 && <>{" "}<Typed text={say("Use `{command}` to compute it.", { command: studioCommand() })} /></>}</p>
      {unanswered && <p class="now"><Typed text={say("No formulas of rest points: {reason}.", { reason: unanswered })} /></p>}
      {points.length > 0 && <Table game={game} points={points} />}
      {sets.length > 0 && (
        <>
          <h3>{say("Continua of rest points")}</h3>
          <ul>{sets.map((s) => (
            <li key={s.id}><strong>{s.id}</strong> {profileText(game, s.support)} <LabelMark label={s.label} /> <span class="now">{say(s.why)}</span></li>
          ))}</ul>
        </>
      )}
      {absent.length > 0 && (
        <details>
          <summary>
            {complete ? say("{count} that exist at other values", { count: absent.length }) : say("{count} candidates", { count: absent.length })}
          </summary>
          <p>{absent.map((p) => <Choose key={p.id} id={p.id} />)}</p>
        </details>
      )}
    </section>
  );
}

function Table({ game, points }: { game: GameModel; points: LabelledPoint[] }) {
  const shares = sharesOf(game);
  const columns = shares.length <= MOST_COLUMNS ? shares : [];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={say("Rest points")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("name")}</th>
            {columns.map((s) => <th key={s} scope="col"><Formula layout={symbolOf(s)} /></th>)}
            <th scope="col">{say("strategy profile")}</th><th scope="col">{say("stability")}</th><th scope="col">{say("in the game")}</th>
          </tr>
        </thead>
        <tbody>
          {points.map((p) => (
            <tr key={p.id} class={p.id === view.value.selected ? "selected" : undefined}>
              <th scope="row"><Choose id={p.id} /></th>
              {columns.map((s, k) => <td key={s} title={p.exact[k]}>{rounded(p.state[k]!)}</td>)}
              <td>{profileText(game, p.support)}</td>
              <td><LabelMark label={p.label} /></td>
              <td>{gameWord(p)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Choose({ id }: { id: string }) {
  const chosen = view.value.selected === id;
  return (
    <button class="choose" aria-pressed={chosen} aria-label={say("Rest point {id}", { id })}
      onClick={() => change({ selected: chosen ? null : id })}>{id}</button>
  );
}

/** What a point is in the game, the strongest notion first. */
function gameWord(point: LabelledPoint): string {
  const words: string[] = [];
  if (point.ess) words.push(say("ESS"));
  if (point.strictNash) words.push(say("strict Nash"));
  else if (point.nash) words.push(say("Nash"));
  return words.length ? words.join(", ") : point.nash === null ? "–" : say("not Nash");
}
