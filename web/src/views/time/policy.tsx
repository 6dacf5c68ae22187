// Two questions to the server: the cheapest temporary programme after which the target comes about by itself, and
// from which level on each instrument, kept for ever, brings that about.
import { useState } from "preact/hooks";
import { instrumentsInForce } from "../../analysis/instruments";
import { sharesOf } from "../../dynamics/field";
import { policyCommand } from "../../export/command";
import { gameFileOf } from "../../export/setting";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { NumberBox } from "../../panels/number_box";
import { shortNumber } from "../../state/exact_text";
import { cluster } from "../../state/cluster";
import { labels } from "../../state/labels";
import { chosen, discount } from "../../state/paths";
import { change, language, levels, settings, view } from "../../state/store";
import { pulsesOf, type ProgrammeAnswer, type TippingAnswer, type TippingCondition } from "./answers";
import { nameOf, stateName } from "./outcomes";
import { Asking, question } from "./question";

const cheapest = question<ProgrammeAnswer>("programme");
const tipping = question<TippingAnswer>("tip");

const SCHEDULED = "·scheduled";
const ALL = "·all";
const PAYERS = ["public", "enterprises", "together"] as const;

export function Policy({ game }: { game: GameModel }) {
  const [wanted, want] = useState<string | null>(null);
  const [which, choose] = useState(SCHEDULED);
  const [payer, charge] = useState<(typeof PAYERS)[number]>("public");
  const [by, limit] = useState<string | null>(null);
  const attractors = labels.value.points.filter((p) => p.label === "asymptotically stable");
  const now = chosen.value?.bare?.outcome ?? chosen.value?.outcome;
  const start = startTexts(game, chosen.value?.id ?? null);
  // What does not come about by itself is what one would ask for.
  const target = attractors.find((p) => p.id === wanted)
    ?? attractors.find((p) => !(now?.kind === "settles" && now.id === p.id)) ?? attractors[0];
  const standing = instrumentsInForce(game, levels.value).map((i) => i.name);
  const idle = game.instruments.map((i) => i.name).filter((name) => !standing.includes(name));
  const scheduled = [...new Set(view.value.pulses.map((p) => p.instrument))].filter((name) => idle.includes(name));
  const names = which === ALL ? idle : which === SCHEDULED ? scheduled : [which];
  if (!target || !start) return null;
  const common = {
    parameters: settings.value, levels: Object.fromEntries(standing.map((name) => [name, levels.value[name]])),
    target: target.id, start, instruments: names,
  };
  const none = names.length === 0;
  const rate = discount.value > 0 ? view.value.more["time.discount"] : undefined;
  const file = cluster.value ? gameFileOf({ kind: "cluster", name: cluster.value.shipped ?? "cluster" }) : game.catalogue ?? game.file;
  const asked = ["--target", target.id, ...names.flatMap((name) => ["--instrument", name])];
  const command = (words: string[]) => policyCommand(game, view.value, file, words, start);
  return (
    <section aria-labelledby="policy-title">
      <h2 id="policy-title">{say("How to reach a target")}</h2>
      <div class="policy-form">
        <label>{say("Wanted")} <select value={target.id} onChange={(e) => want(e.currentTarget.value)}>
          {attractors.map((p) => <option key={p.id} value={p.id}>{stateName(p.id)}</option>)}
        </select></label>
        <label>{say("By")} <select value={which} onChange={(e) => choose(e.currentTarget.value)}>
          <option value={SCHEDULED}>{say("the instruments of the schedule")}</option>
          <option value={ALL}>{say("all instruments that are idle")}</option>
          {idle.map((name) => <option key={name} value={name}>{name}</option>)}
        </select></label>
        <label>{say("Paid by")} <select value={payer} onChange={(e) => charge(e.currentTarget.value as typeof payer)}>
          {PAYERS.map((p) => <option key={p} value={p}>{say({ public: "the public purse", enterprises: "the enterprises", together: "together" }[p])}</option>)}
        </select></label>
        <span><label for="policy-by">{say("Latest end (0: no limit)")}</label>{" "}
          <NumberBox id="policy-by" label={say("Latest end (0: no limit)")} text={by ?? "0"} onChange={(to) => limit(Number(to) === 0 ? null : to)} /></span>
      </div>
      <p class="meaning">{say("From {name}.", { name: nameOf(chosen.value?.id ?? "today") })} {none && say("No instruments scheduled: add one above, or choose others here.")}</p>
      <Asking of={cheapest} args={{ ...common, payer, ...(by ? { by } : {}), ...(rate ? { discount: rate } : {}) }}
        command={command(["programme", "--temporary", ...asked, "--payer", payer, ...(by ? ["--by", by] : []), ...(rate ? ["--discount", rate] : [])])}
        disabled={none} button={say("Find the cheapest temporary programme")}>
        {(found) => <Programme found={found} />}
      </Asking>
      <Asking of={tipping} args={common} command={command(["tip", ...asked, "--no-noise"])} disabled={none} button={say("Find tipping values")}>
        {(found) => <Tipping found={found} />}
      </Asking>
    </section>
  );
}

/** The exact shares of a start by name. */
function startTexts(game: GameModel, id: string | null): Record<string, string> | null {
  if (id === null) return null;
  if (id === "today") return game.today;
  const state = view.value.starts[Number(id)]?.state;
  return state ? Object.fromEntries(sharesOf(game).map((name, k) => [name, state[k]!])) : null;
}

function Programme({ found }: { found: ProgrammeAnswer }) {
  const sure = found.told[language.value]?.["how_sure"] ?? "";
  const target = stateName(found.target);
  const lead = {
    found: "", "already there": say("No programme needed: the state converges to {target} without support.", { target }),
    unreachable: say("No programme was found after which the state converges to {target} without support.", { target }),
    "not lasting": say("No temporary programme makes {target} last: it is not attracting after support ends.", { target }),
  }[found.answer];
  return (
    <div class="answer">
      {lead && <p>{lead}</p>}
      {found.programmes.length > 0 && (
        <div class="scrolled">
          <table>
            <caption>{say("Programmes after which the state converges to {target} without support", { target })}</caption>
            <thead><tr>
              <th scope="col">{say("Programme")}</th><th scope="col">{say("Levels (from, until)")}</th>
              <th scope="col">{say("Cost")}</th><th scope="col">{say("Support ends")}</th><td />
            </tr></thead>
            <tbody>
              {found.programmes.map((one) => (
                <tr key={one.shape}>
                  <th scope="row">{say({ constant: "constant", stepped: "in two steps", free: "free in time" }[one.shape])}{one.shape === found.cheapest && <> ({say("cheapest")})</>}</th>
                  <td>{stepsTold(one.steps)}</td>
                  <td class="number">{shortNumber(one.cost)}</td>
                  <td class="number">{shortNumber(one.end)}</td>
                  <td><button onClick={() => change({ pulses: pulsesOf(one.steps, levels.value) })}>{say("Schedule it")}</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.infimum !== null && <p>{say("Programmes that just cross the separatrix cost about {cost}.", { cost: shortNumber(found.infimum) })}</p>}
      {sure && <p class="meaning">{say("Certainty")} {sure}</p>}
    </div>
  );
}

const MOST_TOLD = 4;

function stepsTold(steps: ProgrammeAnswer["programmes"][number]["steps"]): string {
  const told = steps.slice(0, MOST_TOLD).map(({ start, duration, levels: at }) => {
    const which = Object.entries(at).map(([name, level]) => `${name} = ${shortNumber(level)}`).join(", ");
    return `${which} (${shortNumber(start)}, ${shortNumber(start + duration)})`;
  });
  return steps.length > MOST_TOLD ? `${told.join("; ")}; …` : told.join("; ");
}

function Tipping({ found }: { found: TippingAnswer }) {
  const words = found.told[language.value] ?? {};
  const kinds = ["stable", "only", "basin"].filter((kind) => found.instruments.some((i) => kind in i.conditions));
  const titles: Record<string, string> = {
    stable: say("stable"), only: say("the only stable pure state"), basin: say("reached from the initial state"),
  };
  return (
    <div class="answer scrolled">
      <table>
        <caption>{say("Levels from which, if permanent, {target} is …", { target: stateName(found.target.id) })}</caption>
        <thead><tr>
          <th scope="col">{say("Instrument")}</th>
          {kinds.map((kind) => <th scope="col" key={kind}>{titles[kind]}</th>)}
          <th scope="col">{say("lasts when withdrawn")}</th>
        </tr></thead>
        <tbody>
          {found.instruments.map((one) => (
            <tr key={one.instrument}>
              <th scope="row">{one.instrument}</th>
              {kinds.map((kind) => {
                const condition = one.conditions[kind];
                return <td key={kind} title={words[`${one.instrument} ${kind}`]}>{condition ? tippingTold(condition, words[`${one.instrument} ${kind} shortfall`]) : "–"}</td>;
              })}
              <td>{one.hysteresis.stays_when_withdrawn ? say("yes") : say("no")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function tippingTold(condition: TippingCondition, shortfall: string | undefined): string {
  const open = condition.levels.undecided.length > 0;
  if (condition.holds_when_idle) return say("also at the idle level");
  const at = condition.tipping_value;
  if (!at) return open ? say("undecided") : say("at no level{why}", { why: shortfall ? `: ${shortfall}` : "" });
  const value = at.exact ?? `${at.certain ? "" : "≈ "}${shortNumber(at.value, 6)}`;
  const told = condition.attained ? say("from {level} on", { level: value }) : say("beyond {level}", { level: value });
  return open ? `${told}; ${say("elsewhere undecided")}` : told;
}
