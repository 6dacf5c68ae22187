// What the page of regimes asks the server, and what it keeps in the link.
import type { GameModel } from "../../model";
import type { Lever } from "../../state/levers";
import { unsaidOf, view } from "../../state/store";

/** Under which names the link holds what the page shows, and the lever along which it does. */
export const MODE = "map.mode";
export const LEVER = "map.lever";
export const ALONG = "along";

/** The lever along which shares are shown; null where the map is. */
export function alongOf(game: GameModel, levers: Lever[]): Lever | null {
  if (view.value.more[MODE] !== ALONG) return null;
  const chosen = view.value.more[LEVER] ?? game.axes?.[0];
  return levers.find(({ name }) => name === chosen) ?? levers[0] ?? null;
}

/** Where all levers stand but some: moving those asks for nothing new. */
export function othersOf(game: GameModel, but: Lever[]): { parameters: object; levels: object; scenario: string | null } {
  const { positions, levels, scenario } = view.value;
  const others = (of: Record<string, string>, idle: Record<string, string>) => Object.fromEntries(
    Object.entries(of).filter(([name, text]) => but.every((lever) => lever.name !== name) && idle[name] !== text));
  const idle = Object.fromEntries(game.instruments.map((i) => [i.name, i.idle]));
  const unsaid = Object.fromEntries(unsaidOf(game, scenario).map((name) => [name, "0"]));
  return { parameters: others({ ...unsaid, ...positions }, {}), levels: others(levels, idle), scenario };
}
