// Rest points by label: shape and fill tell them apart as well as colour, as in the figures of the program.
import type { JSX } from "preact";

interface Look { colour: string; shape: "circle" | "diamond" | "triangle" | "square"; fill: "full" | "half" | "none"; dot?: boolean }

/** Okabe & Ito's palette, as in the program's tables. */
export const MARKS: Record<string, Look> = {
  "asymptotically stable": { colour: "#0b6e4f", shape: "circle", fill: "full" },
  centre: { colour: "#8a4a73", shape: "circle", fill: "none", dot: true },
  stable: { colour: "#0063a0", shape: "circle", fill: "half" },
  saddle: { colour: "#a35c00", shape: "diamond", fill: "half" },
  source: { colour: "#b8400a", shape: "circle", fill: "none" },
  unstable: { colour: "#b8400a", shape: "triangle", fill: "none" },
  undecided: { colour: "#5c5c5c", shape: "square", fill: "none", dot: true },
};

/** Where no label is known yet. */
const OPEN: Look = { colour: "#5c5c5c", shape: "square", fill: "none" };

const RADIUS = 7;

const OUTLINES = {
  circle: `M0 ${-RADIUS}A${RADIUS} ${RADIUS} 0 0 0 0 ${RADIUS}A${RADIUS} ${RADIUS} 0 0 0 0 ${-RADIUS}Z`,
  diamond: "M0 -8L8 0L0 8L-8 0Z",
  triangle: "M0 -8L8 6L-8 6Z",
  square: "M-6 -6L6 -6L6 6L-6 6Z",
};
const LEFT_HALVES = { circle: `M0 ${-RADIUS}A${RADIUS} ${RADIUS} 0 0 0 0 ${RADIUS}Z`, diamond: "M0 -8L0 8L-8 0Z", triangle: "", square: "" };

/** A letter for a mark, in text. */
export function symbolOf(label: string | null): string {
  return SYMBOLS[label ?? ""] ?? "□";
}

const SYMBOLS: Record<string, string> = {
  "asymptotically stable": "●", centre: "◉", stable: "◐", saddle: "◆", source: "○", unstable: "△", undecided: "?",
};

export function colourOf(label: string | null): string {
  return (MARKS[label ?? ""] ?? OPEN).colour;
}

/** A mark about the origin. */
export function Mark({ label }: { label: string | null }): JSX.Element {
  const look = MARKS[label ?? ""] ?? OPEN;
  return (
    <g stroke={look.colour} stroke-width="1.8">
      <path d={OUTLINES[look.shape]} fill={look.fill === "full" ? look.colour : "#ffffff"} />
      {look.fill === "half" && <path d={LEFT_HALVES[look.shape]} fill={look.colour} stroke="none" />}
      {look.dot && <circle r="2.2" fill={look.colour} stroke="none" />}
    </g>
  );
}

/** The star of today's state. */
export const STAR = Array.from({ length: 10 }, (_, k) => {
  const radius = k % 2 ? 3.8 : 9;
  const angle = (Math.PI * k) / 5 - Math.PI / 2;
  return `${k ? "L" : "M"}${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
}).join("") + "Z";
