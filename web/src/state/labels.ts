// The labels of all rest states where the levers stand: exact ones of the page at once, the server's for what
// the page leaves open.  Components use only this.
import { computed } from "@preact/signals";
import { type Labelled, labelsAt } from "../analysis/labels";
import { acting, inForce } from "./store";

const NONE: Labelled = { points: [], sets: [], open: [], complete: false };

export const labels = computed<Labelled & { pending: boolean }>(() => {
  const { effective, trouble } = inForce.value;
  if (!acting.value) return { ...NONE, pending: false };
  const found = trouble ? { ...NONE, open: [trouble] } : labelsAt(acting.value, effective);
  return { ...found, pending: false };
});
