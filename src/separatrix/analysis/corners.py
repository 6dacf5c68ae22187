"""From a game's file to its advantages at the corners of the cube, in symbols.

The advantage of a population is the payoff of its first strategy minus that of its second.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.multilinear import Corner
from separatrix.analysis.ring import Ratio, Ring
from separatrix.errors import ComesLater
from separatrix.game.expression import Expression, Name, number, substitute, subtract
from separatrix.game.model import AdvantageForm, Game, ProfileTable, ReplicatorForm, SelfMatrix
from separatrix.game.values import evaluate_in, expand

__all__ = ["CornerTable", "corner_expressions", "corner_values", "require_analysable", "symbolic_corners"]

MAX_POPULATIONS = 3


def require_analysable(game: Game) -> None:
    """Raise `ComesLater` A502 for a game that this version reads but cannot analyse."""
    form = game.form
    if not isinstance(form, ProfileTable | SelfMatrix | AdvantageForm | ReplicatorForm):
        raise ComesLater(
            "A502",
            f"{type(form).__name__}: this form is read, and its analysis comes later",
            hint="`separatrix explain A502`",
        )
    if not game.equal_speeds:
        raise ComesLater("A502", "populations that change at different speeds: their analysis comes later")
    if len(game.populations) > MAX_POPULATIONS:
        raise ComesLater(
            "A502",
            f"{len(game.populations)} populations: games of up to {MAX_POPULATIONS} populations with two "
            "strategies each are analysed; larger ones come later",
        )
    for population in game.populations:
        if len(population.strategies) != 2:
            raise ComesLater(
                "A502",
                f"{population.name} has {len(population.strategies)} strategies: populations with two "
                "strategies are analysed; more come later",
            )


@dataclass(frozen=True)
class CornerTable:
    """Advantages at the corners, as quotients in the parameters.

    ``corners[i]`` maps the shares (0 or 1) of the other populations to f_i there.  For one population
    against itself the single entry maps its *own* share.
    """

    ring: Ring
    corners: tuple[Mapping[Corner, Ratio], ...]
    poles: tuple[fmpq_mpoly, ...] = ()
    """Denominators in the payoffs: where one vanishes there is no game."""


def corner_expressions(game: Game) -> tuple[dict[Corner, tuple[Expression, Expression]], ...]:
    """Return, for a game with a payoff table, the payoffs of both strategies at every corner."""
    form = game.form
    if isinstance(form, SelfMatrix):
        # Column 0 is met where everyone plays the first strategy: share 1.
        return ({(1 - j,): (form.rows[0][j], form.rows[1][j]) for j in (0, 1)},)
    assert isinstance(form, ProfileTable)
    n = len(game.populations)
    result = []
    for i in range(n):
        table: dict[Corner, tuple[Expression, Expression]] = {}
        for corner in itertools.product((0, 1), repeat=n - 1):
            others = [1 - share for share in corner]
            first, second = ((*others[:i], own, *others[i:]) for own in (0, 1))
            table[corner] = (form.pay[first][i], form.pay[second][i])
        result.append(table)
    return tuple(result)


def corner_values(game: Game, values: Mapping[str, Fraction]) -> tuple[dict[Corner, Fraction], ...]:
    """Return the advantages at the corners as exact numbers.

    Raises
    ------
    InputError
        S003, S004 where a payoff divides by zero or is not rational at these values.
    """
    if isinstance(game.form, ProfileTable | SelfMatrix):
        return tuple(
            {
                c: evaluate_in(game, what, first, values) - evaluate_in(game, what, second, values)
                for c, (first, second) in table.items()
            }
            for what, table in zip(
                (f"a payoff of {p.name}" for p in game.populations), corner_expressions(game), strict=True
            )
        )
    result = []
    for i, expression in enumerate(_advantage_expressions(game)):
        table = {}
        for corner in itertools.product((0, 1), repeat=len(_variables(game, i))):
            at = dict(zip(_variables(game, i), (Fraction(c) for c in corner), strict=True))
            here = {**values, **_own(game, i, at), **at}
            table[corner] = evaluate_in(game, f"the formula of {game.shares[i]}", expression, here)
        result.append(table)
    return tuple(result)


def _own(game: Game, i: int, at: Mapping[str, Fraction]) -> dict[str, Fraction]:
    # Any own share strictly inside will do: an analysable advantage does not depend on it.
    share = game.shares[i]
    return {} if share in at else {share: Fraction(1, 2)}


def _variables(game: Game, i: int) -> list[str]:
    """The shares that the advantage of population i may depend on."""
    if game.plays_itself:
        return list(game.shares)
    return [s for k, s in enumerate(game.shares) if k != i]


def _advantage_expressions(game: Game) -> list[Expression]:
    form = game.form
    assert isinstance(form, AdvantageForm | ReplicatorForm)
    if isinstance(form, AdvantageForm):
        return [form.by_share[s] for s in game.shares]
    from separatrix.game.expression import divide, multiply

    return [divide(form.by_share[s], multiply(Name(s), subtract(number(1), Name(s)))) for s in game.shares]


def symbolic_corners(game: Game) -> CornerTable:
    """Return the advantages at the corners in symbols.

    Raises
    ------
    ComesLater
        A501 for payoffs that are not rational in the parameters, A503 for advantages or equations that
        are not multilinear in the shares or depend on the own share.
    """
    require_analysable(game)
    ring = Ring(game.parameters)
    if isinstance(game.form, ProfileTable | SelfMatrix):
        known: dict[str, Ratio] = {}
        for name, meaning in game.lets.items():
            known[name] = ring.read(meaning, known)
        payoffs = [
            {c: (ring.read(first, known), ring.read(second, known)) for c, (first, second) in table.items()}
            for table in corner_expressions(game)
        ]
        corners = tuple({c: first - second for c, (first, second) in table.items()} for table in payoffs)
        every = [*known.values(), *(v for table in payoffs for pair in table.values() for v in pair)]
        return CornerTable(ring, corners, _poles(every))
    formulas = tuple(_from_formula(game, ring, i) for i in range(len(game.shares)))
    return CornerTable(ring, formulas, _poles(v for table in formulas for v in table.values()))


def _poles(values: Iterable[Ratio]) -> tuple[fmpq_mpoly, ...]:
    """The denominators that are no constants, each once."""
    found = {str(v.denominator): v.denominator for v in values if not v.denominator.is_constant()}
    return tuple(found.values())


def _from_formula(game: Game, ring: Ring, i: int) -> dict[Corner, Ratio]:
    """Read an advantage or an equation, and make sure that its corners say everything about it."""
    share = game.shares[i]
    wide = Ring((*game.shares, *game.parameters))
    expression = expand(game, _advantage_expressions(game)[i])
    formula = wide.read(expression)
    variables = _variables(game, i)
    kind = "equation" if isinstance(game.form, ReplicatorForm) else "advantage"
    below = formula.denominator.degrees()[: len(game.shares)]
    if any(below):
        inner = "is not x(1-x) times a polynomial" if kind == "equation" else "has shares in a denominator"
        raise ComesLater(
            "A503", f"the {kind} of {share} {inner}: such dynamics are read, and their analysis comes later"
        )
    for name, degree in zip(game.shares, formula.numerator.degrees(), strict=False):
        allowed = 1 if name in variables else 0
        if degree > allowed:
            what = "depends on its own share" if allowed == 0 else f"is not linear in {name}"
            raise ComesLater(
                "A503", f"the {kind} of {share} {what}: such payoffs are read, and their analysis comes later"
            )
    table: dict[Corner, Ratio] = {}
    for corner in itertools.product((0, 1), repeat=len(variables)):
        at: dict[str, Expression] = {v: number(c) for v, c in zip(variables, corner, strict=True)}
        if kind == "equation":
            # The quotient by x(1-x) was found to be a polynomial without x: any inner value serves.
            at.setdefault(share, number(Fraction(1, 2)))
        table[corner] = ring.read(substitute(expression, at))
    return table
