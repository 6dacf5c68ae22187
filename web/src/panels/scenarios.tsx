// Scenarios as buttons, what was moved back again, and a view that is pinned to compare with.
import { say } from "../languages";
import { change, model, view } from "../state/store";

export function Scenarios() {
  const game = model.value;
  if (!game) return null;
  const { scenario, positions, levels, pinned } = view.value;
  const moved = Object.keys(positions).length + Object.keys(levels).length > 0;
  const choose = (name: string | null) => { change({ scenario: name, positions: {}, levels: {} }); };
  return (
    <div class="scenarios">
      <div class="group" role="group" aria-label={say("Scenarios")}>
        {[null, ...game.scenarios].map((s) => (
          <button key={s?.name ?? ""} aria-pressed={scenario === (s?.name ?? null)} onClick={() => choose(s?.name ?? null)}>
            {s ? s.title ?? s.name : say("As in the file")}
          </button>
        ))}
      </div>
      <div class="group" role="group" aria-label={say("Compare")}>
        <button disabled={!moved} onClick={() => { change({ positions: {}, levels: {} }); }}>{say("Reset all")}</button>
        <button aria-pressed={pinned !== null}
          title={say("Keeps the current view as a pale picture for comparison")}
          onClick={() => { change({ pinned: pinned ? null : { positions, levels, scenario } }); }}>
          {pinned ? say("Unpin") : say("Pin")}
        </button>
        {pinned && (
          <button onClick={() => { change({ ...pinned, pinned: { positions, levels, scenario } }); }}>{say("Swap with pinned")}</button>
        )}
      </div>
    </div>
  );
}
