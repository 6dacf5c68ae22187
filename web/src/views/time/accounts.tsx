// What was spent and emitted until then: by each payer, and in all.
import { useMemo } from "preact/hooks";
import { canBe } from "../../dynamics/pulses";
import type { Account, Path } from "../../dynamics/supported_path";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import { cluster } from "../../state/cluster";
import { shortNumber } from "../../state/exact_text";
import { accounts, chosen, discount, horizon, over, times } from "../../state/paths";
import { view } from "../../state/store";
import { Curves, type Line } from "./curves";
import { nameOf, pointAt } from "./outcomes";
import { Swatch } from "./strokes";

const PAYERS = ["public", "enterprises"] as const;
const STROKES = {
  public: { colour: "#0072b2", dash: [], width: 2.5 },
  enterprises: { colour: "#d55e00", dash: [9, 4], width: 2 },
  together: { colour: "#000000", dash: [2, 3], width: 2 },
  with: { colour: "#000000", dash: [], width: 2.5 },
  without: { colour: "#767676", dash: [3, 4], width: 1.5 },
};
const LINE_NAMES: Record<string, string> = {
  public: "the public purse", enterprises: "the enterprises", together: "together", with: "with support", without: "without support",
};

/** A sum over accounts until each of some times. */
function running(path: Path, of: readonly Account[], at: Float64Array): Float64Array {
  return Float64Array.from(at, (time) => of.reduce((sum, account) => sum + path.spent(account, time), 0));
}

/** Running costs and emissions of the chosen trajectory, as curves. */
export function AccountCurves() {
  const of = chosen.value;
  const at = times.value;
  const { payers, emits } = told();
  const spans = view.value.pulses.filter(canBe).map((p): [number, number] => [fraction(p.from), fraction(p.until)]);
  const bare = of?.bare?.path ?? null;
  const spent = useMemo(() => (of && payers.length > 0 ? costLines(of.path, payers, at) : []), [of, at, payers.join()]);
  const emitted = useMemo((): Line[] => (of && emits ? [
    ...(bare ? [{ id: "without", values: running(bare, ["emissions"], at), ...STROKES.without }] : []),
    { id: "with", values: running(of.path, ["emissions"], at), ...STROKES.with },
  ] : []), [of, bare, at, emits]);
  if (!of) return null;
  const acts = spent.some((line) => line.values.some((v) => v !== 0));
  const from = say("from {name}", { name: nameOf(of.id) });
  return (
    <>
      {acts && (
        <figure>
          <figcaption><b>{say("Spent so far")}</b> <span class="meaning">{from}{discount.value > 0 && <>, {say("discounted")}</>}</span><Key lines={spent} /></figcaption>
          <Curves label={say("Spent so far, by who pays")} times={at} lines={spent} height={130} spans={spans} mark={null} onHover={pointAt} />
        </figure>
      )}
      {emits && (
        <figure>
          <figcaption><b>{say("Emitted so far")}</b> <span class="meaning">{from}{cluster.value && <>, {say("of what the measures could avoid, t CO2e")}</>}</span>{bare && <Key lines={emitted} />}</figcaption>
          <Curves label={say("Emitted so far, with and without support")} times={at} lines={emitted} height={130} spans={spans} mark={null} onHover={pointAt} />
        </figure>
      )}
    </>
  );
}

/** What each line is, by colour and dashes. */
function Key({ lines }: { lines: Line[] }) {
  return <div class="meaning">{lines.map((line) => <span key={line.id} class="key"><Swatch stroke={line} /> {say(LINE_NAMES[line.id] ?? line.id)}</span>)}</div>;
}

/** Of what the game tells something, and whether anything is spent. */
function told(): { payers: ("public" | "enterprises")[]; emits: boolean } {
  return { payers: PAYERS.filter((p) => accounts.value.includes(p)), emits: accounts.value.includes("emissions") };
}

function costLines(path: Path, payers: ("public" | "enterprises")[], at: Float64Array): Line[] {
  const lines = payers.map((p): Line => ({ id: p, values: running(path, [p], at), ...STROKES[p] }));
  return payers.length > 1 ? [...lines, { id: "together", values: running(path, payers, at), ...STROKES.together }] : lines;
}

/** The same in numbers, by the end of support and at the end of the curves. */
export function Totals() {
  const { payers, emits } = told();
  const of = chosen.value;
  if (!of || (payers.length === 0 && !emits)) return null;
  const { path } = of;
  const bare = of.bare?.path ?? null;
  const [end, until] = [over.value, horizon.value];
  const dates = end > 0 && end < until ? [end, until] : [until];
  const rows: { told: string; of: Account[] }[] = [
    ...payers.map((p) => ({ told: say("Spent: {who}", { who: say(LINE_NAMES[p]!) }), of: [p] as Account[] })),
    ...(payers.length > 1 ? [{ told: say("Spent: {who}", { who: say("together") }), of: [...payers] as Account[] }] : []),
    ...(emits ? [{ told: say("Emitted"), of: ["emissions"] as Account[] }] : []),
  ];
  const sum = (one: Path, of: Account[], time: number) => of.reduce((total, account) => total + one.spent(account, time), 0);
  const last = dates.at(-1)!;
  return (
    <div class="scrolled">
      <table>
        <caption>
          {cluster.value
            // The game of a cluster holds neither all its enterprises nor all their emissions: nobody may read it so.
            ? say("Totals for enterprises with measures, not for the whole cluster; emissions in t CO2e, only those that the measures can avoid")
            : say("Totals; emissions in the unit of the game file, such as tonnes")}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say("By then")}</th>
            {dates.map((time) => <th scope="col" key={time}>t = {shortNumber(time)}</th>)}
            {bare && <th scope="col">{say("without support, t = {time}", { time: shortNumber(last) })}</th>}
            {bare && <th scope="col">{say("difference")}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ told, of }) => (
            <tr key={told}>
              <th scope="row">{told}</th>
              {dates.map((time) => <td class="number" key={time}>{shortNumber(sum(path, of, time))}</td>)}
              {bare && <td class="number">{shortNumber(sum(bare, of, last))}</td>}
              {bare && <td class="number">{shortNumber(sum(path, of, last) - sum(bare, of, last))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
