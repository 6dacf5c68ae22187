// The levers: a slider and a box for every parameter and every instrument.
import { say } from "../languages";
import type { Instrument, Parameter } from "../model";
import { fraction } from "../expression/evaluate";
import { change, levels, levelsOf, model, settings, settingsOf, view } from "../state/store";
import { Helpers } from "./helpers";
import { NumberBox } from "./number_box";
import { Scenarios } from "./scenarios";
import { Slider } from "./slider";

/** Where a model tells no range the slider runs from nothing to twice the value. */
export function sliderRange(range: [string, string] | null, base: string): [string, string] {
  if (range) return range;
  const value = fraction(base);
  const twice = String(2 * value);
  return value > 0 ? ["0", twice] : value < 0 ? [twice, "0"] : ["-1", "1"];
}

interface LeverProps {
  kind: "parameter" | "instrument";
  lever: Parameter | Instrument;
  base: string;
  now: string;
  pinned: string | null;
}

function Lever({ kind, lever, base, now, pinned }: LeverProps) {
  const { name, meaning, unit } = lever;
  const key = kind === "parameter" ? "positions" : "levels";
  const move = (to: string, gesture: string | null) => { change({ [key]: { ...view.value[key], [name]: to } }, gesture); };
  const reset = () => {
    const { [name]: _, ...others } = view.value[key];
    change({ [key]: others });
  };
  const id = `${kind}-${name}`;
  const told = unit ? `${name} (${unit})` : name;
  const moved = name in view.value[key];
  return (
    <div class="lever">
      <div class="lever-head">
        <label for={`${id}-box`}>
          <Symbol lever={lever} />{unit && <span class="unit"> {unit}</span>}
        </label>
        <NumberBox id={`${id}-box`} label={told} text={now} describedBy={meaning ? `${id}-meaning` : undefined}
          onChange={(to) => move(to, null)} />
        <button class="quiet" disabled={!moved} onClick={reset} aria-label={say("Reset {name}", { name })}
          title={say("Back to {value}", { value: base })}>⟲</button>
      </div>
      {meaning && <div class="meaning" id={`${id}-meaning`}>{meaning}</div>}
      <Slider id={id} label={told} text={now} range={sliderRange(lever.range, base)} marks={[]}
        ghost={pinned !== null && pinned !== now ? pinned : null} onMove={move} />
      {!lever.range && <div class="meaning">{say("The model gives no range.")}</div>}
    </div>
  );
}

function Symbol({ lever }: { lever: Parameter | Instrument }) {
  if (!("mathml" in lever)) return <span class="name">{lever.name}</span>;
  // Python writes the MathML of a symbol, and escapes in it what a file names.
  return <span class="name" dangerouslySetInnerHTML={{ __html: `<math>${lever.mathml}</math>` }} />;
}

export function Levers() {
  const game = model.value;
  if (!game) return null;
  const scenario = settingsOf(game, { positions: {}, scenario: view.value.scenario });
  const { pinned } = view.value;
  const pinnedSettings = pinned && settingsOf(game, pinned);
  const pinnedLevels = pinned && levelsOf(game, pinned);
  return (
    <aside class="levers" aria-label={say("Levers")}>
      <Scenarios />
      <h2>{say("Parameters")}</h2>
      {game.parameters.filter((p) => !p.fixed).map((p) => (
        <Lever key={p.name} kind="parameter" lever={p} base={scenario[p.name]!} now={settings.value[p.name]!}
          pinned={pinnedSettings?.[p.name] ?? null} />
      ))}
      {game.parameters.some((p) => p.fixed) && (
        <p class="meaning">
          {say("Fixed in this page: {names}.", {
            names: game.parameters.filter((p) => p.fixed).map((p) => `${p.name} = ${p.value}`).join(", "),
          })}
        </p>
      )}
      {game.instruments.length > 0 && <h2>{say("Instruments")}</h2>}
      {game.instruments.map((i) => (
        <Lever key={i.name} kind="instrument" lever={i} base={i.idle} now={levels.value[i.name]!}
          pinned={pinnedLevels?.[i.name] ?? null} />
      ))}
      <Helpers />
    </aside>
  );
}
