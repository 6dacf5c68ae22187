// Answers of the page's own computing, for Python to compare with: one JSON question in, one JSON answer out.
// Runs on Node alone, which drops the types; so nothing that is imported here may need a bundler.
import { readFileSync } from "node:fs";
import { labelsAt } from "../src/analysis/labels.ts";
import type { GameModel } from "../src/model.ts";

interface Question { labels?: { model: GameModel; positions: Record<string, string>[] }[] }

const asked = JSON.parse(readFileSync(0, "utf8")) as Question;
const answers = {
  labels: (asked.labels ?? []).map(({ model, positions }) => positions.map((at) => labelsAt(model, at))),
};
process.stdout.write(JSON.stringify(answers));
