"""``separatrix programme``: the cheapest levels of instruments that reach a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    assignments,
    chosen_instruments,
    game_of,
    named_values,
    start_in,
)
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, emit_picture, guard_source
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS

if TYPE_CHECKING:
    from separatrix.document.tree import Document, Draw
    from separatrix.game.model import Game
    from separatrix.languages import Language
    from separatrix.policy.temporary.results import TemporaryProgramme

__all__ = ["programme"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]
FIGURES = ("svg", "png")
Requirement = Literal["only-stable", "selected", "basin", "only-outcome"]
Several = Annotated[list[str] | None, Parameter(negative="")]


def programme(
    model: Model,
    /,
    *,
    target: str | None = None,
    instrument: Several = None,
    require: Annotated[list[Requirement] | None, Parameter(negative="")] = None,
    payer: Literal["public", "enterprises", "together"] = "public",
    budget: Several = None,
    emissions: str | None = None,
    level: Several = None,
    margin: str | None = None,
    from_: From = None,
    by: str | None = None,
    reach: str | None = None,
    emissions_path: str | None = None,
    safety: str | None = None,
    size: Annotated[str | None, Parameter(name=["--size", "-N"])] = None,
    frequency: float | None = None,
    beta: str | None = None,
    temporary: Flag = False,
    hold: str | None = None,
    discount: str | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the cheapest permanent or temporary policy that reaches and stabilizes a target state.

    The exit code is 1 if no policy meets the requirements or none was found; the answer then names the
    condition that fails, and by how much.

    Parameters
    ----------
    target : str
        The target state: STRATEGY,... in the order of the populations, one strategy for all, or the name
        of a state, such as E4 or x=1,y=1; by default the first strategies.
    instrument : list of str
        NAME of an instrument to use, or a strategy for all of its instruments: understanding, growth,
        park or technology; repeatable; by default all instruments of the game file.
    require : list of str
        Requirements beyond a stable target: only-stable (no other pure state is stable), selected (finite
        populations are most often there under noise), basin (today's state converges to it), only-outcome
        (every interior trajectory converges to it). Repeatable.
    payer : str
        Whose cost to minimize, per unit of time at the target: public, enterprises or together.
    budget : list of str
        AMOUNT, or PAYER=AMOUNT: the maximum cost per unit of time.
    emissions : str
        The maximum emissions per unit of time at the target.
    level : list of str
        NAME=LOW:HIGH: the allowed levels, within the range of the instrument; either end may be empty.
    margin : str
        The margin by which each condition is satisfied, in the unit of payoffs; by default 1 % of the
        required change.
    by : str
        A date, in the unit of time of the game, by which today's state must be near the target.
    reach : str
        With --by, the share of each population that must play the target's strategy by then; by default
        0.95.
    emissions_path : str
        TIME=AMOUNT,...: maximum emissions per unit of time along the way, interpolated linearly.
    safety : str
        With basin, --by or --emissions-path: the programme must also work if the share of the target's
        strategy is smaller by this amount; by default 0.01.
    size : str
        With selected or --frequency, the size of the population; by default 100; N,M,... for several
        populations.
    frequency : float
        For a finite population with imitation: find the level of one instrument at which this long-run
        frequency of the target is reached, at the least cost until fixation; replaces all other
        requirements.
    beta : str
        With --frequency, the intensity of selection; by default 1.
    temporary : bool
        Find the cheapest temporary programme after whose end the state converges to the target. --margin
        is then a distance in shares beyond the basin boundary (by default 0.01), and --by the latest end
        of support.
    hold : str
        With --temporary: NAME=LEVEL,..., fixed levels; only the duration is optimized.
    discount : str
        With --temporary and --by: the discount rate per unit of time.
    """
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    guard_source(out, model)
    FORMATS[chosen].require()
    kind = (
        "finite" if frequency is not None else "temporary" if temporary or hold is not None else "permanent"
    )
    _refuse(
        kind,
        {
            "require": require,
            "budget": budget,
            "emissions": emissions,
            "emissions-path": emissions_path,
            "margin": margin,
            "from": from_,
            "by": by,
            "reach": reach,
            "safety": safety,
            "size": size,
            "beta": beta,
            "temporary": temporary or None,
            "hold": hold,
            "discount": discount,
        },
    )
    if chosen in FIGURES and kind != "temporary":
        raise InputError(
            "U902",
            say("only a temporary programme has a figure; {format} is not available here", format=chosen),
            hint=say("give --temporary, or choose another format"),
        )
    game = game_of(model, lang, set_)
    if hold is None or instrument:  # what is held is all that is used, unless more is named
        instrument = chosen_instruments(game, instrument)
    common: dict[str, Any] = {"values": assignments(set_), "scenario": scenario, "payer": payer}
    limits, start = _limits(level), start_in(game, from_)
    told: _Told
    if frequency is not None:
        told = _in_finite_population(
            game, target, instrument, limits, wished=frequency, beta=beta or "1", size=size, **common
        )
    elif kind == "temporary":
        told = _temporary(
            game,
            target,
            instrument,
            limits,
            start,
            hold=hold,
            margin=margin,
            by=by,
            discount=discount,
            **common,
        )
    else:
        told = _permanent(
            game,
            target,
            instrument,
            limits=limits,
            start=start,
            require=tuple(require or ()),
            budget=_budget(budget, payer),
            emissions=emissions,
            margin=margin,
            population_size=_sizes(size),
            by=by,
            emissions_path=_path(emissions_path),
            **{k: v for k, v in (("reach", reach), ("safety", safety)) if v is not None},
            **common,
        )
    if chosen == "json":
        emit_json(told.answer.to_dict(), out)
    elif chosen == "csv":
        emit_csv(told.table(), out, words)
    elif chosen in FIGURES:
        emit_picture(_picture(told.answer, words), chosen, out)
    else:
        emit_document(told.document(words), chosen, out, stem="programme")
    return 1 if told.negative else 0


def _picture(found: TemporaryProgramme, words: Language) -> Draw:
    """Return the figure of a temporary programme; U902 where its game has too many shares for one."""
    from separatrix.figures.phase_portrait import why_no_figure
    from separatrix.figures.programmes import temporary_programme_picture

    if (reason := why_no_figure(found.analysis, words)) is not None:
        raise InputError("U902", reason, hint=say("choose another format"))
    return temporary_programme_picture(found, words)


@dataclass(frozen=True)
class _Told:
    """An answer, its document and table, and whether it is negative."""

    answer: Any
    document: Callable[[Language], Document]
    table: Callable[[], str]
    negative: bool


OF_KIND = {
    "permanent": {
        *(
            "require",
            "budget",
            "emissions",
            "emissions-path",
            "margin",
            "from",
            "by",
            "reach",
            "safety",
            "size",
        ),
    },
    "temporary": {"margin", "from", "by", "temporary", "hold", "discount"},
    "finite": {"size", "beta"},
}
"""Options that decide something, by the kind of programme; others are refused."""


def _refuse(kind: str, given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value is not None and name not in OF_KIND[kind]:
            why = {
                "permanent": say("--{name} has no effect on a permanent programme", name=name),
                "temporary": say("--{name} decides nothing for a temporary programme", name=name),
                "finite": say("--{name} is not for a programme in a finite population", name=name),
            }
            raise InputError(
                "U901",
                why[kind],
                hint=say(
                    "leave it out; support that ends needs --temporary, a finite population --frequency"
                ),
            )


def _permanent(
    game: Game, target: str | None, instrument: list[str] | None, *, values: Any, scenario: Any, **asked: Any
) -> _Told:
    from separatrix.policy.permanent.programme import permanent_programme
    from separatrix.reports.programmes import programme_csv, programme_document

    found = permanent_programme(game, target, instrument, values, scenario, **asked)
    return _Told(
        found,
        partial(programme_document, found),
        partial(programme_csv, found),
        found.verdict in ("unreachable", "undecided"),
    )


def _temporary(
    game: Game,
    target: str | None,
    instrument: list[str] | None,
    limits: Any,
    start: Any,
    *,
    hold: str | None,
    margin: str | None,
    by: str | None,
    discount: str | None,
    **common: Any,
) -> _Told:
    from separatrix.game.values import exact
    from separatrix.policy.temporary.programme import MARGIN, temporary_programme
    from separatrix.reports.programmes import temporary_csv, temporary_document

    found = temporary_programme(
        game,
        instrument,
        target,
        start=start,
        held=None if hold is None else named_values(hold.split(","), "--hold", "subsidy=0.5"),
        limits=limits,
        margin=MARGIN if margin is None else float(exact(margin, "--margin")),
        horizon=None if by is None else float(exact(by, "--by")),
        discount=0.0 if discount is None else float(exact(discount, "--discount")),
        **common,
    )
    return _Told(
        found,
        partial(temporary_document, found),
        partial(temporary_csv, found),
        found.answer in ("unreachable", "not lasting"),
    )


def _in_finite_population(
    game: Game,
    target: str | None,
    instrument: list[str] | None,
    limits: Mapping[str, tuple[object, object]],
    *,
    size: str | None,
    **asked: Any,
) -> _Told:
    """Return what the levels of one instrument cost in a finite population."""
    from separatrix.policy.externality_price import target_of
    from separatrix.policy.finite_costs import level_costs
    from separatrix.reports.programmes import level_costs_csv, level_costs_document

    names = instrument or list(game.instruments)
    if len(names) != 1:
        raise InputError(
            "U901",
            say("a programme for a finite population takes one instrument"),
            hint=say("give --instrument NAME; the game has: {names}", names=", ".join(game.instruments)),
        )
    found = level_costs(
        game,
        names[0],
        strategy=game.populations[0].strategies[target_of(game, target)[0]].id,
        limits=limits.get(names[0]),
        population_size=100 if size is None else size,
        **asked,
    )
    return _Told(
        found,
        partial(level_costs_document, found),
        partial(level_costs_csv, found),
        found.verdict == "unreachable",
    )


def _budget(given: list[str] | None, payer: str) -> dict[str, object] | None:
    """Return PAYER=AMOUNT pairs as a mapping; an amount alone is of the payer whose cost counts."""
    if not given:
        return None
    result: dict[str, object] = {}
    for text in given:
        who, separator, amount = (piece.strip() for piece in text.rpartition("="))
        name = who if separator else payer
        if name in result:
            raise InputError("U901", f"--budget gives {name} twice", hint="give each payer once")
        result[name] = amount
    return result


def _limits(given: list[str] | None) -> dict[str, tuple[object, object]]:
    """Return NAME=LOW:HIGH as bounds of levels."""
    result: dict[str, tuple[object, object]] = {}
    for text in given or ():
        name, separator, span = (piece.strip() for piece in text.partition("="))
        ends = [end.strip() or None for end in span.split(":")]
        if not separator or len(ends) > 2 or not any(ends):
            raise InputError(
                "U901", f"--level {text}: expected NAME=LOW:HIGH", hint="as in --level subsidy=0:0.5"
            )
        if name in result:
            raise InputError("U901", f"--level gives `{name}` twice", hint="give each instrument once")
        result[name] = (ends[0], ends[-1])
    return result


def _path(text: str | None) -> dict[str, str] | None:
    """Return TIME=AMOUNT,... as a mapping."""
    if text is None:
        return None
    pairs = named_values(text.split(","), "--emissions-path", "0=150,5=80", "time")
    return pairs


def _sizes(given: str | None) -> object:
    if given is None:
        return 100
    parts = [part.strip() for part in given.split(",")]
    return parts[0] if len(parts) == 1 else parts
