// What the curve of each trajectory looks like: by colour and by dashes, so that neither alone has to be seen.

interface Stroke { colour: string; dash: number[]; width: number }

// Okabe and Ito (2008), Color Universal Design, its pale ones darkened for white ground.
const COLOURS = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a66a00", "#3a8fc4"];
const DASHES = [[], [9, 4], [2, 3], [10, 3, 2, 3]];

/** The stroke of the k-th trajectory. */
export function strokeOf(k: number): Stroke {
  return {
    colour: COLOURS[k % COLOURS.length]!,
    dash: DASHES[(k + Math.floor(k / COLOURS.length)) % DASHES.length]!,
    width: k === 0 ? 2.5 : 2,
  };
}

/** A short piece of a line, to say which one is meant. */
export function Swatch({ stroke }: { stroke: Stroke }) {
  return (
    <svg width="36" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="36" y2="4" stroke={stroke.colour} stroke-width={stroke.width} stroke-dasharray={stroke.dash.join(" ")} />
    </svg>
  );
}
