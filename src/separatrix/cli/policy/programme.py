"""``separatrix programme``: the cheapest levels at which instruments do what is asked."""

from __future__ import annotations

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
    game_of,
    named_values,
    start_in,
)
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, guard_source
from separatrix.errors import InputError
from separatrix.present.writers.registry import FORMATS
from separatrix.sentence import say

if TYPE_CHECKING:
    from separatrix.game.model import Game
    from separatrix.policy.finite_programmes.level_costs import LevelCosts

__all__ = ["programme"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md"]
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
    reach: str = "0.95",
    emissions_path: str | None = None,
    safety: str = "0.01",
    size: Annotated[str | None, Parameter(name=["--size", "-N"])] = None,
    frequency: float | None = None,
    beta: str = "1",
    temporary: Flag = False,
    hold: str | None = None,
    discount: str = "0",
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Tell the cheapest levels at which instruments, kept for ever, make a pure state last.

    The exit code is 1 if no levels do what is asked, or none were found; the answer then says which condition
    fails, and by how much.

    Parameters
    ----------
    target : str
        What all of each population shall play: STRATEGY,... in the order of the populations, one for all, or
        the name of a state, such as E4 or x=1,y=1; by default the first strategies.
    instrument : list of str
        NAME: may be used; may be given several times; by default all of the game file.
    require : list of str
        Beyond a target that lasts: only-stable (no other pure state lasts), selected (finite populations are
        found there under noise), basin (today's state goes there), only-outcome (every trajectory from inside
        goes there).  May be given several times.
    payer : str
        Whose cost is made least, per unit of time at the target: public, enterprises or together.
    budget : list of str
        AMOUNT, or PAYER=AMOUNT: the most that may be paid per unit of time.
    emissions : str
        The most that may be emitted per unit of time at the target.
    level : list of str
        NAME=LOW:HIGH: levels that are allowed, within the range of the instrument; either end may be empty.
    margin : str
        By how much the programme clears each condition, in the unit of payoffs; by default 1 % of what is to
        be moved.
    by : str
        A date, in the unit of time of the game, by which today's state is to be near the target.
    reach : str
        With --by, how near: the share of each population that plays the target's strategy then.
    emissions_path : str
        TIME=AMOUNT,...: what may be emitted per unit of time on the way from today, linear between.
    safety : str
        With basin, --by or --emissions-path: the programme works where the share of the target's strategy is
        so much smaller than it is thought, too.
    size : str
        With selected or --frequency, members of the population, 100 by default; N,M,... of several ones.
    frequency : float
        In a finite population that imitates, in place of all else: the level of one instrument with which
        all play the target's strategy so often in the long run, at the least cost until all play the same.
    beta : str
        With --frequency, the intensity of selection.
    temporary : bool
        How strong and how long, then switched off: the cheapest programme after which the target comes about
        by itself.  --margin is then a distance in shares beyond the basin boundary, 0.01 by default, and --by
        the latest end of support.
    hold : str
        With --temporary: NAME=LEVEL,..., levels that are held; only how long they must last is asked.
    discount : str
        With --temporary and --by: the rate per unit of time at which later costs count less.
    """
    from separatrix.game.values import exact
    from separatrix.policy.permanent_programme.programme import permanent_programme
    from separatrix.policy.temporary_programme.programme import MARGIN, temporary_programme
    from separatrix.present.documents.policy.programme import programme_csv, programme_document
    from separatrix.present.documents.policy.temporary_programme import temporary_csv, temporary_document
    from separatrix.present.languages import language_of

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    guard_source(out, model)
    FORMATS[chosen].require()
    game = game_of(model, lang)
    if frequency is not None:
        for name, given in (
            ("require", require),
            ("budget", budget),
            ("emissions", emissions),
            ("margin", margin),
            ("by", by),
            ("emissions-path", emissions_path),
            ("from", from_),
        ):
            if given is not None:
                raise InputError(
                    "U901",
                    say("--{name} is not for a programme in a finite population", name=name),
                    hint=say("leave it out, or leave --frequency out"),
                )
        costs = _level_costs(
            game,
            target,
            instrument,
            level,
            wished=frequency,
            beta=beta,
            population_size=100 if size is None else size,
            payer=payer,
            values=assignments(set_),
            scenario=scenario,
        )
        from separatrix.present.documents.policy.level_costs import level_costs_csv, level_costs_document

        if chosen == "json":
            emit_json(costs.to_dict(), out)
        elif chosen == "csv":
            emit_csv(level_costs_csv(costs), out, words)
        else:
            emit_document(level_costs_document(costs, words), chosen, out, stem="programme")
        return 1 if costs.verdict == "unreachable" else 0
    if temporary or hold is not None:
        asked = {
            "--require": require,
            "--budget": budget,
            "--emissions": emissions,
            "--emissions-path": emissions_path,
            "--size": size,
        }
        foreign = [name for name, given in asked.items() if given]
        if foreign:
            raise InputError(
                "U901",
                say("{name} is of permanent programmes", name=foreign[0]),
                hint=say("leave it out, or --temporary"),
            )
        brief = temporary_programme(
            game,
            instrument,
            target,
            start=start_in(game, from_),
            values=assignments(set_),
            scenario=scenario,
            held=None if hold is None else named_values(hold.split(","), "--hold", "subsidy=0.5"),
            limits=_limits(level),
            payer=payer,
            margin=MARGIN if margin is None else float(exact(margin, "--margin")),
            horizon=None if by is None else float(exact(by, "--by")),
            discount=float(exact(discount, "--discount")),
        )
        if chosen == "json":
            emit_json(brief.to_dict(), out)
        elif chosen == "csv":
            emit_csv(temporary_csv(brief), out, words)
        else:
            emit_document(temporary_document(brief, words), chosen, out, stem="programme")
        return 1 if brief.answer in ("unreachable", "not lasting") else 0
    found = permanent_programme(
        game,
        target,
        instrument,
        assignments(set_),
        scenario,
        require=tuple(require or ()),
        payer=payer,
        budget=_budget(budget, payer),
        emissions=emissions,
        limits=_limits(level),
        margin=margin,
        population_size=_sizes(size),
        start=start_in(game, from_),
        safety=safety,
        by=by,
        reach=reach,
        emissions_path=_path(emissions_path),
    )
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(programme_csv(found), out, words)
    else:
        emit_document(programme_document(found, words), chosen, out, stem="programme")
    return 1 if found.verdict in ("unreachable", "undecided") else 0


def _level_costs(
    game: Game, target: str | None, instrument: list[str] | None, level: list[str] | None, **told: Any
) -> LevelCosts:
    """Return what the levels of one instrument cost in a finite population."""
    from separatrix.policy.finite_programmes.level_costs import level_costs
    from separatrix.policy.target import target_of

    names = instrument or list(game.instruments)
    if len(names) != 1:
        raise InputError(
            "U901",
            say("a programme for a finite population takes one instrument"),
            hint=say("give --instrument NAME; the game has: {names}", names=", ".join(game.instruments)),
        )
    strategy = game.populations[0].strategies[target_of(game, target)[0]].id
    limits = _limits(level).get(names[0])
    return level_costs(game, names[0], strategy=strategy, limits=limits, **told)


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
