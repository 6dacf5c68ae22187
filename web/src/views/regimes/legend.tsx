// What the areas of a regime map mean, as a table that is read without the picture too.
import { say } from "../../languages";
import { online } from "../../server/client";
import { labels } from "../../state/labels";
import { tintOf } from "./picture";
import type { Drawn, Regime } from "./map";

/** What is played: "cooperate, decline"; mixed strategies joined by +. */
function played(drawn: Drawn, id: string): string {
  return (drawn.supports[id] ?? []).map((names) => names.join(" + ")).join(", ");
}

function Meaning({ drawn, regime }: { drawn: Drawn; regime: Regime }) {
  switch (regime.kind) {
    case "outside": return <>{say("outside the assumptions of the game")}</>;
    case "pole": return <>{say("a payoff is undefined")}</>;
    case "undecided": return <>{say("undecided")}</>;
    case "open": return <>{online ? say("not decided by the page") : say("not in this file")}</>;
  }
  if (regime.stable.length === 0) return <>{say("no state is asymptotically stable")}</>;
  return (
    <ul class="plain">
      {regime.stable.map((id) => <li key={id}><b>{id}</b> {played(drawn, id)}</li>)}
    </ul>
  );
}

export function Legend({ drawn, here }: { drawn: Drawn; here: number | null }) {
  const { pending, open } = labels.value;
  const shown = drawn.regimes.map((regime, k) => ({ regime, k })).filter(({ regime, k }) => regime.generic || k === here);
  const lines = drawn.regimes.filter((regime) => !regime.generic && regime.kind !== "outside");
  return (
    <div class="regimes-meaning">
      <p>
        {here !== null && drawn.regimes[here]!.letter !== ""
          ? say("The current point is in regime {letter}.", { letter: drawn.regimes[here]!.letter })
          : pending ? say("The stable states at the current point are being computed.")
            : open.length > 0 ? say("The stable states at the current point are not known here.")
            : say("The current point is in none of these regimes.")}
      </p>
      <table class="regimes-legend">
        <caption>{say("Regimes of the map")}</caption>
        <thead>
          <tr><th scope="col">{say("Regime")}</th><th scope="col">{say("Asymptotically stable")}</th><th scope="col">{say("Share of the map")}</th></tr>
        </thead>
        <tbody>
          {shown.map(({ regime, k }) => (
            <tr key={k} aria-current={k === here || undefined}>
              <th scope="row"><svg width="34" height="22" aria-hidden="true"><rect class={tintOf(drawn, k)} x="0.5" y="0.5" width="33" height="21" /></svg> {regime.letter || "–"}{k === here && <span> ◀</span>}</th>
              <td><Meaning drawn={drawn} regime={regime} /></td>
              <td>{regime.generic ? `${(regime.share * 100).toFixed(1)} %` : say("a line")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > 0 && (
        <p class="meaning">{say("Further regimes on lines only: {count}.", { count: lines.length })}</p>
      )}
    </div>
  );
}
