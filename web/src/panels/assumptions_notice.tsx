// What is wrong with where the levers stand: an assumption that does not hold, an instrument without a value.
import { computed } from "@preact/signals";
import { brokenAssumptions } from "../analysis/instruments";
import { say } from "../languages";
import { effective, inForce, model } from "../state/store";

const broken = computed(() => (model.value ? brokenAssumptions(model.value, effective.value) : []));

export function AssumptionsNotice() {
  const { trouble } = inForce.value;
  return (
    <div role="status">
      {broken.value.length > 0 && (
        <p class="notice">
          {say("Outside the assumptions of the game, so its proofs do not apply: {conditions} does not hold.", { conditions: broken.value.join(", ") })}
        </p>
      )}
      {trouble && <p class="notice wrong-notice">{say(trouble)}</p>}
    </div>
  );
}
