// The pictures that are shown, and the state at which they cut.
import { computed } from "@preact/signals";
import type { State } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import type { GameModel } from "../../model";
import { model, view } from "../../state/store";
import { today } from "../../state/trajectories";
import { projectionsOf, USUAL, type Camera, type Projection } from "./projection";

export interface Pictures {
  projections: Projection[];
  /** The exact shares at which a slice cuts, and the same as numbers. */
  baseTexts: string[];
  base: State;
}

/** What the pictures depend on as one text: they stay the same objects while it does. */
const key = computed(() => JSON.stringify([model.value && baseOf(model.value, view.value.more), camera.value, view.value.axes]));

export const camera = computed<Camera>(() => cameraOf(view.value.more["phase.turn"]));

export const pictures = computed<Pictures | null>(() => {
  const game = model.value;
  void key.value;
  if (!game) return null;
  const baseTexts = baseOf(game, view.peek().more);
  const base = Float64Array.from(baseTexts, fraction);
  return { projections: projectionsOf(game, base, camera.peek(), view.peek().axes), baseTexts, base };
});

/** Where they were put, else today's shares, else the middle. */
function baseOf(game: GameModel, more: Record<string, string>): string[] {
  return game.populations.flatMap((population) => {
    const own = population.shares.map((name) => more[`phase.at.${name}`] ?? (today.value ? game.today?.[name] : undefined));
    if (own.every((text) => text !== undefined)) return own;
    const even = `1/${population.strategies.length}`;
    return population.shares.map(() => even);
  });
}

/** From where a link says that a solid is seen. */
function cameraOf(text: string | undefined): Camera {
  const [azimuth, elevation] = (text ?? "").split(",").map(Number);
  return text && Number.isFinite(azimuth) && Number.isFinite(elevation) ? { azimuth: azimuth!, elevation: elevation! } : USUAL;
}
