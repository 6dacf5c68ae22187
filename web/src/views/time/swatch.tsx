// A short piece of a line, to say which one is meant.
import type { Stroke } from "./strokes";

export function Swatch({ stroke }: { stroke: Stroke }) {
  return (
    <svg width="36" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="36" y2="4" stroke={stroke.colour} stroke-width={stroke.width} stroke-dasharray={stroke.dash.join(" ")} />
    </svg>
  );
}
