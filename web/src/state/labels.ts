// The labels of all rest states where the levers stand: exact ones of the page at once, the server's for what
// the page leaves open.  Components use only this.
import { computed, untracked } from "@preact/signals";
import { type Labelled, labelsAt } from "../analysis/labels";
import { type ServerAnswer, toldByServer } from "../analysis/server_answer";
import { aboutWhat, settled } from "../server/client";
import { toldOf } from "../server/request";
import { acting, inForce, language, model, original, unsaidOf, view } from "./store";

const NONE: Labelled = { points: [], sets: [], open: [], complete: false };

/** What the page proves by itself. */
const own = computed<Labelled>(() => {
  if (!acting.value) return NONE;
  const { effective, trouble } = inForce.value;
  return trouble ? { ...NONE, open: [trouble] } : labelsAt(acting.value, effective);
});

/** Where the levers stand, as the server's tasks take it; null where no game is open. */
export const standing = computed<object | null>(() => {
  const game = original.value;
  if (!game) return null;
  const { positions, levels, scenario } = view.value;
  const movable = Object.entries(positions).filter(([name]) => game.parameters.some((p) => p.name === name && !p.fixed));
  const raised = Object.entries(levels).filter(([name, text]) => game.instruments.some((i) => i.name === name && i.idle !== text));
  const unsaid = unsaidOf(game, scenario).map((name) => [name, "0"] as const);
  return { parameters: Object.fromEntries([...unsaid, ...movable]), levels: Object.fromEntries(raised), scenario };
});

/** The question for the server; null where the page needs it not. */
const question = computed<object | null>(() => (own.value.open.length > 0 ? standing.value : null));

// Begun when labels are first wanted: the modules of the server and of the state need each other.
let asked: ReturnType<typeof settled<ServerAnswer>> | null = null;
function fromServer() {
  return asked ??= untracked(() => settled<ServerAnswer>("labels", () => question.value));
}

export const labels = computed<Labelled & { pending: boolean }>(() => {
  const [game, first] = [model.value, original.value];
  const wanted = question.value;
  if (!wanted || !game || !first) return { ...own.value, pending: false };
  const { state, of, value, error } = fromServer().value;
  // An answer to other positions than these is none.
  if (state === "done" && value && of === aboutWhat(wanted)) {
    return { ...toldByServer(value, { game, first, language: language.value, drawn: own.value.sets }), pending: false };
  }
  // Why the server cannot tell is said in its own words.
  const open = state === "failed" && error && of === aboutWhat(wanted) ? [toldOf(error).text] : own.value.open;
  return { ...own.value, open, pending: state === "computing" };
});
