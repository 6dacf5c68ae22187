// What opens the page in the studio, where everything is worked out: what a page from disk names in its place.
import { quoted } from "../export/command";
import { cluster } from "../state/cluster";
import { original } from "../state/store";

/** The command that opens what is open here, in a studio. */
export function studioCommand(): string {
  const of = cluster.value;
  const game = original.value;
  const name = of ? of.shipped ?? "CLUSTER_FOLDER" : game?.catalogue ?? game?.file ?? "MODEL";
  return `separatrix studio ${quoted(name)}`;
}
