// A label as people see it: a shape, a word and a colour, so that no one of them is needed to tell it.
import { say } from "../../languages";
import { online } from "../../server/client";
import { labels } from "../../state/labels";
import { Mark } from "../../views/phase/marks";
import type { Label } from "../../analysis/verdict";

/** What each label means, keys of the languages. */
export function meaningOf(label: Label): string {
  switch (label) {
    case "asymptotically stable": return say("all nearby states stay near and converge to it");
    case "centre": return say("nearby states move around it on closed orbits");
    case "stable": return say("nearby states stay near, but need not converge to it");
    case "saddle": return say("nearby states approach it in some directions and leave it in others");
    case "source": return say("all nearby states leave it");
    case "unstable": return say("some nearby states leave it");
    case "undecided": return say("not decided; the reason is given");
  }
}

/** The word for a label, in the language of the page. */
export function labelWord(label: Label): string {
  switch (label) {
    case "asymptotically stable": return say("asymptotically stable");
    case "centre": return say("centre");
    case "stable": return say("stable");
    case "saddle": return say("saddle");
    case "source": return say("source");
    case "unstable": return say("unstable");
    case "undecided": return say("undecided");
  }
}

/** A label; one that is open is not guessed. */
export function LabelMark({ label }: { label: Label | null }) {
  return (
    <span class="label">
      <svg viewBox="-10 -10 20 20" aria-hidden="true"><Mark label={label} /></svg> {label === null ? openWord() : labelWord(label)}
    </span>
  );
}

/** What stands where the page leaves something to the server. */
export function openWord(): string {
  if (labels.value.pending) return say("computing");
  return online ? say("no answer from the server") : say("not in this file");
}
