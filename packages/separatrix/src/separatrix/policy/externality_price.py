"""The price of the externality: everyone is paid what its choice brings to all others.

Under it what a player earns by a change of strategy is what all earn by it together, so that the game has
welfare as its potential: along every trajectory of imitation, best response or any other dynamics in which
what earns more grows, welfare before transfers never falls.  The price needs to know payoffs, and not who
will do what.

The pure state that policy aims at.

References
----------
Sandholm, W. H. (2005), Negative externalities and evolutionary implementation, Review of Economic Studies 72,
885-915 (the price, theorem 3.1); Sandholm, W. H. (2001), Potential games with continuous player sets, Journal
of Economic Theory 97, 81-108 (welfare along trajectories).
Pigou, A. C. (1920), The Economics of Welfare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar, cast

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.observable_types import profile_label
from separatrix.errors import ComesLater, InputError, NameProblem, nearest
from separatrix.exact.rational_functions import Ring
from separatrix.expression.tree import (
    Expression,
    Name,
    add,
    derivative,
    multiply,
    names_in,
    negate,
    number,
    subtract,
)
from separatrix.game.fitness import strategy_payoffs, weights
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    Game,
    GroupForm,
    Instrument,
    PairwiseForm,
    Parameter,
    Profile,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.reader import load
from separatrix.game.values import exact, resolve
from separatrix.sentences import say

__all__ = ["PRICE", "externalities", "externality_price", "named_profile", "target_of", "welfare"]

T = TypeVar("T", bound=Form)

PRICE = "externality_price"
"""The name of the instrument, and of its level."""

MEANING = "share of the externality that each strategy pays or is paid"


def welfare(
    game: Any, sizes: Mapping[str, object] | None = None, values: Mapping[str, object] | None = None
) -> Expression:
    """Return what all earn together per unit of time, before transfers, as an expression in the shares.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
    sizes : mapping of population to number, optional
        How many it has, or how much it counts; by default 1 each.
    values : mapping, optional
        Of parameters; needed where the size of a group is one.

    Raises
    ------
    InputError
        P168 for a game with only advantages or equations; P169 for an invalid size.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> dilemma = {"payoff_matrix": [[3, 0], [5, 1]], "populations": [{"name": "P", "share": "x"}]}
    >>> to_text(welfare(dilemma))
    '3*x - x**2 + 1'
    """
    own = game if isinstance(game, Game) else load(game)
    payoffs, shares, counts = _ingredients(own, sizes, values)
    total = add(
        *(
            multiply(number(count), share, payoff)
            for count, mix, row in zip(counts, shares, payoffs, strict=True)
            for share, payoff in zip(mix, row, strict=True)
        )
    )
    return _plain(total)


def externalities(
    game: Any, sizes: Mapping[str, object] | None = None, values: Mapping[str, object] | None = None
) -> Mapping[str, Expression]:
    """Return what others gain when one plays a strategy in place of the last one, by share.

    Parameters
    ----------
    game, sizes, values
        As in `welfare`.

    Returns
    -------
    mapping of share to Expression
        For each strategy but the last of its population, in the shares and the parameters.

    Raises
    ------
    InputError
        As `welfare` does.
    ComesLater
        A501 for payoffs that have no derivative everywhere.

    References
    ----------
    Sandholm (2005), equation (4).

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> dilemma = {"payoff_matrix": [[3, 0], [5, 1]], "populations": [{"name": "P", "share": "x"}]}
    >>> {share: to_text(gain) for share, gain in externalities(dilemma).items()}
    {'x': '4 - x'}
    """
    own = game if isinstance(game, Game) else load(game)
    payoffs, shares, counts = _ingredients(own, sizes, values)
    found = {}
    for population, count in zip(own.populations, counts, strict=True):
        rows = [_others_gain(share, own, payoffs, shares, counts, count) for share in population.shares]
        if population.binary:
            found[population.share] = _plain(rows[0])
        else:
            for share, row in zip(population.shares[:-1], rows[:-1], strict=True):
                found[share] = _plain(subtract(row, rows[-1]))
    return found


def externality_price(
    game: Any, sizes: Mapping[str, object] | None = None, values: Mapping[str, object] | None = None
) -> Game:
    """Return the same game with the price of the externality among its instruments.

    Its level is the share of the externality that is paid: at 1 welfare before transfers never falls.
    Payments are relative to the last strategy of the population, which pays nothing.

    Parameters
    ----------
    game, sizes, values
        As in `welfare`.

    Returns
    -------
    Game
        With the parameters ``externality_SHARE``, 0 of themselves, in its payoffs, and the instrument
        ``externality_price`` that makes them what others gain; put it in force by
        `separatrix.with_instruments`.

    Raises
    ------
    InputError
        P168 for a game with only advantages or equations; P169 for an invalid size, and for a name that is
        already in use.
    ComesLater
        A501 for payoffs that are not differentiable everywhere.

    References
    ----------
    Sandholm (2005), section 3.

    Examples
    --------
    >>> from separatrix.game.instruments import with_instruments
    >>> dilemma = {"payoff_matrix": [[3, 0], [5, 1]], "populations": [{"name": "P", "share": "x"}]}
    >>> priced = with_instruments(externality_price(dilemma), ["externality_price"])
    >>> from separatrix.analysis.analyze import analyze
    >>> [
    ...     [p.state[0] for p in analyze(priced, {"externality_price": level}).rest_points if p.strict_nash]
    ...     for level in (0, 1)
    ... ]
    [[0.0], [1.0]]
    """
    own = game if isinstance(game, Game) else load(game)
    own = own.told_from or own
    gains = externalities(own, sizes, values)
    names = {share: f"externality_{share}" for share in gains}
    taken = {*own.parameters, *own.lets, *own.shares, *own.instruments}
    for name in (PRICE, *names.values()):
        if name in taken:
            raise InputError(
                "P169",
                say(
                    "the name `{name}`, needed for the price of the externality, is already in use",
                    name=name,
                ),
                hint=say("rename it in the game file"),
            )
    _, _, counts = _ingredients(own, sizes, values)
    level = Name(PRICE)
    paid = _plain(
        add(
            *(
                multiply(number(count), Name(share), gains[share])
                for population, count in zip(own.populations, counts, strict=True)
                for share in population.shares
                if share in gains
            )
        )
    )
    instrument = Instrument(
        PRICE,
        changes={names[share]: multiply(level, gain) for share, gain in gains.items()},
        cost={"public": multiply(level, paid), "enterprises": negate(multiply(level, paid))},
        idle=Fraction(0),
        range=(Fraction(0), Fraction(1)),
        meaning=MEANING,
    )
    parameters = {
        name: Parameter(name, Fraction(0), meaning=f"additional payment for playing the strategy of {share}")
        for share, name in names.items()
    }
    return replace(
        own,
        form=_with_transfers(own, names),
        parameters={**own.parameters, **parameters},
        instruments={**own.instruments, PRICE: instrument},
        raw={},
        told_from=None,
    )


def _ingredients(
    game: Game, sizes: Mapping[str, object] | None, values: Mapping[str, object] | None
) -> tuple[tuple[tuple[Expression, ...], ...], list[tuple[Expression, ...]], list[Fraction]]:
    """Return the payoffs of each population, the shares of its strategies, and how much it counts."""
    if isinstance(game.form, AdvantageForm | ReplicatorForm):
        raise InputError(
            "P168",
            say("the game gives advantages or equations; total earnings can only be computed from payoffs"),
            hint=say("give payoffs, a matrix or payoff functions"),
        )
    given = {} if values is None else values
    known = {name: value for name, value in resolve(game, given, None).items() if value is not None}
    payoffs = strategy_payoffs(game, known)
    counts = []
    named = {} if sizes is None else dict(sizes)
    for population in game.populations:
        count = exact(named.pop(population.name, 1), f"the size of {population.name}")
        if count <= 0:
            raise InputError(
                "P169",
                say(
                    "a size of {size} of {name}; expected more than 0", size=str(count), name=population.name
                ),
                hint=say("give how many enterprises it has"),
            )
        counts.append(count)
    for name in named:
        raise InputError(
            "P169",
            say("a size is given for `{name}`, which is not a population", name=name),
            hint=say("there are {names}", names=", ".join(p.name for p in game.populations)),
        )
    return payoffs, [weights(p) for p in game.populations], counts


def _others_gain(
    share: str,
    game: Game,
    payoffs: tuple[tuple[Expression, ...], ...],
    shares: list[tuple[Expression, ...]],
    counts: list[Fraction],
    own: Fraction,
) -> Expression:
    """Return by how much all payoffs, weighted by who earns them, rise with a share."""
    return add(
        *(
            multiply(number(count / own), mix, derivative(payoff, share))
            for count, mixes, row in zip(counts, shares, payoffs, strict=True)
            for mix, payoff in zip(mixes, row, strict=True)
        )
    )


def _plain(expression: Expression) -> Expression:
    """Return an expression as a quotient in lowest terms, where it is rational; else as it is."""
    try:
        return Ring(names_in(expression)).read(expression).expression()
    except ComesLater:
        return expression


def _with_transfers(game: Game, names: Mapping[str, str]) -> Form:
    """Return the payoffs plus the payments to each strategy."""

    def extra(population: int, strategy: int) -> Expression:
        own = game.populations[population]
        name = names.get(own.shares[strategy]) if strategy < len(own.shares) else None
        return number(0) if name is None else Name(name)

    if isinstance(game.form, FunctionForm):
        moving = game.form.table
        return FunctionForm(
            tuple(
                tuple(add(e, extra(p, a)) for a, e in enumerate(row))
                for p, row in enumerate(game.form.payoffs)
            ),
            None if moving is None else _table_with(moving, extra),
        )
    return _table_with(game.form, extra)


def _table_with(form: T, extra: Callable[[int, int], Expression]) -> T:
    """Return a table whose entries hold what each strategy is paid."""
    found: Form
    match form:
        case ProfileTable(pay):
            found = ProfileTable(
                {
                    profile: tuple(add(e, extra(p, profile[p])) for p, e in enumerate(row))
                    for profile, row in pay.items()
                }
            )
        case SelfMatrix(rows):
            found = SelfMatrix(tuple(tuple(add(e, extra(0, a)) for e in row) for a, row in enumerate(rows)))
        case PairwiseForm(matrices):
            first = {i: min(j for k, j in matrices if k == i) for i, _ in matrices}
            found = PairwiseForm(
                {
                    (i, j): tuple(
                        tuple(add(e, extra(i, a)) if first[i] == j else e for e in row)
                        for a, row in enumerate(rows)
                    )
                    for (i, j), rows in matrices.items()
                }
            )
        case GroupForm(size, payoffs):
            found = GroupForm(size, tuple(add(e, extra(0, a)) for a, e in enumerate(payoffs)))
        case _:
            found = form
    return cast(T, found)


def named_profile(game: Game, profile: Profile) -> str:
    """Return what all of each population play, by the names of the strategies.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> named_profile(load("shi-chen-2018"), (0, 1))
    'cooperate · decline'
    """
    return " · ".join(p.strategies[a].name for p, a in zip(game.populations, profile, strict=True))


def target_of(game: Game, given: str | Mapping[str, str] | Sequence[str] | None = None) -> Profile:
    """Return the strategy that all of each population shall play, as indices.

    Parameters
    ----------
    game : Game
    given : str, mapping or sequence, optional
        The names of strategies, in the order of the populations or by the names of these; one name where it
        is meant for all; or the name of a state, as E4 or ``x=1,y=1``.  By default the first strategy of
        each.

    Raises
    ------
    NameProblem
        P120 for a name that is not known.
    InputError
        P121 where not every population has a strategy.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> target_of(game), target_of(game, "E4"), target_of(game, "x=1,y=0"), target_of(game, "decline")
    ((0, 0), (0, 0), (0, 1), (1, 1))
    """
    if given is None:
        return (0,) * len(game.populations)
    parts: list[str]
    if isinstance(given, str):
        known = _named_states(game)
        if given in known:
            return known[given]
        parts = [part.strip() for part in given.split(",")]
        if len(parts) == 1:
            parts *= len(game.populations)
    elif isinstance(given, Mapping):
        parts = [str(given[p.name]) for p in game.populations if p.name in given]
    else:
        parts = [str(part) for part in given]
    if len(parts) != len(game.populations):
        raise InputError(
            "P121",
            say(
                "the target gives strategies for {given} of {count} populations",
                given=len(parts),
                count=len(game.populations),
            ),
            hint=say(
                "give one strategy for each of {populations}, in this order, or the name of a pure state",
                populations=", ".join(p.name for p in game.populations),
            ),
        )
    return tuple(_strategy(game, i, name) for i, name in enumerate(parts))


def _named_states(game: Game) -> dict[str, Profile]:
    if game.space.dimension > 12:
        return {}
    ids = ids_of(game)
    return {
        name: profile
        for profile in game.profiles()
        for name in (ids.point(tuple((a,) for a in profile)), profile_label(game, profile))
        if name is not None
    }


def _strategy(game: Game, i: int, name: str) -> int:
    population = game.populations[i]
    for names in ([s.id for s in population.strategies], [s.name for s in population.strategies]):
        if name in names:
            return names.index(name)
    known = [s.name for s in population.strategies]
    close = nearest(name, known)
    raise NameProblem(
        "P120",
        say(
            "{population} has no strategy `{name}`; it has: {known}",
            population=population.name,
            name=name,
            known=", ".join(known),
        ),
        hint=say("did you mean `{close}`?", close=close)
        if close
        else say("the target is a pure state, such as E4, x=1,y=1 or one strategy for each population"),
    )
