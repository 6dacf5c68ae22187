// The equations of the game, with symbols or with the present numbers in them.
import { Fragment } from "preact";
import { signal } from "@preact/signals";
import { Formula } from "../formulas/math";
import { relation, row } from "../formulas/layout";
import { plain } from "../formulas/plain";
import { folded, namesIn, shifting, symbolOf } from "../formulas/present";
import { sharesOf } from "../dynamics/field";
import { say } from "../languages";
import type { Formula as Written, GameModel, Layout } from "../model";
import { acting } from "../state/store";
import { Names } from "./rest_points/card";

/** Whether the present numbers stand in the formulas. */
const withNumbers = signal(false);

export function Equations() {
  const game = acting.value;
  if (!game) return null;
  const { payoffs, equations, jacobian } = game.formulas;
  const shown = [
    ...(payoffs ?? []).flatMap((p) => p.strategies), ...(equations ?? []), ...(jacobian ?? []).flat(),
  ];
  return (
    <section class="equations">
      <label class="fold">
        <input type="checkbox" checked={withNumbers.value} onChange={(e) => { withNumbers.value = e.currentTarget.checked; }} />
        {say("with the present numbers")}
      </label>
      <h2>{say("Expected payoffs")}</h2>
      {payoffs ? <Payoffs game={game} /> : <p>{unpaid(game.form)}</p>}
      <h2>{say("Replicator equations")}</h2>
      {equations ? sharesOf(game).map((share, k) => <Line key={share} left={rateOf(share)} formula={equations[k]!} />)
        : <p>{say("The equations are too long to show here; see a report.")}</p>}
      <h2>{say("Jacobian matrix")}</h2>
      {shifting.value && withNumbers.value ? <p>{say("An instrument in force makes parameters depend on the shares: the matrix of the file does not hold for them.")}</p>
        : jacobian?.length ? <Jacobian rows={jacobian} /> : <p>{underived(jacobian)}</p>}
      {!withNumbers.value && <Names names={namesIn(shown.map((f) => f.tree))} />}
    </section>
  );
}

/** Why there are no payoffs to be shown. */
function unpaid(form: GameModel["form"]): string {
  switch (form) {
    case "advantages": return say("The game file gives payoff differences between strategies instead of payoffs.");
    case "replicator": return say("The game file gives equations instead of payoffs.");
    default: return say("The payoffs are too long to show here; see a report.");
  }
}

/** Why there is no matrix to be shown: an empty one is that of payoffs that are no rational functions. */
function underived(jacobian: Written[][] | null): string {
  return jacobian ? say("The payoffs are not rational functions of the shares, so the Jacobian matrix is not shown.")
    : say("The Jacobian matrix is too long to show here; see a report.");
}

function written(formula: Written): Layout {
  return withNumbers.value ? folded(formula.tree) : formula.layout;
}

function Line({ left, formula }: { left: Layout; formula: Written }) {
  return <div class="equation"><Formula display layout={row(left, relation("="), written(formula))} /></div>;
}

function rateOf(share: string): Layout {
  return ["/", ["r", "d", symbolOf(share)], ["r", "d", "t"]];
}

function Payoffs({ game }: { game: GameModel }) {
  return (
    <>
      {game.formulas.payoffs!.map((population, i) => (
        <div key={i}>
          <h3>{game.populations[i]!.name}</h3>
          <dl class="payoffs">
            {population.strategies.map((one, k) => (
              <Fragment key={k}>
                <dt>{game.populations[i]!.strategies[k]!.name}</dt>
                <dd><Line left={one.symbol} formula={one} /></dd>
              </Fragment>
            ))}
            <dt>{say("average")}</dt>
            <dd class="equation"><Formula display layout={row(population.average.symbol, relation("="), population.average.layout)} /></dd>
          </dl>
        </div>
      ))}
    </>
  );
}

/** Characters of an entry that may stand in the matrix itself. */
const SHORT = 22;

function Jacobian({ rows }: { rows: Written[][] }) {
  const laid = rows.map((r) => r.map(written));
  const short = laid.flat().every((entry) => plain(entry).length <= SHORT);
  const entry = (i: number, j: number): Layout => ["_", "J", ["t", rows.length > 9 ? `${i + 1},${j + 1}` : `${i + 1}${j + 1}`]];
  const named = laid.map((r, i) => r.map((e, j) => (isZero(e) ? e : entry(i, j))));
  const matrix: Layout = ["m", ...(short ? laid : named).map((r): Layout => ["r", ...r])];
  return (
    <>
      <div class="equation"><Formula display layout={row("J", relation("="), matrix)} /></div>
      {!short && laid.flatMap((r, i) => r.map((e, j) => !isZero(e) && (
        <div class="equation" key={`${i} ${j}`}><Formula display layout={row(entry(i, j), relation("="), e)} /></div>
      )))}
    </>
  );
}

function isZero(layout: Layout): boolean {
  return Array.isArray(layout) && layout[0] === "t" && layout[1] === "0";
}
