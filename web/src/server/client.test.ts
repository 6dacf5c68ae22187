import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GameModel } from "../model";

// A server in miniature: what it knows, what it was asked, and how it behaves.
interface Fake { known: Set<string>; jobs: Map<string, { task: string; args: unknown; left: number }>; log: string[]; mode: "up" | "gone" | "locked"; busy: number; next: number }
let fake: Fake;
const GAME = { schema: 1, version: "1", hash: "f", title: "T", populations: [], parameters: [], instruments: [], scenarios: [] } as unknown as GameModel;
const problem = (code: string) => ({ error: { code, where: null, line: null, column: null, width: 1, quoted: null, text: code, hint: null, told: { zh: { text: `${code} 中文`, hint: null } } } });
const answer = (data: unknown, status = 200) => new Response(JSON.stringify(data), { status });

function serve(path: string, init: RequestInit = {}): Response {
  const method = init.method ?? "GET";
  fake.log.push(`${method} ${path}`);
  if (fake.mode === "gone") throw new TypeError("no connection");
  if (fake.mode === "locked") return answer(problem("W120"), 401);
  const opened = { hash: "m1", kind: "game", name: "g.yaml", text: "a: 1", game: GAME };
  if (path === "api/start" || path === "api/models") {
    if (path === "api/models" && String(init.body).includes("broken")) return answer(problem("S012"), 422);
    fake.known.add("m1");
    return answer(opened);
  }
  if (path.startsWith("api/models/")) return fake.known.has(path.slice(11)) ? answer({ ...opened, hash: path.slice(11) }) : answer(problem("W110"), 404);
  if (path === "api/alive") return answer({ alive: true });
  if (path === "api/jobs") {
    const asked = JSON.parse(String(init.body)) as { model: string; task: string; arguments: { steps?: number } };
    if (!fake.known.has(asked.model)) return answer(problem("W110"), 404);
    if (fake.busy-- > 0) return answer(problem("W117"), 503);
    if (asked.task === "failing") return answer({ id: "j0", state: "failed", progress: 1, ...problem("V304") });
    const id = `j${fake.next++}`;
    fake.jobs.set(id, { task: asked.task, args: asked.arguments, left: asked.arguments.steps ?? 1 });
    return answer({ id, state: "queued", progress: 0 }, 202);
  }
  const id = /^api\/jobs\/(\w+)/.exec(path)?.[1] ?? "";
  const job = fake.jobs.get(id);
  if (!job) return answer(problem("W110"), 404);
  if (method === "DELETE") { fake.jobs.delete(id); return answer({ cancelled: true }); }
  if (job.left-- > 0) return answer({ id, state: "running", progress: 0.5 }, 202);
  fake.jobs.delete(id);
  return answer({ id, state: "done", progress: 1, value: { of: job.args } });
}

/** Lets time go by until a promise is settled. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  promise.then(() => { over = true; }, () => { over = true; });
  for (let k = 0; k < 1000 && !over; k++) await vi.advanceTimersByTimeAsync(20);
  return promise;
}

let client: typeof import("./client");
let models: typeof import("./models");
beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers();
  fake = { known: new Set(), jobs: new Map(), log: [], mode: "up", busy: 0, next: 1 };
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    await new Promise((done) => { setTimeout(done, 5); });
    return serve(path, init);
  });
  vi.stubGlobal("location", { hash: "" });
  client = await import("./client");
  models = await import("./models");
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

describe("a page that a server serves", () => {
  beforeEach(async () => { await soon(client.begin({ language: "en" })); });

  test("asks what the server was started with", () => {
    expect(client.online).toBe(true);
    expect(client.connection.value).toBe("up");
    expect(client.opened.value?.hash).toBe("m1");
  });

  test("gets the answer of a task, and hears of its progress", async () => {
    const heard: number[] = [];
    const { promise } = client.run("labels", { b: 2, a: 1, steps: 2 }, (p) => heard.push(p));
    expect(await soon(promise)).toEqual({ of: { b: 2, a: 1, steps: 2 } });
    expect(heard).toEqual([0, 0.5, 0.5]);
  });

  test("gives a task up at the server too", async () => {
    const { promise, cancel } = client.run("basins", { steps: 1e9 });
    await vi.advanceTimersByTimeAsync(20);
    cancel();
    await expect(soon(promise)).rejects.toBeInstanceOf(client.Cancelled);
    await vi.advanceTimersByTimeAsync(20);
    expect(fake.log.some((line) => line.startsWith("DELETE"))).toBe(true);
    expect(fake.jobs.size).toBe(0);
  });

  test("sends its model again to a server that forgot it, and asks again", async () => {
    fake.known.clear();
    expect(await soon(client.run("labels", {}).promise)).toEqual({ of: {} });
    expect(fake.log.filter((line) => line === "POST api/models")).toHaveLength(1);
  });

  test("asks again after the server was restarted in the middle of a task", async () => {
    const { promise } = client.run("labels", { steps: 1e9 });
    await vi.advanceTimersByTimeAsync(20);
    fake.jobs.clear();
    fake.known.clear();
    fake.mode = "gone";
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.connection.value).toBe("gone");
    fake.mode = "locked";
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.connection.value).toBe("locked");
    fake.mode = "up";
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.connection.value).toBe("up");
    expect([...fake.jobs.values()].map((job) => job.task)).toEqual(["labels"]);
    fake.jobs.forEach((job) => { job.left = 0; });
    expect(await soon(promise)).toEqual({ of: { steps: 1e9 } });
  });

  test("waits where too many ask", async () => {
    fake.busy = 2;
    const { promise } = client.run("labels", {});
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await soon(promise)).toEqual({ of: {} });
  });

  test("tells an error in the language of the page", async () => {
    const { language } = await import("../state/store");
    const failed = await soon(client.run("failing", {}).promise.catch((e: unknown) => e));
    expect(failed).toBeInstanceOf(client.Refused);
    const { problem: told } = failed as InstanceType<typeof client.Refused>;
    expect(client.toldOf(told).text).toBe("V304");
    language.value = "zh";
    expect(client.toldOf(told).text).toBe("V304 中文");
  });

  test("keeps what is open where something else cannot be opened", async () => {
    await expect(soon(models.open({ text: "broken", name: "b.yaml" }))).rejects.toBeInstanceOf(client.Refused);
    expect(client.opened.value?.text).toBe("a: 1");
    fake.known.clear();
    await soon(client.run("labels", {}).promise);
    expect(fake.log.filter((line) => line === "POST api/models")).toHaveLength(2);
  });

  test("asks for what follows the levers once they rest, and never shows an earlier answer", async () => {
    const lever = signal(1);
    const follows = client.settled<{ of: { at: number } }>("labels", () => ({ at: lever.value }));
    const shown: [string, number | undefined, number][] = [];
    const { effect } = await import("@preact/signals");
    effect(() => { shown.push([follows.value.state, follows.value.value?.of.at, lever.value]); });
    for (let k = 2; k < 20; k++) { lever.value = k; await vi.advanceTimersByTimeAsync(50); }
    expect(fake.next).toBe(1);
    await vi.advanceTimersByTimeAsync(400);
    expect(follows.value).toMatchObject({ state: "done", value: { of: { at: 19 } } });
    lever.value = 20;
    expect(follows.value).toMatchObject({ state: "computing", value: null });
    await vi.advanceTimersByTimeAsync(301);
    lever.value = 21;
    await vi.advanceTimersByTimeAsync(1000);
    expect(follows.value).toMatchObject({ state: "done", value: { of: { at: 21 } } });
    expect(shown.filter(([state, at, now]) => state === "done" && at !== now)).toEqual([]);
    follows.dispose();
    lever.value = 22;
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.next).toBe(4);
  });
});

describe("a link that is opened in another tab", () => {
  test("opens the model that it is a link to, where the server knows it", async () => {
    fake.known.add("m2");
    vi.stubGlobal("location", { hash: "#v1=m2&by=1" });
    await soon(client.begin({ language: "en" }));
    expect(client.opened.value?.hash).toBe("m2");
    expect(fake.log).toEqual(["GET api/models/m2"]);
  });

  test("opens what the server began with, where it does not", async () => {
    vi.stubGlobal("location", { hash: "#v1=m2&by=1" });
    await soon(client.begin({ language: "en" }));
    expect(client.opened.value?.hash).toBe("m1");
  });
});

describe("a page from disk", () => {
  test("finds what was worked out beforehand, and asks nobody", async () => {
    const heavy = { 'basins {"a":[1,{"b":2,"c":null}]}': "here" };
    await client.begin({ language: "en", game: GAME, heavy });
    expect(client.online).toBe(false);
    expect(await client.run("basins", { a: [1, { c: null, b: 2 }] }).promise).toBe("here");
    await expect(client.run("basins", {}).promise).rejects.toBeInstanceOf(client.NotInThisFile);
    const follows = client.settled("basins", () => ({ a: 2 }));
    expect(follows.value.state).toBe("absent");
    expect(fake.log).toEqual([]);
    expect(client.connection.value).toBe("absent");
  });
});
