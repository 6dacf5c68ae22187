import { render } from "preact";
import { App } from "./app";
import type { PageData } from "./model";
import { language, model } from "./state/store";
import "./style.css";

async function start(): Promise<void> {
  const text = document.getElementById("separatrix-data")?.textContent;
  const data = JSON.parse(text ?? "{}") as PageData;
  language.value = data.language;
  model.value = data.game ?? (await (await fetch("/api/model")).json());
  render(<App />, document.getElementById("separatrix")!);
}

void start();
