// Who hands what to whom, today and with what is planned; and what is left of it when an enterprise leaves.
import type { Departure, ExchangeLink, ExchangeNode, ExchangesPart, ExchangesTold } from "../../cluster";
import { say } from "../../languages";
import { language } from "../../state/store";
import { choice, choose } from "../../state/cluster";
import { PartPage } from "./part";
import { percent } from "./scale";

const WIDTH = 820, HEIGHT = 530, RADIUS = 225;

export function ExchangesPage() {
  return (
    <PartPage<ExchangesTold, ExchangesPart> name="exchanges" title={say("Network of exchanges")} fold
      picture={(found, told) => found.links.length > 0 && <Picture found={found} told={told} />} />
  );
}

type When = "today" | "planned";

function Picture({ found, told }: { found: ExchangesPart; told: ExchangesTold }) {
  const both = found.links.some((k) => k.when === "today") && found.links.some((k) => k.when === "planned");
  const when: When = choice("exchanges") === "today" && both ? "today" : found.links.some((k) => k.when === "planned") ? "planned" : "today";
  const shown = found.links.map((link, k) => ({ link, what: told.links[k]! }))
    .filter(({ link }) => (when === "planned" ? link.when === "planned" || !link.both : link.when === "today"));
  const departures = found.departures[when] ?? [];
  const gone = departures.find((d) => d.enterprise === choice("leaves")) ?? null;
  const name = (id: string) => found.nodes.find((n) => n.id === id)?.name ?? id;
  const leave = (id: string | null) => choose("leaves", id && departures.some((d) => d.enterprise === id) ? id : null);
  return (
    <>
      <p class="c-controls">
        {both && (
          <>
            <label for="cluster-exchanges">{say("Exchanges")}</label>{" "}
            <select id="cluster-exchanges" value={when} onChange={(e) => choose("exchanges", e.currentTarget.value)}>
              <option value="planned">{say("today's and planned")}</option>
              <option value="today">{say("today's")}</option>
            </select>{" "}
          </>
        )}
        <label for="cluster-leaves">{say("What if an enterprise leaves?")}</label>{" "}
        <select id="cluster-leaves" value={gone?.enterprise ?? ""} onChange={(e) => leave(e.currentTarget.value || null)}>
          <option value="">{say("no enterprise leaves")}</option>
          {departures.map((d) => <option key={d.enterprise} value={d.enterprise}>{name(d.enterprise)}</option>)}
        </select>
      </p>
      {gone && <p role="status">{leftOver(gone, name)}</p>}
      <Network nodes={found.nodes} shown={shown} gone={gone} leave={leave} told={told} />
      <details>
        <summary>{say("All {count} exchanges as a table", { count: shown.length })}</summary>
        <div class="scroll" role="region" tabIndex={0} aria-label={say("Exchanges")}>
          <table>
            <thead>
              <tr>{[say("from"), say("to"), say("what"), say("when")].map((t) => <th key={t} scope="col">{t}</th>)}</tr>
            </thead>
            <tbody>
              {shown.map(({ link, what }, k) => (
                <tr key={k}>
                  <td>{name(link.from)}</td><td>{name(link.to)}</td>
                  <td>{what || say("not stated")}{link.through && ` (${say("through {facility}", { facility: name(link.through) })})`}</td>
                  <td>{link.both ? say("existing and planned") : link.when === "today" ? say("existing") : say("planned")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

/** Tells what is left when somebody leaves. */
function leftOver(gone: Departure, name: (id: string) => string): string {
  const listed = (ids: string[]) => ids.map(name).join(say(", "));
  const told = [say("Without {name} {share} of the exchanges remain.", { name: name(gone.enterprise), share: percent(gone.links_left) })];
  if (gone.stranded.length > 0) told.push(say("Enterprises without any exchange: {names}.", { names: listed(gone.stranded) }));
  if (gone.starved.length > 0) {
    told.push(say("In the worst case enterprises that receive nothing stop giving, and these drop out too: {names}; then {share} remain.",
      { names: listed(gone.starved), share: percent(gone.links_left_at_worst) }));
  }
  return told.join(language.value === "zh" ? "" : " ");
}

interface Shown { link: ExchangeLink; what: string }

function Network({ nodes, shown, gone, leave, told }: {
  nodes: ExchangeNode[]; shown: Shown[]; gone: Departure | null; leave: (id: string | null) => void; told: ExchangesTold;
}) {
  const here = nodes.filter((n) => shown.some(({ link }) => [link.from, link.to, link.through].includes(n.id)));
  const at = new Map(nodes.map((n) => [n.id, { x: WIDTH / 2 + RADIUS * n.x, y: HEIGHT / 2 - RADIUS * n.y }]));
  const lost = new Set(gone ? [gone.enterprise, ...gone.stranded] : []);
  const atRisk = new Set(gone?.starved ?? []);
  const categories = [...new Set(shown.filter(({ link }) => link.when === "planned").map(({ link }) => link.category))];
  const mixed = shown.some(({ link }) => link.when === "today");
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={say("Network of exchanges: {count} enterprises, {links} exchanges", { count: here.filter((n) => !n.facility).length, links: shown.length })}>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0L8 4L0 8z" fill="context-stroke" />
          </marker>
        </defs>
        {shown.map(({ link, what }, k) => {
          const stops = [link.from, ...(link.through ? [link.through] : []), link.to].map((id) => at.get(id)!);
          const kind = link.when === "today" ? "c-today" : `c-${link.category.replace(" ", "-")}`;
          const without = gone !== null && [link.from, link.to].includes(gone.enterprise);
          const path = stops.slice(1).map((end, n) => arc(stops[n]!, end)).join("");
          return (
            <path key={k} d={path} class={`c-link ${kind}${without ? " c-gone" : ""}`} stroke-width={1 + 2.6 * (link.part ?? 0.15)} marker-end="url(#tip)" marker-mid="url(#tip)">
              <title>{`${nodes.find((n) => n.id === link.from)!.name} → ${nodes.find((n) => n.id === link.to)!.name}: ${what || say("not stated")}`}</title>
            </path>
          );
        })}
        {here.map((n) => <Node key={n.id} node={n} at={at.get(n.id)!} fate={lost.has(n.id) ? "lost" : atRisk.has(n.id) ? "at risk" : "stays"} chosen={gone?.enterprise === n.id} leave={leave} />)}
      </svg>
      <figcaption class="c-legend">
        <span><i class="c-key c-node-key" /> {say("enterprise")}</span>
        {here.some((n) => n.facility) && <span><i class="c-key c-facility-key" /> {say("shared facility")}</span>}
        {mixed && <span><LinkKey kind="c-today" /> {say("existing exchange")}</span>}
        {categories.map((c) => <span key={c}><LinkKey kind={`c-${c.replace(" ", "-")}`} /> {say("planned: {category}", { category: told.categories[c] })}</span>)}
        {gone && <span>{say("× leaves, or has no exchange left")}</span>}
        {atRisk.size > 0 && <span>{say("? also drops out in the worst case")}</span>}
        {shown.some(({ link }) => link.part !== null) && <span>{say("width: size relative to the largest of its kind")}</span>}
      </figcaption>
    </figure>
  );
}

function LinkKey({ kind }: { kind: string }) {
  return <svg class="c-link-key" viewBox="0 0 30 8" aria-hidden="true"><path d="M1 4H29" class={`c-link ${kind}`} stroke-width="2.4" /></svg>;
}

interface Place { x: number; y: number }

/** A curve that bends to the right of its way, so that there and back are two curves; it ends before the circles. */
function arc(from: Place, to: Place): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const trim = Math.min(9, length / 3);
  const start = { x: from.x + (dx / length) * trim, y: from.y + (dy / length) * trim };
  const end = { x: to.x - (dx / length) * trim, y: to.y - (dy / length) * trim };
  const bend = { x: (from.x + to.x) / 2 - 0.12 * dy, y: (from.y + to.y) / 2 + 0.12 * dx };
  const [a, b, c] = [start, bend, end].map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`);
  return `M${a}Q${b} ${c}`;
}

function Node({ node, at, fate, chosen, leave }: {
  node: ExchangeNode; at: Place; fate: "stays" | "at risk" | "lost"; chosen: boolean; leave: (id: string | null) => void;
}) {
  const right = node.x > 0.05, left = node.x < -0.05;
  const between = node.name.includes(" ") ? " " : "";
  // Near the top and the bottom of the circle there is room for one row between neighbours.
  const rows = Math.abs(node.y) > 0.75 ? shortened(node.name, 27, 1) : shortened(node.name);
  const written = rows.join(between);
  const [x, y] = node.facility ? [at.x, at.y + 24] : right ? [at.x + 12, at.y] : left ? [at.x - 12, at.y] : [at.x, at.y - Math.sign(node.y) * (14 + 6 * (rows.length - 1))];
  const shape = node.facility
    ? <rect x={at.x - 8} y={at.y - 8} width="16" height="16" class="c-facility" />
    : <circle cx={at.x} cy={at.y} r="7" class={fate === "stays" ? "c-node" : "c-node c-lost"} />;
  const act = () => leave(chosen ? null : node.id);
  const named = (
    <>
      {shape}
      {fate === "at risk" && <text x={at.x} y={at.y + 4} class="c-middle c-doubt" aria-hidden="true">?</text>}
      {fate === "lost" && <path d={`M${at.x - 4} ${at.y - 4}l8 8m0 -8l-8 8`} class="c-cross" />}
      <text class={node.facility || !(left || right) ? "c-middle" : left ? "c-end" : ""}>
        {rows.map((row, k) => <tspan key={k} x={x} y={y + 4 + 13 * (k - (rows.length - 1) / 2)}>{k > 0 && between}{row}</tspan>)}
      </text>
    </>
  );
  if (node.facility) return <g>{named}<title>{node.name}</title></g>;
  return (
    <g role="button" tabindex={0} aria-pressed={chosen} aria-label={say("{name} leaves", { name: written === node.name ? node.name : `${written} (${node.name})` })} class="c-button"
      onClick={act} onKeyDown={(e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); act(); } }}>
      {named}
      <title>{node.name}</title>
    </g>
  );
}

/** A name in one row or two of so many characters; Chinese ones are twice as wide. */
export function shortened(name: string, most = 20, rows: 1 | 2 = 2): string[] {
  const wide = (text: string) => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0);
  const cut = (text: string) => {
    if (wide(text) <= most) return text;
    let kept = "";
    for (const c of text) { if (wide(kept + c) >= most) break; kept += c; }
    return `${kept.trimEnd()}…`;
  };
  if (rows === 1 || wide(name) <= most) return [cut(name)];
  const pieces = name.includes(" ") ? name.split(/(?<= )/) : [...name];
  let first = "", k = 0;
  while (k < pieces.length && (first === "" || wide((first + pieces[k]!).trimEnd()) <= most)) first += pieces[k++];
  return [cut(first.trim()), cut(pieces.slice(k).join("").trim())].filter(Boolean);
}
