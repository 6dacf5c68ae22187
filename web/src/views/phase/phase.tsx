import { Square } from "./square";

/** The state space of the game with what happens in it. */
export function Phase() {
  return <Square />;
}
