// Requests to the server that serves the page, and what can become of them.
import { signal } from "@preact/signals";
import { language } from "../state/store";

/** An error as the server tells it: a code, the place, what was found, what to do. */
export interface Problem {
  code: string;
  where: string | null;
  line: number | null;
  column: number | null;
  width: number;
  quoted: string | null;
  text: string;
  hint: string | null;
  told: Record<string, { text: string; hint: string | null }>;
}

/** What the server refused or could not do. */
export class Refused extends Error {
  constructor(readonly problem: Problem, readonly status: number) {
    super(`${problem.code} ${problem.text}`);
  }
}
/** The server does not answer. */
export class Unreachable extends Error {}
/** Nobody wants the answer any more. */
export class Cancelled extends Error {}

/** Whether the server answers: `absent` in a page from disk, `locked` after a restart until its new address is opened. */
export const connection = signal<"absent" | "up" | "gone" | "locked">("absent");

/** The error's sentence in the language of the page. */
export function toldOf(problem: Problem): { text: string; hint: string | null } {
  return problem.told[language.value] ?? problem;
}

/** Asks the server, and returns its answer as data. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  let data: unknown;
  try {
    answer = await fetch(path, init);
    data = await answer.json().catch(() => null);
  } catch {
    if (init.signal?.aborted) throw new Cancelled();
    connection.value = "gone";
    throw new Unreachable();
  }
  if (init.signal?.aborted) throw new Cancelled();
  if (answer.status === 401) {
    connection.value = "locked";
    throw new Unreachable();
  }
  connection.value = "up";
  if (answer.ok) return data as T;
  throw new Refused((data as { error?: Problem } | null)?.error ?? unknown(answer.status), answer.status);
}

/** Sends data as JSON. */
export function post<T>(path: string, data: object): Promise<T> {
  return request<T>(path, { method: "POST", body: JSON.stringify(data), headers: { "Content-Type": "application/json" } });
}

/** Asks whether the server answers; `connection` then says so. */
export async function askAlive(): Promise<void> {
  await request("api/alive").catch(() => undefined);
}

function unknown(status: number): Problem {
  return { code: "U999", where: null, line: null, column: null, width: 1, quoted: null, text: `HTTP ${status}`, hint: null, told: {} };
}
