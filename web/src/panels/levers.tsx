import { say } from "../languages";
import type { Parameter } from "../model";
import { fraction } from "../expression/evaluate";
import { change, model, settings, view } from "../state/store";

const STEPS = 200;

/** A decimal step of about a two-hundredth of the range, so that every position is a short exact number. */
export function stepOf(range: [string, string]): number {
  const width = fraction(range[1]) - fraction(range[0]);
  return 10 ** Math.round(Math.log10(width / STEPS));
}

function Lever({ parameter }: { parameter: Parameter }) {
  const { name, range } = parameter;
  const text = settings.value[name] ?? "0";
  const move = (to: string) => { change({ positions: { ...view.value.positions, [name]: to } }); };
  const id = `lever-${name}`;
  return (
    <div class="lever">
      <label for={id} title={parameter.meaning ?? undefined}>
        <span dangerouslySetInnerHTML={{ __html: `<math>${parameter.mathml}</math>` }} /> {parameter.unit}
      </label>
      {range && (
        <input id={id} type="range" min={fraction(range[0])} max={fraction(range[1])} step={stepOf(range)}
          value={fraction(text)} onInput={(e) => move(e.currentTarget.value)} />
      )}
      <input aria-label={name} size={7} value={text} onChange={(e) => move(e.currentTarget.value)} />
    </div>
  );
}

export function Levers() {
  return (
    <section class="levers" aria-label={say("Parameters")}>
      <h2>{say("Parameters")}</h2>
      {model.value?.parameters.filter((p) => !p.fixed).map((p) => <Lever key={p.name} parameter={p} />)}
      <button onClick={() => { change({ positions: {}, scenario: null }); }}>{say("Reset")}</button>
    </section>
  );
}
