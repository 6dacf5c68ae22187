// A page of the cluster: what must be seen first, a picture, then the document that tells the same in full.
import type { ComponentChildren } from "preact";
import type { Part, Refused, Told } from "../../cluster";
import { openingOf, sectionsOf } from "../../document";
import { say } from "../../languages";
import { Blocks, goTo, notesIn, Typed } from "../../panels/document";
import { toldOf as problemTold, type Problem } from "../../server/client";
import { part, toldOf } from "../../state/cluster";
import "./cluster.css";

interface Properties<T extends Told, P extends Part<T>> {
  name: string;
  title: string;
  picture?: (found: P, told: T) => ComponentChildren;
  /** Of a long document: whether the sections after the first are folded. */
  fold?: boolean;
}

export function PartPage<T extends Told, P extends Part<T>>({ name, title, picture, fold }: Properties<T, P>) {
  const asked = part<P | Refused>(name);
  return (
    <article class="cluster" aria-busy={asked.state === "computing"}>
      <h2>{title}</h2>
      {asked.state === "computing" && (
        <p role="status">{say("Computing …")} {asked.progress > 0 && <progress value={asked.progress} aria-label={say("Computing …")} />}</p>
      )}
      {asked.state === "absent" && <p role="status">{say("Not in this file.")}</p>}
      {asked.state === "failed" && <Failed problem={asked.problem} />}
      {asked.state === "done" && ("code" in asked.value
        ? <Missing of={asked.value} /> : <Found name={name} found={asked.value} picture={picture} fold={fold} />)}
    </article>
  );
}

function Failed({ problem }: { problem: Problem | null }) {
  const { text, hint } = problem ? problemTold(problem) : { text: say("It could not be computed."), hint: null };
  return <p role="alert" class="note"><Sentence text={text} /> {hint && <Sentence text={hint} />}</p>;
}

/** Why there is nothing to show, and which table would change that. */
function Missing({ of }: { of: Refused }) {
  const { refused, hint } = toldOf(of);
  return (
    <p class="note" role="note">
      <strong>{say("The tables of this cluster do not contain the necessary data.")}</strong> <Sentence text={refused} /> {hint && <Sentence text={hint} />}
    </p>
  );
}

/** Errors begin small and end without a full stop, as compilers have them; here they stand as sentences. */
function Sentence({ text }: { text: string }) {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return <Typed text={/[.。!?]$/.test(begun) ? begun : begun + (/[\u4e00-\u9fff]/.test(begun) ? "。" : ".")} />;
}

function Found<T extends Told, P extends Part<T>>(
  { name, found, picture, fold }: Omit<Properties<T, P>, "title"> & { found: P },
) {
  const told = toldOf<T>(found);
  const { opening, rest } = openingOf(told.document);
  const count = notesIn(told.document.blocks);
  return (
    <>
      <Blocks blocks={opening} prefix={name} />
      {count > 0 && (
        <p><a href={`#${name}-note-1`} onClick={(e) => goTo(e, `${name}-note-1`)}>{say("Evidence for the numbers: {count} notes", { count })}</a></p>
      )}
      {picture?.(found, told)}
      {fold ? sectionsOf(rest).map(({ title, blocks }) => (title
        ? <details key={title}><summary><h3>{title}</h3></summary><Blocks blocks={blocks} prefix={name} /></details>
        : <Blocks key={title} blocks={blocks} prefix={name} />)) : <Blocks blocks={rest} prefix={name} />}
    </>
  );
}
