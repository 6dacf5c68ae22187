// What the pulses bring about: the path crosses the separatrix, falls back, or has not settled.
import { apart, type Outcome } from "../../dynamics/arrival";
import { say } from "../../languages";
import { shortNumber } from "../../state/exact_text";
import { labels } from "../../state/labels";
import { chosen, crossing, over, type Followed } from "../../state/paths";
import { nameOf, orbitTold, outcomeTold, stateName } from "./outcomes";

export function Verdict() {
  const of = chosen.value;
  return <p class="time-verdict" role="status">{of && told(of)}</p>;
}

function told(of: Followed): string {
  if (labels.value.pending) return say("computing the labels of rest points …");
  const name = nameOf(of.id);
  const { outcome, bare } = of;
  if (!bare) return alone(name, of);
  const [end, without] = [outcome, bare.outcome];
  if (end.kind === "open") {
    return say("From {name}, with support: not settled by t = {time}, so the outcome is not shown.", { name, time: shortNumber(end.until) });
  }
  if (rests(end) || rests(without) || end.kind === "divided") return say("From {name}: {orbit}.", { name, orbit: outcomeTold(end) });
  if (end.kind === "unlabelled" || without.kind === "unlabelled") {
    return say("Outcome from {name} not shown, because the label of a state is not known here.", { name });
  }
  if (without.kind === "open") {
    return say("From {name}: with support it settles in {state}; without support it has not settled by t = {time}.", { name, state: stateName(end.id), time: shortNumber(without.until) });
  }
  if (without.kind === "divided") {
    return say("From {name}: with support it settles in {state}; without support it {orbit}.", { name, state: stateName(end.id), orbit: outcomeTold(without) });
  }
  if (end.id === without.id && hastens(of)) {
    return say("No crossing: from {name} it settles in {state} with support as without. It arrives at t = {time}, and would at t = {later}.", {
      name, state: stateName(end.id), time: shortNumber(end.arrives), later: shortNumber(without.arrives),
    });
  }
  if (end.id === without.id) {
    return say("No lasting effect: from {name} it settles in {state} after support ends at t = {over}, as without support.", { over: shortNumber(over.value), name, state: stateName(end.id) });
  }
  const holes = { name, from: stateName(without.id), to: stateName(end.id) };
  const main = say("Crosses the separatrix: from {name} it settles in {to} with support, in {from} without.", holes);
  if (crossing.value === null) return main;
  return `${main} ${say("Support may end from t = {time} on, when the separatrix has been crossed.", { time: shortNumber(crossing.value) })}`;
}

function rests(outcome: Outcome): outcome is Extract<Outcome, { kind: "stays" | "rest" }> {
  return outcome.kind === "stays" || outcome.kind === "rest";
}

/** Whether support has brought the path nearer to where it goes anyway. */
function hastens({ path, outcome, bare }: Followed): boolean {
  const goal = "id" in outcome ? labels.value.points.find((p) => p.id === outcome.id)?.state : undefined;
  if (!goal || !bare) return false;
  const state = new Float64Array(goal.length);
  const left = [path, bare.path].map((one) => { one.at(over.value, state); return apart(state, goal); });
  return left[0]! <= left[1]!;
}

function alone(name: string, of: Followed): string {
  const { outcome } = of;
  const orbit = orbitTold(of);
  if (orbit) return say("From {name}: {orbit}.", { name, orbit });
  if (outcome.kind === "open" && !labels.value.complete) {
    return say("From {name}: outcome not shown, because some labels of rest points are not known here.", { name });
  }
  if (outcome.kind === "open") return say("From {name}: not settled by t = {time}.", { name, time: shortNumber(outcome.until) });
  if (rests(outcome) || outcome.kind === "divided") return say("From {name}: {orbit}.", { name, orbit: outcomeTold(outcome) });
  if (!("arrives" in outcome)) return say("Outcome from {name} not shown, because the label of a state is not known here.", { name });
  return say("From {name}: settles in {state}, and arrives at t = {time}.", { name, state: outcomeTold(outcome), time: shortNumber(outcome.arrives) });
}
