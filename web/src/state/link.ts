// The whole state as text behind the # of an address: `v1=…&by=…&page=…`, with what is as at the start left out.
//
// Items of a list are separated by ; and parts of an item by , ; both, and whatever else could be mistaken, are
// written as %XX inside a part.  A link is material from a stranger: what it holds is read strictly, what cannot
// be read is left out, and `Link.unread` says so.
import { exactText } from "./exact_text";
import { EMPTY, LAYERS, type Layer, type Position, type Pulse, type Start, type View } from "./store";

export interface Link {
  /** The model's hash, and the version of the program that made the link. */
  hash: string;
  version: string;
  language: string | null;
  view: View;
  /** The labels that stood when the link was made, by the id of the point; null where they were not all known. */
  said: Record<string, string> | null;
  /** Fields that could not be read, or not in full. */
  unread: string[];
}

/** Past these lengths a link is not read: no page of ours writes such a one. */
const MOST_CHARACTERS = 30_000;
const MOST_ITEMS = 500;

type Rows = string[][];

function part(text: string): string {
  return encodeURIComponent(text).replace(/%(2F|3A|20|2B|40)/g, (_, code: string) =>
    ({ "2F": "/", "3A": ":", "20": "%20", "2B": "%2B", "40": "@" })[code]!);
}

function rows(list: Rows): string {
  return list.map((row) => row.map(part).join(",")).join(";");
}

function readRows(text: string): Rows {
  if (text === "") return [];
  return text.split(";").slice(0, MOST_ITEMS).map((row) => row.split(",").map(decodeURIComponent));
}

const pairs = (of: Record<string, string>): Rows => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));

/** Writes a link; the same state gives the same text. */
export function writeLink(link: Omit<Link, "unread">): string {
  const { view, said } = link;
  const fields: [string, string][] = [["v1", part(link.hash)], ["by", part(link.version)]];
  const put = (name: string, text: string | null) => { if (text !== null) fields.push([name, text]); };
  const list = (name: string, given: Rows) => put(name, given.length > 0 ? rows(given) : null);
  put("lang", link.language && part(link.language));
  put("page", view.page === EMPTY.page ? null : part(view.page));
  put("scenario", view.scenario === null ? null : part(view.scenario));
  list("at", pairs(view.positions));
  list("levels", pairs(view.levels));
  list("starts", view.starts.map((s) => [s.backward ? "both" : "on", ...s.state]));
  put("selected", view.selected === null ? null : part(view.selected));
  put("layers", view.layers.join() === EMPTY.layers.join() ? null : rows([view.layers]));
  if (view.pinned) {
    put("pin", view.pinned.scenario === null ? "" : part(view.pinned.scenario));
    list("pin.at", pairs(view.pinned.positions));
    list("pin.levels", pairs(view.pinned.levels));
  }
  list("pulses", view.pulses.map((p) => [p.instrument, p.level, p.from, p.until]));
  put("axes", view.axes && rows([view.axes]));
  list("helpers", view.helpers.map((h) => [h]));
  list("more", pairs(view.more));
  list("said", said ? pairs(said) : []);
  return fields.map(([name, text]) => `${name}=${text}`).join("&");
}

/** Reads a link, with or without its #; null where it is none of ours. */
export function readLink(text: string): Link | null {
  const fragment = text.startsWith("#") ? text.slice(1) : text;
  if (!fragment.startsWith("v1=") || fragment.length > MOST_CHARACTERS) return null;
  const unread: string[] = [];
  const fields = new Map(fragment.split("&").map((field) => {
    const at = field.indexOf("=");
    return at < 0 ? [field, ""] as const : [field.slice(0, at), field.slice(at + 1)] as const;
  }));
  /** Reads one field; a fault in it is noted, and what is read instead is `otherwise`. */
  function field<T>(name: string, otherwise: T, read: (text: string) => T | null): T {
    const given = fields.get(name);
    if (given === undefined) return otherwise;
    try {
      const value = read(given);
      if (value !== null) return value;
    } catch {
      // A % that begins no character: noted below like every other fault.
    }
    unread.push(name);
    return otherwise;
  }
  /** Rows that `one` can read; others are noted and left out. */
  function items<T>(name: string, one: (row: string[]) => T | null): T[] {
    return field<T[]>(name, [], (given) => {
      const read = readRows(given).map(one);
      if (read.includes(null)) unread.push(name);
      return read.filter((item) => item !== null);
    });
  }
  const numbers = (name: string): Record<string, string> => Object.fromEntries(items(name, ([key, value, ...rest]) => {
    const exact = value === undefined || rest.length > 0 ? null : exactText(value);
    return key && exact !== null ? [key, exact] as const : null;
  }));
  const position = (prefix: string, scenario: string | null): Position =>
    ({ scenario, positions: numbers(`${prefix}at`), levels: numbers(`${prefix}levels`) });
  const name = (given: string) => decodeURIComponent(given) || null;
  const pin = field<{ scenario: string | null } | null>("pin", null, (given) => ({ scenario: name(given) }));
  const said = items("said", ([id, label]) => (id && label ? [id, label] as const : null));
  const view: View = {
    page: field("page", EMPTY.page, name),
    ...position("", field<string | null>("scenario", null, name)),
    starts: items<Start>("starts", ([how, ...state]) => {
      const exact = state.map(exactText);
      const whole = (how === "both" || how === "on") && exact.length > 0 && exact.every((x) => x !== null);
      return whole ? { state: exact, backward: how === "both" } : null;
    }),
    selected: field<string | null>("selected", null, name),
    layers: field("layers", EMPTY.layers, (given) => {
      const layers = (readRows(given)[0] ?? []).filter((l) => l !== "");
      return layers.every((l): l is Layer => (LAYERS as string[]).includes(l)) ? layers : null;
    }),
    pinned: pin && position("pin.", pin.scenario),
    pulses: items<Pulse>("pulses", ([instrument, ...given]) => {
      const [level, from, until] = given.map(exactText);
      return instrument && given.length === 3 && level && from && until ? { instrument, level, from, until } : null;
    }),
    axes: field<[string, string] | null>("axes", null, (given) => {
      const [x, y, ...rest] = readRows(given)[0] ?? [];
      return x && y && rest.length === 0 ? [x, y] : null;
    }),
    helpers: items("helpers", ([text]) => text ?? null),
    more: Object.fromEntries(items("more", ([key, value]) => (key && value !== undefined ? [key, value] as const : null))),
  };
  return {
    hash: field("v1", "", (given) => decodeURIComponent(given)),
    version: field("by", "", (given) => decodeURIComponent(given)),
    language: field<string | null>("lang", null, name),
    view,
    said: said.length > 0 ? Object.fromEntries(said) : null,
    unread: [...new Set(unread)],
  };
}
