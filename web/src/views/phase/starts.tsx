// The starts as a list: what was clicked, and an exact start typed.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { sharesOf } from "../../dynamics/field";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { change, view } from "../../state/store";
import { begin } from "./picture";
import { readStart } from "./read_start";

export function StartList({ game }: { game: GameModel }): JSX.Element {
  const [text, write] = useState("");
  const [wrong, blame] = useState("");
  const [both, choose] = useState(true);
  const names = sharesOf(game);
  const add = (event: Event) => {
    event.preventDefault();
    const read = readStart(game, text);
    if (typeof read === "string") { blame(read); return; }
    begin(read, both);
    write("");
    blame("");
  };
  return (
    <div class="phase-starts">
      <form onSubmit={add}>
        <label for="phase-start">{say("Start at")} ({names.join(", ")})</label>
        <input id="phase-start" value={text} placeholder={names.map(() => "1/3").join(", ")} aria-invalid={wrong !== ""}
          aria-describedby="phase-start-wrong" onInput={(e) => { write(e.currentTarget.value); }} />
        <label><input type="checkbox" checked={both} onChange={() => { choose(!both); }} /> {say("also back in time")}</label>
        <button>{say("Add")}</button>
        <span id="phase-start-wrong" role="alert">{wrong && say(wrong)}</span>
      </form>
      <ol>
        {view.value.starts.map((start, index) => (
          <li key={index}>
            {start.state.join(", ")}
            <button aria-label={say("Remove start {number}", { number: index + 1 })}
              onClick={() => { change({ starts: view.value.starts.filter((_, k) => k !== index) }); }}>×</button>
          </li>
        ))}
      </ol>
      {view.value.starts.length > 1 && <button onClick={() => { change({ starts: [] }); }}>{say("Remove all")}</button>}
    </div>
  );
}
