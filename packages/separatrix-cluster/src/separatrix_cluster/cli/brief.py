"""``separatrix brief``: one page that answers ten questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from separatrix.cli.options import (
    Formatted,
    From,
    GameOrCluster,
    Lang,
    Out,
    Scenario,
    SetValues,
    assignments,
    game_of,
    start_in,
)
from separatrix.cli.output import choose, emit_document, emit_json, exit_code, guard_source
from separatrix.errors import InputError, NameProblem
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS
from separatrix_cluster.tables.sources import is_cluster

if TYPE_CHECKING:
    from separatrix_cluster.brief.brief import Brief

__all__ = ["brief"]

Format = Literal["text", "json", "html", "docx", "pdf", "tex", "md"]


def brief(
    source: GameOrCluster,
    /,
    *,
    year: int | None = None,
    standard: str | None = None,
    budget: float | None = None,
    carbon_price: float | None = None,
    discount_rate: float | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    from_: From = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Write a one-page brief of a game or cluster: ten questions, with answers and sources.

    Every number has a note with the command that reproduces it and its source rows. The brief lists
    missing data. The exit code is 1 if rows were skipped.

    Parameters
    ----------
    year : int
        For a cluster: the reporting year; by default the last year with sufficient data.
    standard : str
        For a cluster: the park standard, instead of the one in cluster.yaml.
    budget : float
        For a cluster: the maximum investment in measures, in the money unit of cluster.yaml.
    carbon_price : float
        For a cluster: the carbon price per t CO2e, instead of `carbon_price` in cluster.yaml.
    discount_rate : float
        For a cluster: the discount rate per year, instead of `discount_rate` in cluster.yaml.
    """
    from separatrix.languages import language_of
    from separatrix_cluster.brief.document import brief_data, brief_document

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    FORMATS[chosen].require()
    of_cluster = {
        "year": year,
        "standard": standard,
        "budget": budget,
        "carbon_price": carbon_price,
        "discount_rate": discount_rate,
    }
    of_game = {"scenario": scenario, "set": set_, "from": from_}
    if is_cluster(source):
        _only(of_game, "goes with a game, and {name} is a cluster", source)
        found = _of_cluster(source, out, of_cluster)
    else:
        _only(of_cluster, "goes with a cluster, and {name} is a game", source)
        found = _of_game(source, out, lang, scenario, set_, from_)
    if chosen == "json":
        emit_json(brief_data(found, words), out)
    else:
        emit_document(brief_document(found, words), chosen, out, stem="brief")
    return exit_code(found.remarks)


def _only(options: dict[str, Any], why: str, source: str) -> None:
    for name, given in options.items():
        if given is not None:
            flag = f"--{name.replace('_', '-')}"
            raise InputError("U901", f"{flag} {why.format(name=source)}", hint="leave it out")


def _of_cluster(source: str, out: Path | None, asked: dict[str, Any]) -> Brief:
    from separatrix_cluster.brief.brief import brief_of_cluster
    from separatrix_cluster.tables.reader import files_of, load_cluster

    path = Path(source)
    read = load_cluster(path.parent if path.is_file() else source)
    guard_source(out, *files_of(read), what="a file of the cluster")
    return brief_of_cluster(read, source, **asked)


def _of_game(
    source: str,
    out: Path | None,
    lang: str,
    scenario: str | None,
    set_: list[str] | None,
    from_: str | None,
) -> Brief:
    from separatrix_cluster.brief.brief import brief_of_game

    guard_source(out, source)
    try:
        game = game_of(source, lang, set_)
    except NameProblem as problem:
        if problem.code != "C401":
            raise
        raise NameProblem(
            "P200",
            say("there is neither a cluster nor a game `{name}`", name=source),
            hint=problem.hint,
        ) from None
    start = start_in(game, from_)
    return brief_of_game(game, source, scenario=scenario, values=assignments(set_) or None, start=start)
