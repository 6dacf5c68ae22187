"""``separatrix sensitivity``: which uncertain parameter matters most, and where uncertain orbits end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.completers import parameters
from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    Seed,
    SetValues,
    Width,
    assignments,
    game_of,
    printed_as,
    start_in,
)
from separatrix.cli.output import (
    PICTURES,
    choose,
    emit,
    emit_document,
    emit_json,
    emit_picture,
    guard_source,
)
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.figures.canvas import Print
    from separatrix.languages import Language

__all__ = ["distributions", "sensitivity"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]


def sensitivity(
    model: Model,
    /,
    *,
    measure: str = "basin",
    samples: int | None = None,
    seed: Seed = 0,
    over: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    fix: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    spread: str | None = None,
    second: Flag = False,
    from_: From = None,
    until: float | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Rank uncertain parameters by their effect on a result, or show the distribution of outcomes.

    The game file marks uncertain parameters, as in `uncertain: {triangular: [8, 10, 12]}`.

    Parameters
    ----------
    measure : str
        For Sobol indices: basin:E4 (the basin share of E4), outcome:E4 (whether the trajectory from the
        initial state converges to E4), stable:E4 (whether E4 is asymptotically stable) or time (until
        convergence). With outcome alone: a fan chart, and the share of draws that converge to each rest
        point.
    samples : int
        Rows of the design (by default 1024; each row evaluates two games more than there are uncertain
        parameters), or draws of a fan chart (by default 4000).
    over : list of str
        NAME or NAME=DISTRIBUTION: draw only these parameters, as in --over F --over "H=triangular(8, 10,
        12)" or "H=normal(10%)".
    fix : list of str
        NAME of a parameter to keep at its value.
    spread : str
        Vary every parameter without a distribution by this share of its value, as in 10%.
    second : bool
        Add second-order indices, for interactions of two parameters.
    until : float
        The end time of a fan chart; by default 100 divided by the largest payoff advantage.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, over, fix, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    common: dict[str, Any] = {
        "values": assignments(set_),
        "scenario": scenario,
        "seed": seed,
        "over": distributions(over),
        "fixed": fix or [],
        "spread": spread,
        "start": start_in(game, from_),
    }
    if measure.strip() in ("outcome", "fate"):
        if second:
            raise InputError(
                "U901",
                "--second goes with indices; outcome alone draws a fan chart",
                hint="as in --measure outcome:E1 --second",
            )
        with progress_of("fan chart") as advance:
            chart = separatrix.fan_chart(
                game, until=until, samples=4_000 if samples is None else samples, advance=advance, **common
            )
        _show_fan(chart, chosen, out, words, printed)
        return 0
    if until is not None:
        raise InputError("U901", "--until goes with a fan chart", hint="as in --measure outcome --until 20")
    with progress_of("sensitivity") as advance:
        found = separatrix.sensitivity(
            game,
            measure,
            samples=1_024 if samples is None else samples,
            second=second,
            advance=advance,
            **common,
        )
    _show_indices(found, chosen, out, words, printed)
    return 0


def _show_indices(found: Sensitivity, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.sensitivity import sensitivity_csv, sensitivity_document

    if chosen == "csv":
        emit(sensitivity_csv(found), out)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.sobol_indices import indices_picture

        if found.first is None:
            raise InputError(
                "U902",
                "the answer is the same in all draws, and the indices are undefined: no figure",
                hint="use --format text or json, or other distributions",
            )
        emit_picture(indices_picture(found, words), chosen, out, printed)
    else:
        emit_document(sensitivity_document(found, words), chosen, out)


def _show_fan(found: FanChart, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.sensitivity import fan_csv, fan_document

    if chosen == "csv":
        emit(fan_csv(found), out)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.fan_chart import MOST_SHARES, fan_picture

        if len(found.game.shares) > MOST_SHARES:
            raise InputError(
                "U902",
                f"{len(found.game.shares)} shares; a figure has room for {MOST_SHARES}",
                hint="use --format csv or json",
            )
        emit_picture(fan_picture(found, words), chosen, out, printed)
    else:
        emit_document(fan_document(found, words), chosen, out)


def distributions(given: Sequence[str] | None) -> list[str] | dict[str, str | None] | None:
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
