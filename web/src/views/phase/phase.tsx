// The phase view: the state space of the game with what happens in it.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { sharesOf } from "../../dynamics/field";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { change, layers, model, view, type Layer } from "../../state/store";
import { Legend } from "./legend";
import { keepPeriods } from "./periods";
import { Picture } from "./picture";
import { camera, pictures, type Pictures } from "./pictures";
import { isSolid, type Place } from "./projection";
import { Slices } from "./slices";
import { StartList } from "./starts";
import { keepTinting } from "./tint";
import "./phase.css";

const LAYERS: [Layer, string][] = [
  ["trajectories", "Sample trajectories"], ["field", "Field"], ["nullclines", "Nullclines"], ["separatrix", "Separatrix"],
  ["basins", "Basins"], ["continua", "Continua"],
];

/** Degrees a pixel. */
const TURN = 0.6;

export function Phase(): JSX.Element | null {
  const game = model.value;
  return game && pictures.value && <Shown game={game} pictures={pictures.value} />;
}

function Shown({ game, pictures }: { game: GameModel; pictures: Pictures }): JSX.Element {
  const { projections, baseTexts } = pictures;
  useEffect(keepPeriods, []);
  useEffect(() => keepTinting(projections), [projections]);
  return (
    <section class="phase" aria-label={say("Phase view")}>
      <fieldset class="phase-layers">
        <legend>{say("Show")}</legend>
        {LAYERS.map(([layer, title]) => (
          <label key={layer}>
            <input type="checkbox" checked={layers.value.includes(layer)} onChange={() => { toggle(layer); }} /> {say(title)}
          </label>
        ))}
      </fieldset>
      <Slices game={game} base={baseTexts} shown={projections} />
      <PhasePictures game={game} pictures={pictures} />
      <Legend game={game} pictures={projections} />
      <StartList game={game} />
    </section>
  );
}

/** The pictures alone, without what is chosen around them. */
export function PhasePictures({ game, pictures }: { game: GameModel; pictures: Pictures }): JSX.Element {
  const names = sharesOf(game);
  const { projections, base, baseTexts } = pictures;
  return (
    <div class="phase-pictures">
      {projections.map((projection, k) => (
        <Picture key={`${projection.shape}-${k}`} projection={projection} base={base} baseTexts={baseTexts}
          name={projection.shown.map((share) => names[share]).join(", ")}
          turn={isSolid(projection) ? turn : undefined} />
      ))}
    </div>
  );
}

function turn([right, below]: Place): void {
  const { azimuth, elevation } = camera.value;
  const turned = [Math.round(azimuth - right * TURN), Math.min(90, Math.max(-90, Math.round(elevation + below * TURN)))];
  change({ more: { ...view.value.more, "phase.turn": turned.join(",") } }, "phase.turn");
}

function toggle(layer: Layer): void {
  const shown = layers.value;
  change({ layers: shown.includes(layer) ? shown.filter((other) => other !== layer) : [...shown, layer] });
}
