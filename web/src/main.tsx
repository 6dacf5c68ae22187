import { render } from "preact";
import { App } from "./app";
import type { PageData } from "./model";
import { followAddress, openAt } from "./state/address";
import { readLink } from "./state/link";
import { language } from "./state/store";
import "./style.css";

async function start(): Promise<void> {
  const text = document.getElementById("separatrix-data")?.textContent;
  const data = JSON.parse(text ?? "{}") as PageData;
  language.value = data.language;
  const cluster = data.cluster ?? null;
  const game = data.game ?? (cluster ? null : await (await fetch("/api/model")).json());
  openAt(game, cluster, readLink(location.hash));
  followAddress();
  render(<App />, document.getElementById("separatrix")!);
}

void start();
