// All about one rest point: where it is, what it is and why, when it exists and when it is stable.
import { useEffect, useRef } from "preact/hooks";
import { candidateOf } from "../../analysis/candidates";
import type { LabelledPoint } from "../../analysis/labels";
import { Formula } from "../../formulas/math";
import { plain } from "../../formulas/plain";
import { numberText, rounded } from "../../formulas/number_text";
import { isNumber, relation, row } from "../../formulas/layout";
import { namesIn, shifting, symbolOf, valueNow, type Coordinates } from "../../formulas/present";
import { sharesOf } from "../../dynamics/field";
import { say } from "../../languages";
import type { Formula as Written, GameModel, PointFormulas } from "../../model";
import { labels } from "../../state/labels";
import { change, effective, model, view } from "../../state/store";
import { ConditionList, treesOf } from "./conditions";
import { Inset } from "./inset";
import { LabelMark, meaningOf, openWord } from "./label";
import { profileText } from "./profile";
import "./rest_points.css";

/** Characters of a formula for which the column beside the picture is too narrow. */
const WIDE = 100;

/** The card of the rest point that is selected, which may be one that does not exist at present. */
export function Card() {
  const game = model.value;
  const id = view.value.selected;
  const place = useRef<HTMLElement>(null);
  const before = useRef(id);
  useEffect(() => {
    // A page that opens with a card stays where it is; a card that is asked for comes into view.
    const box = place.current?.getBoundingClientRect();
    if (id !== before.current && box && (box.top > 0.7 * innerHeight || box.bottom < 0.3 * innerHeight)) {
      place.current!.scrollIntoView({ block: "nearest" });
    }
    before.current = id;
  }, [id]);
  useEffect(() => {
    if (id === null) return;
    // What is nearer to where one is takes Escape first: a menu, a box, the last start.
    const escaped = (e: KeyboardEvent) => { if (e.key === "Escape" && !e.defaultPrevented) { e.preventDefault(); change({ selected: null }); } };
    document.addEventListener("keydown", escaped);
    return () => document.removeEventListener("keydown", escaped);
  }, [id]);
  const point = labels.value.points.find((p) => p.id === id);
  const candidate = game && (point ? candidateOf(game, point, effective.value) : game.answer?.points.find((p) => p.id === id));
  if (!game || !id || !(candidate || point)) return null;
  const formulas = candidate ? game.formulas.points[candidate.id] : undefined;
  const coordinates: Coordinates = Object.fromEntries(sharesOf(game).flatMap((share, k) => {
    const exact = formulas?.exact?.[k];
    return exact ? [[share, exact.tree]] : [];
  }));
  const support = point?.support ?? candidate!.support;
  const written = shifting.value ? [] : [...formulas?.exact ?? [], ...formulas?.eigenvalues ?? []];
  const isWide = written.some(({ layout }) => plain(layout).length > WIDE);
  return (
    <section class={isWide ? "card wide" : "card"} ref={place} aria-labelledby="card-title">
      <header>
        <h2 id="card-title">{say("Rest point {id}", { id })}</h2>
        {point ? <LabelMark label={point.label} /> : <Absent />}
        <button onClick={() => change({ selected: null })} aria-label={say("Close the card")}>×</button>
      </header>
      <p class="profile">{profileText(game, support)}</p>
      {point && <Why point={point} />}
      <div class="beside">
        <Coordinates game={game} point={point} formulas={shifting.value ? undefined : formulas} />
        {point && <Inset game={game} point={point} />}
      </div>
      {point && <InTheGame point={point} />}
      {point && <Eigenvalues point={point} formulas={formulas} coordinates={coordinates} />}
      {formulas && (shifting.value ? <p>{say("An instrument in force makes payoffs depend on the shares: the conditions of the file do not hold for them.")}</p> : (
        <>
          <Conditions formulas={formulas} coordinates={coordinates} />
          <Where formulas={formulas} />
        </>
      ))}
    </section>
  );
}

/** Not there: only where the list of rest points is whole is this more than "not found yet". */
function Absent() {
  return <span class="label">{labels.value.complete ? say("does not exist at these values") : openWord()}</span>;
}

function Why({ point }: { point: LabelledPoint }) {
  return (
    <>
      <p><strong>{say("Basis")}</strong> {say(point.why, point.whyHoles ?? {})}</p>
      {point.label && (
        <details>
          <summary>{say("Meaning of the label")}</summary>
          <p>{meaningOf(point.label)}</p>
        </details>
      )}
    </>
  );
}

function Coordinates({ game, point, formulas }: {
  game: GameModel; point: LabelledPoint | undefined; formulas: PointFormulas | undefined;
}) {
  const shares = sharesOf(game);
  // A formula that is a number says nothing beside the number.
  const written = shares.flatMap((share, k) => {
    const formula = formulas?.exact?.[k];
    return formula && !isNumber(formula.tree) ? [{ share, formula }] : [];
  });
  return (
    <div>
      {point && (
        <table>
          <caption>{say("Coordinates")}</caption>
          <thead><tr><th scope="col">{say("share")}</th><th scope="col">{say("exactly")}</th><th scope="col">{say("decimal")}</th></tr></thead>
          <tbody>
            {shares.map((share, k) => (
              <tr key={share}>
                <th scope="row"><Formula layout={symbolOf(share)} /></th><td>{point.exact[k] ?? "–"}</td><td>{rounded(point.state[k]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ul class="eigenvalues">
        {written.map(({ share, formula }) => (
          <li key={share}><Formula display layout={row(symbolOf(share), relation("="), formula.layout)} /></li>
        ))}
      </ul>
    </div>
  );
}

function InTheGame({ point }: { point: LabelledPoint }) {
  const flags: [string, boolean | null][] = [
    [say("Nash equilibrium"), point.nash], [say("strict Nash equilibrium"), point.strictNash],
    [say("evolutionarily stable strategy (ESS)"), point.ess],
  ];
  return (
    <dl class="flags" aria-label={say("In the game")}>
      {flags.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === null ? <><span aria-hidden="true">–</span> {say("not decided")}</> : value ? <><span aria-hidden="true">✓</span> {say("yes")}</> : <><span aria-hidden="true">✗</span> {say("no")}</>}</dd>
        </div>
      ))}
    </dl>
  );
}

// --------------------------------------------------------------------------- eigenvalues

function Eigenvalues({ point, formulas, coordinates }: {
  point: LabelledPoint; formulas: PointFormulas | undefined; coordinates: Coordinates;
}) {
  const written = shifting.value ? null : formulas?.eigenvalues ?? null;
  return (
    <>
      <h3>{say("Eigenvalues")}</h3>
      {written && written.length > 0 ? (
        <ul class="eigenvalues">{written.map((one, k) => <Eigenvalue key={k} formula={one} coordinates={coordinates} />)}</ul>
      ) : (
        <p>{point.eigenvalues.length ? point.eigenvalues.map(complexText).join(", ") : "–"}</p>
      )}
      {point.signs && (
        <p class="now">{say("real parts: {negative} negative, {zero} zero, {positive} positive", {
          negative: point.signs[0], zero: point.signs[1], positive: point.signs[2],
        })}</p>
      )}
    </>
  );
}

function Eigenvalue({ formula, coordinates }: { formula: Written; coordinates: Coordinates }) {
  const exact = valueNow(formula.tree, coordinates);
  return (
    <li>
      <Formula display layout={formula.layout} />
      {exact && <span class="now">= {numberText(exact)}</span>}
    </li>
  );
}

function complexText([re, im]: [number, number]): string {
  if (im === 0) return rounded(re);
  return `${rounded(re)} ${im < 0 ? "−" : "+"} ${rounded(Math.abs(im))}i`;
}

// --------------------------------------------------------------------------- conditions

function Conditions({ formulas, coordinates }: { formulas: PointFormulas; coordinates: Coordinates }) {
  return (
    <>
      {formulas.exists && <><h3>{say("Exists when")}</h3><ConditionList condition={formulas.exists} coordinates={coordinates} /></>}
      <h3>{say("Asymptotically stable when")}</h3>
      {formulas.stable_when ? <ConditionList condition={formulas.stable_when} coordinates={coordinates} /> : <p>{say("never")}</p>}
      {formulas.open_when && <><h3>{say("Undecided when")}</h3><ConditionList condition={formulas.open_when} coordinates={coordinates} /></>}
    </>
  );
}

/** What the short names stand for that the card uses. */
function Where({ formulas }: { formulas: PointFormulas }) {
  const trees = [
    ...(formulas.exact ?? []).map((f) => f.tree), ...(formulas.eigenvalues ?? []).map((f) => f.tree),
    ...[formulas.exists, formulas.stable_when, formulas.open_when].flatMap(treesOf),
  ];
  return <Names names={namesIn(trees)} />;
}

/** Short names with what they stand for, and their present values. */
export function Names({ names }: { names: string[] }) {
  if (!names.length) return null;
  return (
    <>
      <h3>{say("where")}</h3>
      <ul class="names">
        {names.map((name) => {
          const meaning = model.value!.formulas.names[name]!;
          const now = valueNow(name);
          return (
            <li key={name}>
              <Formula layout={row(symbolOf(name), relation("="), meaning.layout)} />
              {now && <span class="now">= {numberText(now)}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}
