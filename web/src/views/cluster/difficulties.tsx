// The four difficulties: how hard each binds, with its interval, and by which indicators.
import type { DifficultiesPart, DifficultiesTold, Score } from "../../cluster";
import { say } from "../../languages";
import { PartPage } from "./part";
import { percent } from "./scale";

export function DifficultiesPage() {
  return (
    <PartPage<DifficultiesTold, DifficultiesPart> name="difficulties" title={say("The four difficulties")} fold
      picture={(found, told) => <Scores found={found} told={told} />} />
  );
}

function Scores({ found, told }: { found: DifficultiesPart; told: DifficultiesTold }) {
  return (
    <>
      <p class="caption">{say("From 0 (no difficulty) to 1 (most severe). A dot is the score, the bar around it its interval; the score is the mean of the indicators (diamonds).")}</p>
      <div class="scroll" role="region" tabIndex={0} aria-label={say("Scores of the four difficulties")}>
        <table class="c-scores">
          <thead>
            <tr>
              <th scope="col">{say("Difficulty")}</th>
              <th scope="col"><Axis /></th>
              <th scope="col" class="right">{say("score")}</th>
              <th scope="col" class="right">{say("between")}</th>
              <th scope="col" class="right">{say("based on")}</th>
            </tr>
          </thead>
          {found.difficulties.map((d, k) => (
            <tbody key={d.name}>
              <tr class="c-difficulty">
                <th scope="row">{told.names[k]}{found.binding === d.name && <strong> – {say("main difficulty")}</strong>}</th>
                <td><Interval of={d} shape="dot" /></td>
                <Numbers of={d} />
                <td class="right">
                  {say("{known} of {all} indicators", { known: d.indicators.filter((i) => i.score !== null).length, all: d.indicators.length })}
                </td>
              </tr>
              {d.indicators.map((i, n) => i.score !== null && (
                <tr key={i.id} class="c-indicator">
                  <th scope="row">{told.indicators[k]![n]}</th>
                  <td><Interval of={i} shape="diamond" /></td>
                  <Numbers of={i} />
                  <td class="right">{i.coverage === null ? "–" : say("{share} of the enterprises", { share: percent(i.coverage) })}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {found.binding === null && (
        <p>{say("The main difficulty is undecided: that needs at least two scores, and an interval above all others.")}</p>
      )}
    </>
  );
}

function Numbers({ of }: { of: Score }) {
  if (of.score === null) return <><td class="right">{say("not known")}</td><td class="right">–</td></>;
  return (
    <>
      <td class="right">{of.score.toFixed(2)}</td>
      <td class="right">{scoresBetween(of)}</td>
    </>
  );
}

/** An interval of scores, its ends rounded outwards. */
export function scoresBetween({ low, high }: Score): string {
  if (low === null || high === null) return "–";
  if (high - low < 1e-9) return low.toFixed(2);
  const ends = [Math.floor(low * 100 + 1e-9), Math.ceil(high * 100 - 1e-9)].map((v) => (v / 100).toFixed(2));
  return ends[0] === ends[1] ? ends[0]! : ends.join("–");
}

const WIDTH = 240, EDGE = 10;
const along = (score: number) => EDGE + (WIDTH - 2 * EDGE) * score;

function Axis() {
  return (
    <svg class="c-score" viewBox={`0 0 ${WIDTH} 18`} role="img" aria-label={say("from 0 to 1")}>
      {[0, 0.25, 0.5, 0.75, 1].map((v) => <text key={v} x={along(v)} y="13" class="c-middle c-small">{v}</text>)}
    </svg>
  );
}

function Interval({ of, shape }: { of: Score; shape: "dot" | "diamond" }) {
  const { score, low, high } = of;
  return (
    <svg class="c-score" viewBox={`0 0 ${WIDTH} 20`} aria-hidden="true">
      <line x1={along(0)} x2={along(1)} y1="10" y2="10" class="c-grid" />
      {[0, 0.25, 0.5, 0.75, 1].map((v) => <line key={v} x1={along(v)} x2={along(v)} y1="6" y2="14" class="c-grid" />)}
      {score !== null && low !== null && high !== null && (
        <rect x={along(low)} y="7.5" width={Math.max(1, along(high) - along(low))} height="5" class={`c-interval c-${shape}`} />
      )}
      {score !== null && (shape === "dot"
        ? <circle cx={along(score)} cy="10" r="6" class="c-mark" />
        : <path d={`M${along(score) - 5} 10l5 -5l5 5l-5 5z`} class="c-mark c-hollow" />)}
      {score === null && <text x={along(0.5)} y="14" class="c-middle c-small">{say("not known")}</text>}
    </svg>
  );
}
