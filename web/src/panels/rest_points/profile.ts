// Who plays what, in words.
import { say } from "../../languages";
import type { GameModel } from "../../model";

/** Returns the strategy profile of a support, population by population. */
export function profileText(game: GameModel, support: string[][]): string {
  return game.populations.map((population, i) => {
    const played = support[i] ?? [];
    const every = played.length === population.strategies.length && played.length > 1;
    const told = every ? say("mixed") : played.join(" + ");
    return game.populations.length > 1 ? `${population.name}: ${told}` : told;
  }).join(" · ");
}
