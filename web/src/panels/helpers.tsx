// Helper expressions: what a user wants to watch while a lever moves, in parameters, levels and shares.
import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { Exact } from "../exact/number";
import { watched, type Known } from "../expression/helper";
import { fraction } from "../expression/evaluate";
import { say } from "../languages";
import { sharesOf } from "../dynamics/field";
import { labels } from "../state/labels";
import { change, effective, levels, model, view } from "../state/store";
import { shortNumber } from "../state/exact_text";

const MOST = 20;

/** The state at which shares are read: that of the chosen rest point, else today's. */
const place = computed<{ id: string | null; shares: Record<string, Known> }>(() => {
  const game = model.value;
  if (!game) return { id: null, shares: {} };
  const chosen = labels.value.points.find((p) => p.id === view.value.selected);
  if (chosen) {
    return {
      id: chosen.id,
      shares: Object.fromEntries(sharesOf(game).map((share, k) =>
        [share, { exact: Exact.read(chosen.exact[k] ?? ""), near: chosen.state[k] ?? NaN }])),
    };
  }
  return {
    id: null,
    shares: Object.fromEntries(Object.entries(game.today ?? {}).map(([s, text]) => [s, { exact: Exact.read(text), near: fraction(text) }])),
  };
});

const known = computed<Record<string, Known>>(() => ({
  ...Object.fromEntries(Object.entries({ ...levels.value, ...effective.value })
    .map(([name, text]) => [name, { exact: Exact.read(text), near: fraction(text) }])),
  ...place.value.shares,
}));

function Helper({ index, text }: { index: number; text: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? text;
  const found = shown.trim() === "" ? null : watched(shown, known.value);
  const put = (to: string) => {
    const helpers = [...view.value.helpers];
    if (to.trim() === "") helpers.splice(index, 1);
    else helpers[index] = to;
    if (helpers.join("\n") !== view.value.helpers.join("\n")) change({ helpers });
    setDraft(null);
  };
  const id = `helper-${index}`;
  const shares = found && found.state !== "wrong" && found.names.some((n) => Object.hasOwn(place.value.shares, n));
  return (
    <li class="helper">
      <div class="lever-head">
        <input id={id} aria-label={say("Helper expression")} value={shown} placeholder={model.value?.parameters.slice(0, 2).map((p) => p.name).join(" - ")} spellcheck={false}
          autocomplete="off" maxLength={10_000} aria-invalid={found?.state === "wrong"} aria-describedby={`${id}-value`}
          onInput={(e) => setDraft(e.currentTarget.value)} onBlur={() => { if (draft !== null) put(draft); }}
          onKeyDown={(e) => { if (e.key === "Enter") put(e.currentTarget.value); }} />
        {index < view.value.helpers.length && (
          <button class="quiet" aria-label={say("Remove {name}", { name: text })} onClick={() => put("")}>✕</button>
        )}
      </div>
      <output id={`${id}-value`} for={id}>
        {found?.state === "exact" && <>= <b>{found.text}</b>{!/^-?\d+$/.test(found.text) && <> ≈ {shortNumber(found.near, 6)}</>}</>}
        {found?.state === "near" && <>≈ <b>{shortNumber(found.near, 8)}</b></>}
        {shares && <span class="unit"> {place.value.id ? say("at {id}", { id: place.value.id }) : say("at today's state")}</span>}
        {found?.state === "wrong" && (
          <span class="wrong">
            {say(found.told, found.holes)}
            {found.at > 0 && ` ${say("(character {at})", { at: found.at + 1 })}`}
          </span>
        )}
      </output>
    </li>
  );
}

export function Helpers() {
  const { helpers } = view.value;
  const rows = helpers.length < MOST ? [...helpers, ""] : helpers;
  return (
    <section aria-label={say("Helper expressions")}>
      <h2>{say("Helper expressions")}</h2>
      <ul class="plain">{rows.map((text, k) => <Helper key={k} index={k} text={text} />)}</ul>
    </section>
  );
}
