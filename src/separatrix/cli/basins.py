"""``separatrix basins``: which share of all starts ends where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.analysis.result import Analysis
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.present.document import Document
    from separatrix.present.languages import Language

__all__ = ["basins", "format_of", "options_of", "show", "show_document"]

Format = Literal["text", "json", "svg", "ply", "csv"]
Lang = Literal["en", "zh"]

_SUFFIXES: dict[str, Format] = {
    ".json": "json", ".svg": "svg", ".txt": "text", ".ply": "ply", ".csv": "csv",
}  # fmt: skip

PAINTED = 16
"""The cells of the lattice for a figure, where a finer surface would look the same."""


def basins(
    model: str,
    /,
    *,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    field: str = "replicator",
    option: Annotated[list[str] | None, Parameter(name="--option", negative="")] = None,
    schedule: Annotated[bool, Parameter(negative="")] = False,
    samples: int = 16_384,
    seed: int = 0,
    surface: Annotated[bool, Parameter(negative="")] = False,
    cells: int | None = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Tell which share of all starts ends at each rest point: the basins of attraction.

    Exact for two populations of two strategies whose payoffs are linear in the other's share, and for one
    population of two strategies; else estimated, with confidence intervals.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    field : str
        The rule by which shares change: replicator, smith, bnn, logit, best-response, payoff-adjusted or
        replicator-mutator.
    option : list of str
        NAME=VALUE: an option of the rule, such as eta=0.1 for logit; may be given several times.
    schedule : bool
        Let each start go with the schedule of the game first, and tell where it ends afterwards.
    samples : int
        How many starts to follow where no closed form is known.
    seed : int
        Of the starts; the same seed gives the same answer.
    surface : bool
        Find the separatrix as a surface too, where the state space has three dimensions.
    cells : int
        How many cells the lattice has on which the surface is looked for, along each share: 24 by default.
    format : str
        text, json, svg (the phase portrait with its basins or, in a cube, the surface between them), ply (the
        surface as vertices and triangles), or csv (its vertices); by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh: the language of text and figure; names in the game as its `translations` tell them.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.present.languages import language_of

    chosen = format or format_of(out, _SUFFIXES)
    game = separatrix.told_in(separatrix.load(model), lang)
    if out is not None:
        guard_source(out, model)
    words = language_of(lang)
    values = assignments(set_ or [])
    static = field == "replicator" and not schedule
    if (surface or chosen in ("ply", "csv")) and not static:
        raise InputError(
            "U902", "the surface is that of the replicator at the usual values",
            hint="leave --field and --schedule out",
        )  # fmt: skip
    if chosen == "svg" and static and game.space.sizes == (2, 2, 2):
        from separatrix.present.figures.separatrix_surface import surface_svg

        # Triangles that are smaller than a dot are not worth their time.
        found_surface = separatrix.separatrix_surface(
            game, values, scenario, cells=cells or PAINTED, flatness=1.0
        )
        show(surface_svg(found_surface, words), out)
        return 0
    if chosen == "svg":
        if not static:
            raise InputError(
                "U902",
                "the figure shows the basins of the replicator at the usual values",
                hint="use --format text or json, or leave --field and --schedule out",
            )
        show(_figure(separatrix.analyze(game, values, scenario), words), out)
        return 0
    between: SeparatrixSurface | None = None
    if surface or chosen in ("ply", "csv"):
        between = separatrix.separatrix_surface(
            game, values, scenario, **({} if cells is None else {"cells": cells})
        )
    if between is not None and chosen in ("ply", "csv"):
        from separatrix.present.documents.surface_files import surface_csv, surface_ply

        show(surface_ply(between) if chosen == "ply" else surface_csv(between), out)
        return 0
    rule = options_of(option or [])
    found = separatrix.basins(
        game, values, scenario, samples=samples, seed=seed, field=field, scheduled=schedule, **rule
    )
    if chosen == "json":
        import json

        answer = found.to_dict()
        if between is not None:
            answer["surface"] = between.to_dict()
        show(json.dumps(answer, ensure_ascii=False, indent=None if between else 2) + "\n", out)
        return 0
    from separatrix.present.documents.basins import basins_document

    show_document(basins_document(found, words, between), out)
    return 0


def options_of(given: Sequence[str]) -> dict[str, Any]:
    """Return the options of a rule of motion; raise U901 for what is no NAME=VALUE, or a name of ours."""
    result: dict[str, Any] = {}
    for text in given:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not value or not name.isidentifier():
            raise InputError("U901", f"--option {text}: expected NAME=VALUE", hint="as in --option eta=0.1")
        if name in ("samples", "seed", "field", "scheduled"):
            raise InputError("U901", f"--option {text}: `{name}` is no option of a rule of motion")
        if name in result:
            raise InputError("U901", f"--option gives `{name}` twice", hint="give each option once")
        result[name] = value
    return result


def _figure(analysis: Analysis, words: Language) -> str:
    from separatrix.present.figures import portrait_svg, why_no_figure

    reason = why_no_figure(analysis, words)
    if reason is not None:
        raise InputError("U902", reason, hint="use --format text or json")
    return portrait_svg(analysis, words)


def format_of(out: Path | None, suffixes: dict[str, Format]) -> Format:
    """Return the format that a file's name ends in.

    Raises
    ------
    InputError
        U902 where the ending names none.
    """
    if out is None:
        return "text"
    found = suffixes.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(suffixes)}, or give --format",
        )
    return found


def show_document(document: Document, out: Path | None) -> None:
    """Print a document to the terminal, or write it to a file as text of 80 columns."""
    from separatrix.present.writers.terminal.document import write_terminal

    if out is None:
        write_terminal(document)
        return
    import io

    from rich.console import Console

    stream = io.StringIO()
    write_terminal(document, Console(file=stream, width=80, no_color=True, highlight=False))
    show("\n".join(row.rstrip() for row in stream.getvalue().splitlines()) + "\n", out)


def show(text: str, out: Path | None) -> None:
    """Print a text, or write it to a file."""
    if out is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        from separatrix.run.files import write_file

        write_file(out, text)
