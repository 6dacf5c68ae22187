// The phase view: the state space of the game with what happens in it.
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { sharesOf } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { change, model, view, type Layer } from "../../state/store";
import { today } from "../../state/trajectories";
import { Picture } from "./picture";
import { projectionsOf, USUAL, type Camera, type Place } from "./projection";
import { StartList } from "./starts";
import { keepTinting } from "./tint";
import "./phase.css";

const LAYERS: [Layer, string][] = [
  ["trajectories", "Trajectories"], ["field", "Field"], ["nullclines", "Nullclines"], ["separatrix", "Separatrix"],
  ["basins", "Basins"], ["continua", "Continua"],
];

/** Degrees a pixel. */
const TURN = 0.6;

export function Phase(): JSX.Element | null {
  const game = model.value;
  if (!game) return null;
  return <Shown game={game} />;
}

function Shown({ game }: { game: GameModel }): JSX.Element {
  const names = sharesOf(game);
  const baseTexts = baseOf(game, view.value.more);
  const base = Float64Array.from(baseTexts, fraction);
  const camera = cameraOf(view.value.more["phase.turn"]);
  const key = JSON.stringify([baseTexts, camera, view.value.axes]);
  const projections = useMemo(() => projectionsOf(game, base, camera, view.value.axes), [game, key]);
  const turn = ([right, below]: Place) => {
    const azimuth = Math.round(camera.azimuth - right * TURN);
    const elevation = Math.min(90, Math.max(-90, Math.round(camera.elevation + below * TURN)));
    change({ more: { ...view.value.more, "phase.turn": `${azimuth},${elevation}` } }, "phase.turn");
  };
  useEffect(() => keepTinting(projections), [projections]);
  return (
    <section class="phase" aria-label={say("Phase view")}>
      <fieldset class="phase-layers">
        <legend>{say("Show")}</legend>
        {LAYERS.map(([layer, title]) => (
          <label key={layer}>
            <input type="checkbox" checked={view.value.layers.includes(layer)} onChange={() => { toggle(layer); }} /> {say(title)}
          </label>
        ))}
      </fieldset>
      <div class="phase-pictures">
        {projections.map((projection, k) => (
          <Picture key={`${projection.shape}-${k}`} projection={projection} base={base} baseTexts={baseTexts}
            name={projection.shown.map((share) => names[share]).join(", ")}
            turn={projection.shape === "cube" || projection.shape === "tetrahedron" ? turn : undefined} />
        ))}
      </div>
      <StartList game={game} />
    </section>
  );
}

/** From where a link says that a solid is seen. */
function cameraOf(text: string | undefined): Camera {
  const [azimuth, elevation] = (text ?? "").split(",").map(Number);
  return Number.isFinite(azimuth) && Number.isFinite(elevation) ? { azimuth: azimuth!, elevation: elevation! } : USUAL;
}

function toggle(layer: Layer): void {
  const shown = view.value.layers;
  change({ layers: shown.includes(layer) ? shown.filter((other) => other !== layer) : [...shown, layer] });
}

/** The exact shares at which a slice cuts: where they were put, else today's, else the middle. */
function baseOf(game: GameModel, more: Record<string, string>): string[] {
  return game.populations.flatMap((population) => {
    const told = (name: string) => more[`phase.at.${name}`] ?? (today.value ? game.today?.[name] : undefined);
    const own = population.shares.map(told);
    if (own.every((text) => text !== undefined)) return own;
    const even = `1/${population.strategies.length}`;
    return population.shares.map(() => even);
  });
}
