// A condition with its present numbers: each comparison as it is written, what its sides are now, whether it holds.
import { Formula } from "../../formulas/math";
import { numberText } from "../../formulas/number_text";
import { holdsAt } from "../../formulas/value";
import { valueNow, type Coordinates } from "../../formulas/present";
import { say } from "../../languages";
import type { Comparison, WrittenCondition } from "../../model";

const SIGNS = { "<": "<", "<=": "≤", "==": "=", "!=": "≠", ">=": "≥", ">": ">" };

/** A condition as nested lists. */
export function ConditionList({ condition, coordinates }: { condition: WrittenCondition; coordinates: Coordinates }) {
  if (!Array.isArray(condition)) return <ul class="condition"><Compared comparison={condition} coordinates={coordinates} /></ul>;
  const parts = condition.slice(1) as WrittenCondition[];
  const every = condition[0] === "and";
  if (!parts.length) return <p>{every ? say("always") : say("never")}</p>;
  return (
    <>
      {!every && <p>{say("one of these:")}</p>}
      <ul class="condition">
        {parts.map((part, k) => (Array.isArray(part) ? <li key={k}><ConditionList condition={part} coordinates={coordinates} /></li>
          : <Compared key={k} comparison={part} coordinates={coordinates} />))}
      </ul>
    </>
  );
}

function Compared({ comparison, coordinates }: { comparison: Comparison; coordinates: Coordinates }) {
  const [left, right] = [valueNow(comparison.left, coordinates), valueNow(comparison.right, coordinates)];
  const holds = holdsAt(comparison, (tree) => valueNow(tree, coordinates));
  const word = holds === null ? say("no exact value here") : holds ? say("holds") : say("does not hold");
  return (
    <li class={holds === null ? "open" : holds ? "holds" : "fails"}>
      <Formula layout={comparison.layout} />
      {left && right && <span class="now">{numberText(left)} {SIGNS[comparison.operator]} {numberText(right)}</span>}
      <span class="holding"><span aria-hidden="true">{holds === null ? "–" : holds ? "✓" : "✗"}</span> {word}</span>
    </li>
  );
}

/** The trees of all comparisons of a condition. */
export function treesOf(condition: WrittenCondition | null): Comparison["left"][] {
  if (condition === null) return [];
  if (!Array.isArray(condition)) return [condition.left, condition.right];
  return (condition.slice(1) as WrittenCondition[]).flatMap(treesOf);
}
