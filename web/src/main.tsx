import { render } from "preact";
import { App } from "./app";
import type { PageData } from "./model";
import { begin } from "./server/client";
import { followAddress, openAt } from "./state/address";
import { readLink } from "./state/link";
import { language } from "./state/store";
import "./style.css";

async function start(): Promise<void> {
  const text = document.getElementById("separatrix-data")?.textContent;
  const data = JSON.parse(text ?? "{}") as PageData;
  language.value = data.language;
  const { game, cluster } = await begin(data);
  openAt(game, cluster, readLink(location.hash));
  followAddress();
  render(<App />, document.getElementById("separatrix")!);
}

void start();
