import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { fieldAt } from "../../dynamics/field";
import { orbit } from "../../dynamics/runge_kutta";
import { say } from "../../languages";
import { model, values } from "../../state/store";

const SIZE = 480;
const STARTS = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) => [0.1, 0.3, 0.5, 0.7, 0.9].map((y) => [x, y]));

/** The unit square of two parties: trajectories from a grid of starts. */
export function Square() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => effect(() => {
    const game = model.value;
    const at = values.value;
    const context = canvas.current?.getContext("2d");
    if (!game || !context) return;
    const field = fieldAt(game, at);
    context.clearRect(0, 0, SIZE, SIZE);
    for (const start of STARTS) {
      const path = orbit(field, Float64Array.from(start), 0.05, 300);
      context.beginPath();
      for (let k = 0; k < path.length; k += 2) context.lineTo(path[k]! * SIZE, (1 - path[k + 1]!) * SIZE);
      context.stroke();
    }
  }), []);
  return <canvas ref={canvas} width={SIZE} height={SIZE} role="img" aria-label={say("Phase view")} />;
}
