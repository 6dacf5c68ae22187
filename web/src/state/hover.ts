// The moment that a pointer or a key points at, on the curves or in the phase view: both mark it.
import { signal } from "@preact/signals";

export interface Hovered {
  time: number;
  /** The state of each trajectory then, by its name: "today", or "0", "1", … in the order of the starts. */
  states: Record<string, number[]>;
}

export const hovered = signal<Hovered | null>(null);
