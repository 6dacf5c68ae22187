// A game told in another language: the same numbers and ids, other words.
import type { GameModel } from "../model";

// Own entries only: a strategy may be called "constructor".
const word = (of: Record<string, string>, text: string) => (Object.hasOwn(of, text) ? of[text]! : text);

/** Returns the name of a population or a strategy, as the game's file has it, in a language. */
export function nameIn(game: GameModel, language: string, text: string): string {
  return word(game.texts?.[language]?.names ?? {}, text);
}

/** Returns the game in a language; in its file's own words where it has no such translation. */
export function inLanguage(game: GameModel, language: string): GameModel {
  const told = game.texts?.[language];
  if (!told) return game;
  const name = (text: string) => word(told.names, text);
  const words = <T extends { name: string; meaning: string | null; unit: string | null }>(at: T): T =>
    ({
      ...at,
      meaning: Object.hasOwn(told.meanings, at.name) ? told.meanings[at.name]! : at.meaning,
      unit: at.unit && word(told.units, at.unit),
    });
  return {
    ...game,
    title: told.title ?? game.title,
    source: told.source ?? game.source,
    populations: game.populations.map((p) => ({
      ...p, name: name(p.name), strategies: p.strategies.map((s) => ({ ...s, name: name(s.name) })),
    })),
    parameters: game.parameters.map(words),
    instruments: game.instruments.map(words),
    scenarios: game.scenarios.map((s) => ({ ...s, title: word(told.scenarios, s.name) })),
    answer: game.answer && {
      ...game.answer, points: game.answer.points.map((p) => ({ ...p, support: p.support.map((played) => played.map(name)) })),
    },
  };
}
