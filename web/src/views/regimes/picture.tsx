// The picture of a regime map: areas, borders, letters, axes, and the present point to be dragged.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fraction } from "../../expression/evaluate";
import { textOf } from "../../formulas/present";
import { say } from "../../languages";
import { nearestPosition, stepExponent } from "../../panels/slider";
import { moveLevers, positionOf, type Lever } from "../../state/levers";
import { gestureEnds, levelsOf, model, settingsOf, view } from "../../state/store";
import { shortNumber } from "../../state/exact_text";
import { ticksWithin } from "../ticks";
import type { Drawn, MapBorder } from "./map";

export const MARGIN = { left: 72, right: 14, top: 12, bottom: 48 };
const WIDEST = 560;
/** Half the size of a letter. */
const LETTER = 9;

/** Which colour a regime has: its place among the others, or what kind of none it is. */
export function tintOf(drawn: Drawn, regime: number): string {
  const { kind } = drawn.regimes[regime]!;
  return kind === "stable" ? `regime-${regime % 8}` : `regime-${kind}`;
}

type Press = PointerEvent & { currentTarget: SVGSVGElement };

/** The handlers of a picture that is dragged on, wherever the pointer goes until it is let go. */
export function dragHandlers(dragged: (e: PointerEvent) => void) {
  return {
    onPointerDown: (e: Press) => {
      if (e.button !== 0) return;
      e.currentTarget.setPointerCapture(e.pointerId);
      dragged(e);
    },
    onPointerMove: (e: Press) => { if (e.currentTarget.hasPointerCapture(e.pointerId)) dragged(e); },
    onPointerUp: gestureEnds,
  };
}

/** What is as wide as it can be, and how wide a picture in it is. */
export function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDEST);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.min(WIDEST, Math.max(220, entry!.contentRect.width))));
    watch.observe(frame.current!);
    return () => watch.disconnect();
  }, []);
  return [frame, width];
}

export function Picture({ over, drawn, here }: { over: [Lever, Lever]; drawn: Drawn | null; here: number | null }) {
  const svg = useRef<SVGSVGElement>(null);
  const [frame, width] = useWidth();
  const height = Math.round(width * 0.8);
  const [across, up] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  const [x, y] = over.map(({ range }) => range.map(fraction) as [number, number]) as [[number, number], [number, number]];
  const px = (at: number) => MARGIN.left + ((at - x[0]) / (x[1] - x[0])) * across;
  const py = (at: number) => MARGIN.top + (1 - (at - y[0]) / (y[1] - y[0])) * up;
  const path = (points: number[]) => {
    let d = "";
    for (let k = 0; k < points.length; k += 2) d += `${k ? "L" : "M"}${px(points[k]!).toFixed(1)} ${py(points[k + 1]!).toFixed(1)}`;
    return d;
  };
  const [nowX, nowY] = over.map(positionOf) as [string, string];
  const put = (atX: number, atY: number, gesture: string | null) => {
    moveLevers([
      [over[0], nearestPosition(atX, over[0].range, stepExponent(over[0].range))],
      [over[1], nearestPosition(atY, over[1].range, stepExponent(over[1].range))],
    ], gesture);
  };
  const dragged = (e: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    const [right, down] = [e.clientX - box.left - MARGIN.left, e.clientY - box.top - MARGIN.top];
    put(x[0] + (right / across) * (x[1] - x[0]), y[0] + (1 - down / up) * (y[1] - y[0]), "map");
  };
  const byKey = (e: KeyboardEvent) => {
    const count = e.shiftKey ? 10 : 1;
    const move = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1] }[e.key] as [0 | 1, number] | undefined;
    if (!move) return;
    e.preventDefault();
    const [axis, sign] = move;
    const exponent = stepExponent(over[axis].range);
    const to = fraction(axis ? nowY : nowX) + sign * count * 10 ** exponent;
    moveLevers([[over[axis], nearestPosition(to, over[axis].range, exponent)]], "map-keys");
  };
  const letter = here === null ? null : drawn?.regimes[here]?.letter;
  const told = `${textOf(over[0].name)} = ${nowX}, ${textOf(over[1].name)} = ${nowY}${letter ? `, ${say("regime {letter}", { letter })}` : ""}`;
  const pinned = pinnedAt(over);
  const inside = ([a, b]: [number, number]) => a >= x[0] && a <= x[1] && b >= y[0] && b <= y[1];
  const now: [number, number] = [fraction(nowX), fraction(nowY)];
  return (
    <div class="regimes-picture" ref={frame}>
      <svg ref={svg} width={width} height={height} viewBox={`0 0 ${width} ${height}`}
        {...dragHandlers(dragged)}>
        <title>{say("Regime map over {x} and {y}", { x: textOf(over[0].name), y: textOf(over[1].name) })}</title>
        <rect class="regimes-ground" x={MARGIN.left} y={MARGIN.top} width={across} height={up} />
        {drawn?.cells && <Cells drawn={drawn} left={MARGIN.left} top={MARGIN.top} across={across} up={up} />}
        {drawn?.regimes.map((_, k) => (
          // One path a regime: between two of them a seam would shine through.
          <path key={k} class={tintOf(drawn, k)} d={drawn.regions.filter(([r]) => r === k).map(([, points]) => `${path(points)}Z`).join("")} />
        ))}
        {drawn?.borders.map((border, k) => <Border key={k} border={border} path={path} />)}
        {drawn && [...drawn.letters].map(([regime, [right, high]]) => (
          <text key={regime} class="regimes-letter" x={MARGIN.left + clamped(right * across, across)}
            y={MARGIN.top + clamped((1 - high) * up, up)}>
            {drawn.regimes[regime]!.letter || { outside: "∅", pole: "∞" }[drawn.regimes[regime]!.kind as string] || "?"}
          </text>
        ))}
        <rect class="regimes-frame" x={MARGIN.left} y={MARGIN.top} width={across} height={up} />
        {ticksWithin(x, Math.max(2, across / 70)).map((at) => (
          <g key={at} class="regimes-tick">
            <line x1={px(at)} x2={px(at)} y1={MARGIN.top + up} y2={MARGIN.top + up + 5} />
            <text x={px(at)} y={MARGIN.top + up + 19} text-anchor="middle">{shortNumber(at)}</text>
          </g>
        ))}
        {ticksWithin(y, Math.max(2, up / 45)).map((at) => (
          <g key={at} class="regimes-tick">
            <line x1={MARGIN.left - 5} x2={MARGIN.left} y1={py(at)} y2={py(at)} />
            <text x={MARGIN.left - 8} y={py(at) + 4} text-anchor="end">{shortNumber(at)}</text>
          </g>
        ))}
        <text class="regimes-axis" x={MARGIN.left + across / 2} y={height - 8} text-anchor="middle">{axisOf(over[0])}</text>
        <text class="regimes-axis" x={14} y={MARGIN.top + up / 2} text-anchor="middle"
          transform={`rotate(-90 14 ${MARGIN.top + up / 2})`}>{axisOf(over[1])}</text>
        {pinned && inside(pinned) && (
          <circle class="regimes-pinned" cx={px(pinned[0])} cy={py(pinned[1])} r={8}><title>{say("Pinned")}</title></circle>
        )}
        {inside(now) && (
          <g class="regimes-now" role="slider" tabindex={0} aria-label={say("Current point; the arrow keys move it")}
            aria-valuenow={now[0]} aria-valuemin={x[0]} aria-valuemax={x[1]} aria-valuetext={told} onKeyDown={byKey}>
            <title>{told}</title>
            <path d={`M${px(now[0])} ${MARGIN.top}V${MARGIN.top + up}M${MARGIN.left} ${py(now[1])}H${MARGIN.left + across}`} />
            <circle cx={px(now[0])} cy={py(now[1])} r={9} />
            <circle class="regimes-dot" cx={px(now[0])} cy={py(now[1])} r={2.5} />
          </g>
        )}
      </svg>
      {!inside(now) && <p class="meaning">{say("The current point, {told}, is outside the map.", { told })}</p>}
    </div>
  );
}

/** A place for a letter that is wholly in the picture. */
function clamped(at: number, size: number): number {
  return Math.min(size - LETTER, Math.max(LETTER, at));
}

/** The symbol of a lever with its unit. */
export function axisOf({ name, told }: Lever): string {
  return told.unit ? `${textOf(name)} (${told.unit})` : textOf(name);
}

/** Where the pinned view has the two levers. */
function pinnedAt(over: [Lever, Lever]): [number, number] | null {
  const { pinned } = view.value;
  if (!pinned || !model.value) return null;
  const texts = { ...levelsOf(model.value, pinned), ...settingsOf(model.value, pinned) };
  return over.map((lever) => fraction(texts[lever.name] ?? "0")) as [number, number];
}

function Border({ border, path }: { border: MapBorder; path: (points: number[]) => string }) {
  return (
    <g>
      {border.solved && <title>{border.solved}</title>}
      {border.pieces.map((piece, k) => <path key={k} class={`border border-${piece.kind}`} d={path(piece.points)} />)}
    </g>
  );
}

interface CellsProps { drawn: Drawn; left: number; top: number; across: number; up: number }

/** Cells of one regime in a row as one bar: a fraction of the elements. */
function Cells({ drawn, left, top, across, up }: CellsProps) {
  const { count, at } = drawn.cells!;
  const [wide, high] = [across / count, up / count];
  const bars = [];
  for (let row = 0; row < count; row++) {
    for (let from = 0, to = 1; from < count; from = to, to = from + 1) {
      while (to < count && at[row * count + to] === at[row * count + from]) to++;
      bars.push(
        <rect key={`${row} ${from}`} class={tintOf(drawn, at[row * count + from]!)} x={left + from * wide}
          y={top + up - (row + 1) * high} width={(to - from) * wide + 0.3} height={high + 0.3} />,
      );
    }
  }
  return <g shape-rendering="crispEdges">{bars}</g>;
}
