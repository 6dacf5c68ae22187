// The address bar: it always holds the link to what is seen, and a link that is pasted there is opened.
import { computed, effect, signal } from "@preact/signals";
import { Exact } from "../exact/number";
import type { Label } from "../analysis/labels";
import { LANGUAGES } from "../languages";
import { isAlwaysInForce } from "../analysis/instruments";
import type { ClusterModel } from "../cluster";
import type { GameModel } from "../model";
import { cluster } from "./cluster";
import { labels } from "./labels";
import { readLink, writeLink, type Link } from "./link";
import { CLUSTER_PAGES, GAME_PAGES } from "./page_ids";
import { EMPTY, language, openGame, original, view, type View } from "./store";

/** Milliseconds after the last change: browsers refuse an address that changes too often. */
const SETTLED = 300;

/** What the page has to say of the link that it was opened with; null where it fits. */
interface LinkRemark {
  /** The version that made it, where that is another one. */
  version: string | null;
  otherModel: boolean;
  /** Names of the link that the game does not have. */
  unknown: string[];
  /** Instruments whose level the link tells, though the file has them in force: their parameters count. */
  inForce: string[];
  /** Fields that could not be read. */
  unread: string[];
}
export const linkRemark = signal<LinkRemark | null>(null);
/** The labels that the opened link says, by one letter, to be compared with those found now. */
export const saidByLink = signal<Record<string, string> | null>(null);

const LETTERS: Record<Label, string> = {
  "asymptotically stable": "a", centre: "c", stable: "l", saddle: "s", source: "o", unstable: "u", undecided: "q",
};
const BY_LETTER = Object.fromEntries(Object.entries(LETTERS).map(([label, letter]) => [letter, label]));

/** The labels of all rest points, by one letter; null while one is open. */
const saidNow = computed<Record<string, string> | null>(() => {
  const { points, open, pending } = labels.value;
  if (pending || open.length > 0 || points.some((p) => p.label === null)) return null;
  return Object.fromEntries(points.map((p) => [p.id, LETTERS[p.label!]]));
});

/** A rest point whose label is another one than the link says; null stands for a point that there is not. */
interface ChangedLabel { id: string; before: string | null; now: string | null }

/** How two sets of labels differ. */
export function changedLabels(before: Record<string, string>, now: Record<string, string>): ChangedLabel[] {
  const word = (of: Record<string, string>, id: string) => (Object.hasOwn(of, id) ? BY_LETTER[of[id]!] ?? null : null);
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
    .map((id) => ({ id, before: word(before, id), now: word(now, id) }))
    .filter(({ before: was, now: is }) => was !== is);
}

/** What the opened link says otherwise than the page now; null where nothing can be compared, or not yet. */
export const changedSinceLink = signal<ChangedLabel[] | null>(null);

/** Compares once, as soon as every label is known: what is moved later is no change of the program. */
effect(() => {
  const before = saidByLink.value;
  // Without a link nothing asks for labels: when this runs first, their module may not have been set up.
  if (before === null) return;
  const now = saidNow.value;
  if (now === null) return;
  changedSinceLink.value = changedLabels(before, now);
  saidByLink.value = null;
});

/** The rest point that the opened link selects, until it is known whether there is one. */
const pointOfLink = signal<string | null>(null);

/** Drops a rest point of the link that the game can have nowhere, and says so. */
effect(() => {
  const id = pointOfLink.value;
  if (id === null) return;
  const { points, pending, complete } = labels.value;
  if (pending) return;
  pointOfLink.value = null;
  const isThere = points.some((p) => p.id === id) || original.peek()?.answer?.points.some((p) => p.id === id);
  if (isThere || !complete || view.peek().selected !== id) return;
  view.value = { ...view.peek(), selected: null };
  const remark = linkRemark.peek() ?? { version: null, otherModel: false, unknown: [], inForce: [], unread: [] };
  linkRemark.value = { ...remark, unknown: [...remark.unknown, id] };
});

/** Whether exact shares are a state of the game. */
function isState(game: GameModel, state: string[]): boolean {
  const shares = state.map((text) => Exact.read(text));
  if (shares.some((x) => x === null || x.sign() < 0)) return false;
  let at = 0;
  const fits = game.populations.every(({ shares: names }) => {
    const own = shares.slice(at, at += names.length) as Exact[];
    const beside = own.reduce((total, x) => total.plus(x), Exact.of(-1)).sign();
    return own.length === names.length && (own.length === 1 ? beside <= 0 : beside === 0);
  });
  return fits && at === state.length;
}

/** The part of a view that a game has names for, and the names that it lacks. */
export function fitted(game: GameModel, given: View): { view: View; unknown: string[]; inForce: string[] } {
  const unknown = new Set<string>();
  const inForce = new Set<string>();
  const ruled = new Set(game.instruments.filter((i) => isAlwaysInForce(game, i)).map((i) => i.name));
  const [parameters, instruments, scenarios] =
    [game.parameters, game.instruments, game.scenarios].map((list) => new Set(list.map((x) => x.name)));
  const has = (set: Set<string> | undefined, name: string) => {
    if (!set!.has(name)) unknown.add(name);
    return set!.has(name);
  };
  const only = (set: Set<string> | undefined, of: Record<string, string>) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => has(set, name)));
  const levels = (of: Record<string, string>) => Object.fromEntries(Object.entries(only(instruments, of)).filter(([name]) => {
    if (ruled.has(name)) inForce.add(name);
    return !ruled.has(name);
  }));
  const scenario = (name: string | null) => (name !== null && has(scenarios, name) ? name : null);
  const shares = game.populations.flatMap((p) => p.shares);
  const view: View = {
    ...given,
    scenario: scenario(given.scenario),
    positions: only(parameters, given.positions),
    levels: levels(given.levels),
    starts: given.starts.filter((s) => isState(game, s.state)),
    pinned: given.pinned && {
      scenario: scenario(given.pinned.scenario),
      positions: only(parameters, given.pinned.positions),
      levels: levels(given.pinned.levels),
    },
    pulses: given.pulses.filter((p) => has(instruments, p.instrument)),
    axes: given.axes?.every((name) => shares.includes(name)) ? given.axes : null,
  };
  return { view, unknown: [...unknown].sort(), inForce: [...inForce].sort() };
}

/** What a link is a link to: a cluster, whose tables make its game, or a game alone. */
const opened = () => cluster.value ?? original.value;

/** Opens a game, a cluster or both at the state that a link tells, and notes what of it does not fit. */
export function openAt(game: GameModel | null, of: ClusterModel | null, link: Link | null): void {
  const start: View = of ? { ...EMPTY, page: "brief" } : EMPTY;
  const fit = !link ? { view: start, unknown: [], inForce: [] }
    : game ? fitted(game, link.view) : { view: { ...start, page: link.view.page, more: link.view.more }, unknown: [], inForce: [] };
  const pages: string[] = [...(of ? CLUSTER_PAGES : []), ...(game ? GAME_PAGES : [])];
  const hasPage = pages.includes(fit.view.page);
  const at = hasPage ? fit.view : { ...fit.view, page: start.page };
  const unknown = link && !hasPage && fit.view.page !== EMPTY.page ? [...fit.unknown, fit.view.page] : fit.unknown;
  cluster.value = of;
  openGame(game, at);
  if (link?.language && link.language in LANGUAGES) language.value = link.language;
  const remark: LinkRemark | null = link && {
    version: link.version === opened()?.version ? null : link.version || null,
    otherModel: link.hash !== "" && link.hash !== opened()?.hash, // without a hash: whatever is open
    unknown,
    inForce: fit.inForce,
    unread: at.starts.length === link.view.starts.length || link.unread.includes("starts") ? link.unread : [...link.unread, "starts"],
  };
  const fits = !remark || (remark.version === null && !remark.otherModel && unknown.length + remark.inForce.length + remark.unread.length === 0);
  linkRemark.value = fits ? null : remark;
  changedSinceLink.value = null;
  // Without a game, or with another one, there is nothing to compare: no point of it has become anything.  Another
  // version of the program may call the same game by another hash.
  const isOther = remark !== null && remark.otherModel && remark.version === null;
  saidByLink.value = fits || !game || isOther ? null : link!.said;
  pointOfLink.value = link ? at.selected : null;
}

/** The link to what is seen now. */
export function linkNow(): string {
  const model = cluster.peek() ?? original.peek();
  if (!model) return "";
  return `#${writeLink({ hash: model.hash, version: model.version, language: language.peek(), view: view.peek(), said: saidNow.peek() })}`;
}

/** Keeps the address in step with the state, both ways. */
export function followAddress(): void {
  let written = location.hash;
  let timer = 0;
  let model = opened()?.hash;
  const write = () => {
    written = linkNow();
    if (written && written !== location.hash) window.history.replaceState(null, "", written);
  };
  effect(() => {
    // Reading them here is what makes this run again.
    void [cluster.value, original.value, view.value, language.value, saidNow.value];
    clearTimeout(timer);
    // A page that is loaded anew opens what its address says: that of another model cannot wait.
    if (opened()?.hash !== model) {
      model = opened()?.hash;
      write();
    } else timer = window.setTimeout(write, SETTLED);
  });
  window.addEventListener("hashchange", () => {
    if (!(cluster.peek() ?? original.peek()) || location.hash === written) return;
    openAt(original.peek(), cluster.peek(), readLink(location.hash));
  });
}
