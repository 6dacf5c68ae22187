// A question that the server takes a while to answer: asked by a button, with progress and a way to stop it.  An
// answer is shown only as long as nothing that it depends on has changed.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { say } from "../../languages";
import { canonical } from "../../server/canonical";
import { Cancelled, NotInThisFile, opened, Refused, run, toldOf, type Problem, type Run } from "../../server/client";

interface Asked<T> {
  /** What was asked, and of which model. */
  of: string;
  state: "computing" | "done" | "failed" | "absent";
  progress: number;
  value: T | null;
  problem: Problem | null;
}

export interface Question<T> {
  /** Where the answer to these arguments stands; null where they were not asked. */
  to: (args: object) => Asked<T> | null;
  /** Whether other arguments were asked before. */
  asked: () => boolean;
  ask: (args: object) => void;
  stop: () => void;
}

/** Makes a question of a task. */
export function question<T>(task: string): Question<T> {
  const last = signal<Asked<T> | null>(null);
  let running: Run<T> | null = null;
  const keyOf = (args: object) => `${opened.value?.hash ?? ""} ${canonical(args)}`;
  const stop = () => {
    running?.cancel();
    running = null;
    if (last.value?.state === "computing") last.value = null;
  };
  return {
    to: (args) => (last.value?.of === keyOf(args) ? last.value : null),
    asked: () => last.value !== null,
    stop,
    ask: (args) => {
      stop();
      const of = keyOf(args);
      const begun: Asked<T> = { of, state: "computing", progress: 0, value: null, problem: null };
      last.value = begun;
      const told = (part: Partial<Asked<T>>) => { if (last.value?.of === of) last.value = { ...last.value, ...part }; };
      const own = run<T>(task, args, (progress) => told({ progress }));
      running = own;
      own.promise.then((value) => told({ state: "done", value }), (problem: unknown) => {
        if (problem instanceof Cancelled) return;
        told({
          state: problem instanceof NotInThisFile ? "absent" : "failed",
          problem: problem instanceof Refused ? problem.problem : null,
        });
      });
    },
  };
}

interface Props<T> {
  of: Question<T>;
  args: object;
  button: string;
  /** The same question as a command of the shell. */
  command: string;
  disabled?: boolean;
  children: (value: T) => ComponentChildren;
}

/** The button, and below it the answer or why there is none. */
export function Asking<T>({ of, args, button, command, disabled, children }: Props<T>) {
  const now = of.to(args);
  const busy = now?.state === "computing";
  return (
    <div class="question">
      <button disabled={busy || disabled} onClick={() => of.ask(args)}>{button}</button>{" "}
      {busy && (
        <>
          <progress aria-label={say("computing")} max={1} value={now.progress || undefined} />{" "}
          <button onClick={of.stop}>{say("Stop")}</button>
        </>
      )}
      <div role="status">
        {busy && say("computing")}
        {now === null && of.asked() && say("The levers, the initial state or the question have changed since the last answer.")}
        {now?.state === "absent" && say("Not in this file: use the studio of the program, or the command, to compute it.")}
        {now?.state === "failed" && <Failure problem={now.problem} />}
      </div>
      {!disabled && <details class="meaning"><summary>{say("As a command")}</summary><code>{command}</code></details>}
      {now?.state === "done" && now.value !== null && children(now.value)}
    </div>
  );
}

function Failure({ problem }: { problem: Problem | null }) {
  if (!problem) return <p class="wrong">{say("The server could not answer.")}</p>;
  const { text, hint: byCommand } = toldOf(problem);
  // The hint of a discount rate without a horizon names an option of the command; the page has a box.
  const hint = problem.code === "P149" ? say("Enter the latest end of support under “Latest end”.") : byCommand;
  return <p class="wrong">{problem.code} {text}{hint && <><br />{hint}</>}</p>;
}
