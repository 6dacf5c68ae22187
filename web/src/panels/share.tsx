// What leaves the page: links, commands, programs, pictures, tables and documents.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clusterCommand, clusterPython } from "../export/cluster_view";
import { commandsOf } from "../export/command";
import { courseOf, trajectoriesCsv, type Course } from "../export/csv";
import { latexOf } from "../export/latex";
import { pictureNow } from "../export/picture";
import { pythonOf } from "../export/python";
import { bytesOf, copyText, fileStem, pngOf, saveFile } from "../export/save";
import type { Copied, Named } from "../export/setting";
import { written } from "../export/svg_tree";
import { hasDots, tikzOf } from "../export/tikz";
import { sharesOf } from "../dynamics/field";
import { say } from "../languages";
import type { GameModel } from "../model";
import { online, Refused, run, toldOf, Cancelled, type Run } from "../server/client";
import { opened } from "../server/models";
import { linkNow } from "../state/address";
import { cluster } from "../state/cluster";
import { labels } from "../state/labels";
import { leversOf } from "../state/levers";
import { CLUSTER_PAGES } from "../state/page_ids";
import { followed, sampled, times } from "../state/paths";
import { acting, inForce, language, levels, model, view } from "../state/store";
import { runs } from "../state/trajectories";
import { alongOf } from "../views/regimes/asked";
import { overOf } from "../views/regimes/regimes";
import { Typed } from "./document";
import { studioCommand } from "./studio_command";
import "./share.css";

/** Pages that show tables of a cluster; on the others its game stands. */
const PAGES_OF_CLUSTERS = new Set<string>(CLUSTER_PAGES);

interface SavedFile { name: string; media: string; base64: string }

/** What was done last, told to those who do not see the menu close. */
const told = signal("");
/** What was copied, for those whose browser does not let the page copy. */
const shown = signal<string | null>(null);
const running = signal<{ title: string; progress: number; run: Run<SavedFile> } | null>(null);
const open = signal(false);

/** What stands for a cluster whose folder the page does not know. */
const UNKNOWN = "CLUSTER_FOLDER";

/** The cluster's name outside the page: that of a shipped one, or of the folder that was chosen. */
function clusterName(): string {
  const chosen = opened.value?.kind === "cluster" && opened.value.name !== "cluster" ? opened.value.name : UNKNOWN;
  return cluster.value?.shipped ?? chosen;
}

/** The model's name outside the page. */
function named(game: GameModel): Named {
  if (cluster.value) return { kind: "cluster", name: clusterName() };
  return { kind: "game", name: game.catalogue ?? game.file };
}

async function copy(text: string): Promise<void> {
  const done = await copyText(text);
  told.value = done ? say("Copied.") : say("The browser does not let this page copy; the text is shown below.");
  shown.value = text;
}

function lines({ notes, lines: own }: Copied): string {
  const game = model.value;
  const first = cluster.value
    ? clusterName() === UNKNOWN ? [say("Replace CLUSTER_FOLDER by the folder of the cluster.")] : []
    : game && !game.catalogue ? [say("{file} is the file that is open in the page, model {hash}.", { file: game.file, hash: game.hash })] : [];
  // A comment must not end before its line does.
  const remarks = [...first, ...notes.map(({ text, holes }) => say(text, holes))].map((told) => `# ${told.replace(/\s+/g, " ")}`);
  return `${[...remarks, ...own].join("\n")}\n`;
}

function stem(): string {
  const game = model.value;
  return cluster.value ? fileStem(cluster.value.shipped ?? cluster.value.name) : fileStem(game?.catalogue ?? game?.title ?? "");
}

function saved(name: string, content: BlobPart, media: string): void {
  saveFile(name, content, media);
  told.value = say("Saved as {name}.", { name });
}

async function savePicture(kind: "svg" | "png" | "tikz"): Promise<void> {
  const picture = pictureNow();
  if (!picture) {
    told.value = say("This page has no figure.");
    return;
  }
  const name = `${stem()}-${view.value.page}`;
  if (kind === "svg") saved(`${name}.svg`, `${written(picture)}\n`, "image/svg+xml");
  else if (kind === "png") saved(`${name}.png`, await pngOf(written(picture)), "image/png");
  else {
    saved(`${name}.tikz`, tikzOf(picture), "text/x-tex");
    if (hasDots(picture)) told.value = say("Saved as {name}, without the parts drawn as pixels.", { name: `${name}.tikz` });
  }
}

/** The curves of the page of time where that is open, else the trajectories as they were followed. */
function courses(game: GameModel): Course[] {
  if (view.value.page !== "time") return runs.value.map(courseOf);
  const width = sharesOf(game).length;
  return followed.value.map(({ path }) => {
    const shares = sampled(path, times.value);
    return { times: times.value, states: Float64Array.from({ length: width * times.value.length }, (_, k) => shares[k % width]![Math.floor(k / width)]!) };
  });
}

function saveTable(game: GameModel): void {
  const all = courses(game);
  if (all.length === 0) {
    told.value = say("No trajectories yet.");
    return;
  }
  // The mark of UTF-8, without which Excel takes a file in Chinese for another code.
  const mark = language.value === "zh" ? "\ufeff" : "";
  saved(`${stem()}.csv`, mark + trajectoriesCsv(sharesOf(game), all), "text/csv;charset=utf-8");
}

function saveLatex(game: GameModel): void {
  const idle = new Map(game.instruments.map((i) => [i.name, i.idle]));
  const raised = Object.entries(levels.value).filter(([name, level]) => idle.get(name) !== level);
  const unknown = labels.value.pending ? say("computing") : say("not in this file");
  const { effective, moving } = inForce.value;
  const shown = { values: { ...effective, ...Object.fromEntries(raised) }, moving, labelled: labels.value, unknown };
  const text = latexOf(acting.value ?? game, shown, language.value, say);
  saved(`${stem()}.tex`, text, "application/x-tex");
}

/** Lets the server make a file, and saves it. */
async function order(title: string, task: string, more: object): Promise<void> {
  const { scenario, positions, levels: raised } = view.value;
  const args = { language: language.value, parameters: positions, levels: raised, scenario, ...more };
  running.value?.run.cancel();
  const asked = run<SavedFile>(task, args, (progress) => {
    if (running.value?.run === asked) running.value = { ...running.value, progress };
  });
  running.value = { title, progress: 0, run: asked };
  told.value = "";
  try {
    const file = await asked.promise;
    saved(`${stem()}-${file.name}`, bytesOf(file.base64), file.media);
  } catch (problem) {
    if (problem instanceof Refused) {
      const { text, hint } = toldOf(problem.problem);
      told.value = hint ? `${text} (${hint})` : text;
    } else if (!(problem instanceof Cancelled)) told.value = say("Creating this failed.");
  } finally {
    if (running.value?.run === asked) running.value = null;
  }
}

interface Choice { title: string; act: () => void | Promise<void>; absent?: string }

function choices(): { title: string; items: Choice[] }[] {
  const game = model.value;
  const inStudio = online ? undefined : say("in `{command}`", { command: studioCommand() });
  const drawn: Choice[] = (["svg", "png", "tikz"] as const).map((kind) => ({
    title: { svg: say("Picture as SVG"), png: say("Picture as PNG"), tikz: say("Picture as TikZ") }[kind], act: () => savePicture(kind),
  }));
  const of = cluster.value;
  const inCluster = of !== null && PAGES_OF_CLUSTERS.has(view.value.page);
  const name = clusterName();
  const along = game && view.value.page === "regimes" ? alongOf(game, leversOf(game)) : null;
  const over = game && view.value.page === "regimes" && !along ? overOf(game, leversOf(game)) : null;
  const [command, python] = inCluster ? [clusterCommand(view.value.page, name), clusterPython(view.value.page, name)]
    : game ? [commandsOf(game, view.value, named(game), over, along), pythonOf(game, view.value, named(game))] : [null, null];
  return [
    {
      title: say("Copy"),
      items: [
        { title: say("Link to this view"), act: () => copy(`${location.origin === "null" ? location.href.split("#")[0]! : `${location.origin}${location.pathname}`}${linkNow()}`) },
        ...(command ? [{ title: say("As a command"), act: () => copy(lines(command)) }] : []),
        ...(python ? [{ title: say("As Python"), act: () => copy(lines(python)) }] : []),
      ],
    },
    {
      title: say("Save"),
      items: [
        ...drawn,
        ...(game && !inCluster ? [
          { title: say("Trajectories as CSV"), act: () => { saveTable(game); } },
          { title: say("Equations and rest points as LaTeX"), act: () => { saveLatex(game); } },
        ] : []),
      ],
    },
    {
      title: online ? say("From the server") : say("From the studio"),
      items: [
        ...(game ? [
          { title: say("Report as PDF"), act: () => order(say("Report as PDF"), "report", { format: "pdf" }), absent: inStudio },
          { title: say("Report for Word"), act: () => order(say("Report for Word"), "report", { format: "docx" }), absent: inStudio },
        ] : []),
        // From disk this page is that file.
        ...(online ? [{ title: say("This page as a file that opens without a server"), act: () => order(say("This page as a file"), of ? "offline_cluster" : "offline", {}) }] : []),
      ],
    },
  ];
}

/** Stands in the menu while that is open, so that the head keeps its height. */
function Told() {
  return <p role="status" class="share-told">{told.value}</p>;
}

export function Share() {
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => { open.value = false; button.current?.focus(); };
  useEffect(() => {
    if (!open.value) return;
    const outside = (e: Event) => { if (!box.current?.contains(e.target as Node)) open.value = false; };
    const escaped = (e: KeyboardEvent) => { if (e.key === "Escape" && !e.defaultPrevented) { e.preventDefault(); close(); } };
    document.addEventListener("pointerdown", outside);
    // Before the card of a rest point hears of it.
    document.addEventListener("keydown", escaped, true);
    return () => { document.removeEventListener("pointerdown", outside); document.removeEventListener("keydown", escaped, true); };
  }, [open.value]);
  if (!model.value && !cluster.value) return null;
  const busy = running.value;
  return (
    <div class="share" ref={box}>
      <button ref={button} aria-expanded={open.value} aria-controls="share-menu"
        onClick={() => { open.value = !open.value; told.value = ""; shown.value = null; }}>
        {say("Share")} <span aria-hidden="true">▾</span>
      </button>
      {open.value && (
        <div id="share-menu" class="share-menu">
          <Told />
          {choices().map(({ title, items }) => (
            <section key={title} aria-label={title}>
              <h2>{title}</h2>
              {items.map((item) => (
                <button key={item.title} disabled={item.absent !== undefined} onClick={() => { void item.act(); }}>
                  {item.title}{item.absent && <small><Typed text={item.absent} /></small>}
                </button>
              ))}
            </section>
          ))}
          {busy && (
            <p>
              <progress value={busy.progress || undefined} aria-label={busy.title} /> {busy.title}{" "}
              <button onClick={() => { busy.run.cancel(); running.value = null; }}>{say("Cancel")}</button>
            </p>
          )}
          {shown.value !== null && (
            <textarea readOnly rows={Math.min(12, shown.value.split("\n").length + 1)} aria-label={say("What was copied")} value={shown.value}
              onFocus={(e) => { e.currentTarget.select(); }} />
          )}
        </div>
      )}
      {!open.value && <Told />}
    </div>
  );
}
