// What the page hands on, for Python to run: one JSON question in, one JSON answer out.
import { readFileSync } from "node:fs";
import { actingModel, effectiveOf } from "../src/analysis/instruments.ts";
import { labelsAt } from "../src/analysis/labels.ts";
import { clusterCommand, clusterPython } from "../src/export/cluster_view.ts";
import { commandsOf, type Over } from "../src/export/command.ts";
import { layoutTex, texText } from "../src/export/layout_tex.ts";
import { pythonOf } from "../src/export/python.ts";
import type { Named } from "../src/export/setting.ts";
import type { GameModel, Layout } from "../src/model.ts";
import type { View } from "../src/state/store.ts";

interface Question {
  views?: { model: GameModel; named: Named; views: View[]; over?: Over[] }[];
  clusters?: { page: string; name: string }[];
  tex?: Layout[];
  texts?: string[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Question;
process.stdout.write(JSON.stringify({
  views: (asked.views ?? []).map(({ model, named, views, over }) => views.map((view) => ({
    commands: commandsOf(model, view, named, over).lines,
    python: pythonOf(model, view, named).lines.join("\n"),
    labels: labelled(model, view),
  }))),
  clusters: (asked.clusters ?? []).map(({ page, name }) => [clusterCommand(page, name), clusterPython(page, name)]
    .map((copied) => copied?.lines.join("\n") ?? null)),
  tex: (asked.tex ?? []).map(layoutTex),
  texts: (asked.texts ?? []).map(texText),
}));

function labelled(model: GameModel, view: View): Record<string, string | null> {
  const base = Object.fromEntries(model.parameters.map((p) => [p.name, p.value ?? "0"]));
  const settings = { ...base, ...model.scenarios.find((s) => s.name === view.scenario)?.values, ...view.positions };
  const levels = { ...Object.fromEntries(model.instruments.map((i) => [i.name, i.idle])), ...view.levels };
  const inForce = effectiveOf(model, settings, levels);
  const { points } = labelsAt(actingModel(model, inForce, levels), inForce.effective);
  return Object.fromEntries(points.map((p) => [p.id, p.label]));
}
