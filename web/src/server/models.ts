// What is open: a game or a cluster that the server read.  The page keeps what it sent, so that it can send it
// again to a server that was restarted, and after the page itself was loaded anew.
import { signal } from "@preact/signals";
import type { ClusterModel } from "../cluster";
import type { GameModel } from "../model";
import { fitted, openAt } from "../state/address";
import { cluster } from "../state/cluster";
import { readLink } from "../state/link";
import { EMPTY, openGame, view } from "../state/store";
import { packed, unpacked, type Held, type Packed } from "./files";
import { post, Refused, request, type Problem } from "./request";

/** What is open, as the server answers it. */
interface Opened {
  /** Of what was sent; that of the game or the cluster in it, which links hold, is its own. */
  hash: string;
  kind: "game" | "cluster";
  name: string;
  /** The file as it was written, where people write such files. */
  text: string | null;
  game?: GameModel;
  cluster?: ClusterModel;
  /** Why the tables of a cluster make no game. */
  without_game?: Problem;
}
/** What a page sends to open a model. */
export type Sent = { text: string; name: string } | { example: string } | { files: Held[]; kind: "game" | "cluster" };
export interface Example { name: string; size: string; title: string; source: string }

/** What is open now; null in a page from disk. */
export const opened = signal<Opened | null>(null);
/** Where the first model of the page stands: being read, or why it cannot be; null once one is open. */
export const beginning = signal<"reading" | Problem | null>(null);
let sent: Sent | null = null;

/** Bytes of files that the server reads: larger ones are not sent at all. */
export const LARGEST = 20_000_000;
/** Under which name the link holds the game of the catalogue that is open. */
const EXAMPLE = "open.example";
/** Where the tab keeps over a reload what it opened. */
const KEPT = "separatrix.open";

/**
 * Opens what the address means: what the server knows by the link's hash, what this tab had open, a game of the
 * catalogue, else what the server began with.
 */
export async function beginAt(address: string): Promise<Opened> {
  beginning.value = "reading";
  const link = readLink(address);
  const example = link?.view.more[EXAMPLE];
  const kept = link && remembered();
  const known = (hash: string) => request<Opened>(`api/models/${encodeURIComponent(hash)}`);
  const ways: (() => Promise<Opened>)[] = [];
  if (link?.hash) ways.push(() => known(link.hash));
  // What this tab had open may be another model than that of a link that was put in its address.
  if (example && kept?.fingerprint !== link?.hash) ways.push(() => send({ example }));
  if (kept) ways.push(() => known(kept.hash));
  if (kept?.sent) ways.push(() => send(kept.sent!));
  if (example) ways.push(() => send({ example }));
  for (const way of ways) {
    try {
      const found = await way();
      sent = kept?.sent && kept.hash === found.hash ? kept.sent : example ? { example } : null;
      return hold(found);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
    }
  }
  return hold(await request<Opened>("api/start"));
}

/** Opens a model; rejects with `Refused` where it cannot be understood, and leaves what was open. */
export async function open(what: Sent): Promise<Opened> {
  const found = await send(what);
  sent = what;
  hold(found);
  openAt(found.game ?? null, found.cluster ?? null, null);
  if ("example" in what && found.game) openGame(found.game, { ...EMPTY, more: { [EXAMPLE]: what.example } });
  return found;
}

/** Opens another edition of the game that is open: what of the view still fits it remains. */
export async function openEdition(text: string, name: string): Promise<Opened> {
  const found = await send({ text, name });
  hold(found);
  const { [EXAMPLE]: _, ...more } = view.peek().more;
  cluster.value = null;
  if (found.game) openGame(found.game, fitted(found.game, { ...view.peek(), more }).view);
  return found;
}

/** Sends what is open to a server that does not know it; returns whether it is open there now. */
export async function sendAgain(): Promise<boolean> {
  return sent !== null && (await send(sent)).hash === opened.peek()?.hash;
}

/** The games of the catalogue. */
export async function examples(language: string): Promise<Example[]> {
  return (await request<{ value: Example[] }>(`api/examples?language=${encodeURIComponent(language)}`)).value;
}

async function send(what: Sent): Promise<Opened> {
  if (!("files" in what)) return post<Opened>("api/models", what);
  const form = new FormData();
  form.set("kind", what.kind);
  for (const { path, content } of what.files) form.append("file", content, path);
  return request<Opened>("api/models", { method: "POST", body: form });
}

function hold(found: Opened): Opened {
  // What can be sent again as text needs no files.
  if (found.text !== null) sent = { text: found.text, name: found.name };
  opened.value = found;
  beginning.value = null;
  const of = sent;
  keep(found, of && "files" in of ? null : of);
  if (of && "files" in of) {
    const { kind } = of;
    void packed(of.files).then((files) => { if (files && opened.peek() === found) keep(found, { packed: files, kind }); });
  }
  return found;
}

/** What the storage of the tab keeps of what was sent. */
type Kept = Exclude<Sent, { files: Held[] }> | { packed: Packed; kind: "game" | "cluster" };

function keep({ hash, game, cluster: of }: Opened, what: Kept | null): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ hash, fingerprint: (of ?? game)?.hash, sent: what }));
  } catch {
    // Without storage, or past its bounds, a reload asks the server for what it knows.
  }
}

function remembered(): { hash: string; fingerprint: string | undefined; sent: Sent | null } | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as { hash?: unknown; fingerprint?: string; sent?: Kept | null } | null;
    if (!kept || typeof kept.hash !== "string") return null;
    const what = kept.sent ?? null;
    return { hash: kept.hash, fingerprint: kept.fingerprint, sent: what && "packed" in what ? { files: unpacked(what.packed), kind: what.kind } : what };
  } catch {
    return null;
  }
}
