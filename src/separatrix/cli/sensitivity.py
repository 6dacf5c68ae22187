"""``separatrix sensitivity``: which uncertain parameter matters most, and where uncertain courses end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.cli.basins import show, show_document
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.indices import Sensitivity
    from separatrix.game.model import Game
    from separatrix.present.languages import Language

__all__ = ["sensitivity"]

Format = Literal["text", "json", "csv", "svg"]
Lang = Literal["en", "zh"]

_SUFFIXES: dict[str, Format] = {".txt": "text", ".json": "json", ".csv": "csv", ".svg": "svg"}


def sensitivity(
    model: str,
    /,
    *,
    measure: str = "basin",
    samples: int | None = None,
    seed: int = 0,
    over: Annotated[list[str] | None, Parameter(negative="")] = None,
    fix: Annotated[list[str] | None, Parameter(negative="")] = None,
    spread: str | None = None,
    second: Annotated[bool, Parameter(negative="")] = False,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    until: float | None = None,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Tell which uncertain parameter an answer depends on most, or where uncertain courses end.

    Parameters are uncertain where the game file says so, as in `uncertain: {triangular: [8, 10, 12]}`.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    measure : str
        basin:E4 (the share of all starts that ends at E4), fate:E4 (whether the course from the start ends
        there), stable:E4 (whether it is asymptotically stable) or time (until the course has arrived): Sobol
        indices. fate alone: a fan chart, and the share of the draws that ends at each rest point.
    samples : int
        Rows of the design, 1024 by default, each of as many games as there are uncertain parameters and two
        more; draws of a fan chart, 4000 by default.
    seed : int
        Of the draws; the same seed gives the same answer.
    over : list of str
        NAME or NAME=DISTRIBUTION: draw these parameters only, as in --over F --over "H=triangular(8, 10, 12)"
        or "H=normal(10%)".
    fix : list of str
        NAME: hold this parameter at its value.
    spread : str
        For a quick look: every parameter without a distribution varies within this part of its value, as in
        10%.
    second : bool
        Add second-order indices: what two parameters explain together.
    from_ : str
        SHARE=VALUE,...: the start of fate and time, such as x=0.2,y=0.3; by default where the cluster stands
        today, from the game file.
    until : float
        The last time of a fan chart; by default 100 divided by the largest advantage.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    format : str
        text, json, csv, or svg (bars of indices, or the fan chart); by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh: the language of text and figure; names in the game as its `translations` tell them.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.present.languages import language_of

    chosen = format or _format_of(out)
    game = separatrix.told_in(separatrix.load(model), lang)
    if out is not None:
        guard_source(out, model)
    common: dict[str, Any] = {
        "values": assignments(set_ or []),
        "scenario": scenario,
        "seed": seed,
        "over": _over(over),
        "fixed": fix or [],
        "spread": spread,
        "start": _start(game, from_),
    }
    words = language_of(lang)
    if measure.strip() == "fate":
        if second:
            raise InputError(
                "U901",
                "--second goes with indices; fate alone draws a fan chart",
                hint="as in --measure fate:E1 --second",
            )
        with _progress() as advance:
            chart = separatrix.fan_chart(
                game, until=until, samples=4_000 if samples is None else samples, advance=advance, **common
            )
        _show_fan(chart, chosen, out, words)
        return 0
    if until is not None:
        raise InputError("U901", "--until goes with a fan chart", hint="as in --measure fate --until 20")
    with _progress() as advance:
        found = separatrix.sensitivity(
            game,
            measure,
            samples=1_024 if samples is None else samples,
            second=second,
            advance=advance,
            **common,
        )
    _show_indices(found, chosen, out, words)
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show how far the work is on a terminal, where it takes longer than a moment."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def advance(done: int, whole: int) -> None:
            bar.update(task, completed=done, total=whole, visible=True)

        yield advance


def _show_indices(found: Sensitivity, chosen: Format, out: Path | None, words: Language) -> None:
    from separatrix.present.documents.sensitivity import sensitivity_csv, sensitivity_document

    if chosen == "text":
        show_document(sensitivity_document(found, words), out)
    elif chosen == "csv":
        show(sensitivity_csv(found), out)
    elif chosen == "json":
        show(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n", out)
    else:
        from separatrix.present.figures.indices import indices_svg

        if found.first is None:
            raise InputError(
                "U902",
                "the answer is the same in all draws, and the indices are undefined: no figure",
                hint="use --format text or json, or other distributions",
            )
        show(indices_svg(found, words), out)


def _show_fan(found: FanChart, chosen: Format, out: Path | None, words: Language) -> None:
    from separatrix.present.documents.sensitivity import fan_csv, fan_document

    if chosen == "text":
        show_document(fan_document(found, words), out)
    elif chosen == "csv":
        show(fan_csv(found), out)
    elif chosen == "json":
        show(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n", out)
    else:
        from separatrix.present.figures.fan import MOST_SHARES, fan_svg

        if len(found.game.shares) > MOST_SHARES:
            raise InputError(
                "U902",
                f"{len(found.game.shares)} shares; a figure has room for {MOST_SHARES}",
                hint="use --format csv or json",
            )
        show(fan_svg(found, words), out)


def _over(given: Sequence[str] | None) -> list[str] | dict[str, str | None] | None:
    """Return NAME and NAME=DISTRIBUTION as what the function takes."""
    if not given:
        return None
    pairs = {}
    for text in given:
        name, _, law = (part.strip() for part in text.partition("="))
        if not name:
            raise InputError(
                "U901",
                f"--over {text}: expected NAME or NAME=DISTRIBUTION",
                hint='as in --over "H=triangular(8, 10, 12)"',
            )
        if name in pairs:
            raise InputError("U901", f"--over gives `{name}` twice", hint="give each parameter once")
        pairs[name] = law or None
    return pairs


def _start(game: Game, text: str | None) -> dict[str, object] | None:
    if text is None:
        return None
    from separatrix.cli.trajectory import start_in

    return start_in(game, text)


def _format_of(out: Path | None) -> Format:
    if out is None:
        return "text"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )
    return found
