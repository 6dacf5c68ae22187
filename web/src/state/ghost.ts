// The pinned position of the levers: its flow, trajectories and rest points, to compare with the present ones.
import { computed } from "@preact/signals";
import { actingModel, effectiveOf } from "../analysis/instruments";
import { labelsAt, type Labelled } from "../analysis/labels";
import { flowAt, type Flow } from "../dynamics/growth";
import { fraction } from "../expression/evaluate";
import { levelsOf, model, settingsOf, view } from "./store";
import { runsOf, startStates, today, type Run } from "./trajectories";

interface Ghost { flow: Flow; labels: Labelled }

const pin = computed(() => view.value.pinned);

export const ghost = computed<Ghost | null>(() => {
  const [game, pinned] = [model.value, pin.value];
  if (!game || !pinned) return null;
  const levels = levelsOf(game, pinned);
  const inForce = effectiveOf(game, settingsOf(game, pinned), levels);
  if (inForce.trouble) return null;
  const acting = actingModel(game, inForce, levels);
  const numbers = Object.fromEntries(Object.entries(inForce.effective).map(([name, text]) => [name, fraction(text)]));
  return { flow: flowAt(acting, numbers), labels: labelsAt(acting, inForce.effective) };
});

/** The same starts where the levers were pinned. */
export const ghostRuns = computed<Run[]>(() => (ghost.value ? runsOf(ghost.value.flow, today.value, startStates.value) : []));
