import { render } from "preact";
import { App } from "./app";
import type { PageData } from "./model";
import { begin, online } from "./server/client";
import { followAddress, openAt } from "./state/address";
import { readLink } from "./state/link";
import { language } from "./state/store";
import "./style.css";

async function start(): Promise<void> {
  const text = document.getElementById("separatrix-data")?.textContent;
  const data = JSON.parse(text ?? "{}") as PageData;
  language.value = data.language;
  const opening = begin(data);
  const show = () => { render(<App />, document.getElementById("separatrix")!); };
  // A server may take a while to read a model; the page says so.
  if (online) show();
  const { game, cluster } = await opening;
  openAt(game, cluster, readLink(location.hash));
  followAddress();
  show();
}

void start();
