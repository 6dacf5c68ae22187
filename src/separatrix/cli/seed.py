"""``separatrix seed``: whom to win first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import Flag, Formatted, Lang, Out, Seed
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, guard_source
from separatrix.run.progress import progress_of

if TYPE_CHECKING:
    from separatrix.population.seeding.certified import CertifiedSeeds
    from separatrix.present.languages import Language

__all__ = ["seed"]

Format = Literal["text", "json", "csv"]


def seed(
    *,
    links: Annotated[Path, Parameter(help="A table with columns from, to, and weight, kind; or .graphml.")],
    count: Annotated[int | None, Parameter(name=["--count", "-k"])] = None,
    diffusion: str = "weighted-cascade",
    probability: Annotated[float | None, Parameter(name=["--probability", "-p"])] = None,
    undirected: Flag = False,
    aware: Annotated[list[str] | None, Parameter(negative="")] = None,
    ratio: float = 0.6,
    failure: float | None = None,
    seed: Seed = 0,
    budget: Annotated[float | None, Parameter(name="--seconds")] = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Tell which enterprises to win first, so that an idea reaches as many others as possible.

    The answer has a certificate: a part of the best possible reach that the seeds surely have.

    Parameters
    ----------
    count : int
        How many seeds.
    diffusion : str
        weighted-cascade, independent-cascade (weights are probabilities), linear-threshold, or
        given-threshold (weights into an enterprise add to 1 at most).
    probability : float
        Of every link of an independent cascade, whatever its weight.
    undirected : bool
        Each link leads both ways. A link from A to B means that B learns from A.
    aware : list of str
        An enterprise that knows already; may be given several times.
    ratio : float
        Go on until this part of the best reach is proven.
    failure : float
        The chance that the certificate may be wrong; by default 1 / number of enterprises, and
        0.01 at most.
    budget : float
        The longest time of the search, 60 by default; then the ratio that is proven by then.
    """
    from separatrix.population.networks.link_files import read_links
    from separatrix.population.seeding.opim import certified_seeds
    from separatrix.present.languages import language_of

    chosen = choose(format, out, get_args(Format))
    guard_source(out, links, what="the file of links")
    graph = read_links(links, undirected=undirected or None)
    with progress_of("seeds") as advance:
        found = certified_seeds(
            graph,
            count,
            diffusion,
            probability=probability,
            aware=aware or (),
            ratio=ratio,
            failure=failure,
            seed=seed,
            seconds=budget,
            advance=advance,
        )
    _show(found, chosen, out, language_of(lang))
    return 0


def _show(found: CertifiedSeeds, chosen: str, out: Path | None, words: Language) -> None:
    from separatrix.present.documents.seeding import seeds_csv, seeds_document

    if chosen == "csv":
        emit_csv(seeds_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(seeds_document(found, words), chosen, out)
