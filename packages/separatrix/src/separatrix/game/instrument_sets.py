"""Ready-made instruments: what the four strategies of Shi and Chen (2018) do to the parameters of a game.

They are written for the six parameters of their Table 1, and fit every game that has these, also as one six
for each population (`C1A`, `C1B`), or under other names.

References
----------
Shi, L. & Chen, N. (2018). Research on innovation and development of industrial clusters under low-carbon
economy, Table 1 and section 4.

Games from matrices of numbers, as numpy and other programs hold them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import (
    Expression,
    Name,
    Product,
    Sum,
    add,
    divide,
    multiply,
    names_in,
    number,
    substitute,
    subtract,
)
from separatrix.game.formats.document import document_of, expression_cell
from separatrix.game.model import POLICY_STRATEGIES, Game
from separatrix.game.reader import load, read_document
from separatrix.game.values import exact, resolve
from separatrix.io.yaml import read_yaml
from separatrix.io.yaml_output import decimal_text, without_arrays

__all__ = [
    "InstrumentSetting",
    "ReadyInstrument",
    "SIX",
    "add_instruments",
    "fitting",
    "game_of_matrices",
    "instrument_sections",
    "ready_instruments",
]

SIX = ("pi1", "pi2", "R1", "R2", "C1", "C2")
"""The parameters of Shi and Chen (2018), Table 1."""

FILE = Path(__file__).with_name("ready_instruments.yaml")

PRICE, MONEY, SHARE = "price", "money", "share"


@dataclass(frozen=True)
class ReadyInstrument:
    """An instrument for the six parameters; `ready_instruments.yaml` documents its expressions.

    Attributes
    ----------
    name, strategy, meaning : str
    translations : mapping of a language to the meaning in it
    scale : str
        ``share``, ``money`` or ``price``: what its level is.
    changes, cost : mapping of str to Expression
    """

    name: str
    strategy: str
    meaning: str
    translations: Mapping[str, str]
    scale: str
    changes: Mapping[str, Expression]
    cost: Mapping[str, Expression]

    @property
    def needs(self) -> tuple[str, ...]:
        """Which of the six it is made of, in their order."""
        used = {
            *self.changes,
            *(n for e in (*self.changes.values(), *self.cost.values()) for n in names_in(e)),
        }
        return tuple(name for name in SIX if name in used or (name == "C1" and "gross" in used))


@dataclass(frozen=True)
class InstrumentSetting:
    """What a game's file does not state about its instruments; see `add_instruments`."""

    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sizes: tuple[Fraction, ...] = ()
    emitted: tuple[Fraction, ...] = ()
    money: Fraction = Fraction(1)
    effort: Fraction | None = None
    idle: Mapping[str, Fraction] = field(default_factory=dict)
    unit: str | None = None


@cache
def ready_instruments() -> Mapping[str, ReadyInstrument]:
    """Return the ready-made instruments by name, in the order in which they act.

    Examples
    --------
    >>> found = ready_instruments()
    >>> found["subsidy"].strategy, found["subsidy"].needs
    ('technology', ('C1',))
    """
    data, _ = read_yaml(FILE)
    return {name: _record(name, given) for name, given in data.items()}


def _record(name: str, given: Mapping[str, Any]) -> ReadyInstrument:
    strategy, meaning, scale = (given[key] for key in ("strategy", "meaning", "scale"))
    changes, cost = (
        {of: parse_expression(text) for of, text in given[key].items()} for key in ("changes", "cost")
    )
    return ReadyInstrument(name, strategy, meaning, {"zh": given["zh"]}, scale, changes, cost)


# --------------------------------------------------------------------------- adding them


def add_instruments(
    game: Game,
    names: Iterable[str] | None = None,
    *,
    roles: Mapping[str, str | Sequence[str]] | None = None,
    sizes: Sequence[object] | None = None,
    emitted: object = None,
    money: object = 1,
    unit: str | None = None,
    effort: object = None,
) -> Game:
    """Return the same game with ready-made instruments, which its file then describes.

    Parameters
    ----------
    game : Game
    names : iterable of str, optional
        Of ready-made instruments, or of strategies, for all of theirs that fit; by default all that fit.
    roles : mapping, optional
        What the game calls one of the six parameters (`SIX`): a name, or one for each population.  By default
        the same as Shi and Chen (2018), or with A, B, ... behind it for each population.
    sizes : sequence of numbers, optional
        How many enterprises each population represents in costs and emissions; by default one.
    emitted : number or sequence of numbers, optional
        Additional emissions of an enterprise that declines, per unit of time, in each population.  With them
        the game gets `emissions`, and a price on them.
    money : number
        How much of the currency of that price makes one unit of payoffs, as 10,000.
    unit : str, optional
        Of that price, as CNY/t.
    effort : number, optional
        The cost of changing a payoff by one, for an instrument that is not a mere transfer; without it such
        costs are not reported.

    Returns
    -------
    Game

    Raises
    ------
    NameProblem
        G130 for an unknown ready-made instrument or strategy.
    InputError
        G131 where the game lacks what an instrument acts on, G132 for a name that is taken, G133 for
        impossible numbers.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["b - c", "-c"], [0, 0]],
    ...         "parameters": {"b": 3, "c": 1},
    ...     }
    ... )
    >>> supported = add_instruments(game, ["subsidy"], roles={"C1": "c"})
    >>> supported.raw["instruments"]["subsidy"]["changes"]
    {'c': 'c*(1 - subsidy)'}
    """
    count = len(game.populations)
    setting = InstrumentSetting(
        {role: _one_per_population(told, count, role) for role, told in (roles or {}).items()},
        _numbers(sizes, count, "sizes", above=True) if sizes is not None else (),
        () if emitted is None else _numbers(emitted, count, "emitted"),
        _numbers(money, 1, "money", above=True)[0],
        None if effort is None else _numbers(effort, 1, "effort")[0],
        unit=unit,
    )
    document = document_of(game)
    document |= instrument_sections(game, names, setting)
    return read_document(document, game.places, origin=game.origin)


def instrument_sections(
    game: Game, names: Iterable[str] | None, setting: InstrumentSetting
) -> dict[str, Any]:
    """Return the sections of the game's file with its own instruments and the ready-made ones."""
    chosen = _chosen(game, names, setting)
    parties = _Parties(game, setting)
    top = _payoff_scale(game, parties)
    document = document_of(game)
    sections: dict[str, Any] = {
        "instruments": {
            **(document.get("instruments") or {}),
            **{one.name: _instrument_document(one, parties, top) for one in chosen},
        }
    }
    if any(setting.emitted) and game.emissions is None:
        sections["emissions"] = _cell(parties.emissions())
    translations = {code: dict(told or {}) for code, told in (document.get("translations") or {}).items()}
    for code, told in translations.items():
        own = {one.name: one.translations[code] for one in chosen if code in one.translations}
        if own:
            told["meanings"] = {**(told.get("meanings") or {}), **own}
    if translations:
        sections["translations"] = translations
    return sections


def fitting(game: Game, setting: InstrumentSetting | None = None) -> tuple[ReadyInstrument, ...]:
    """Return the ready-made instruments that a game can take, in the order in which they act.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> [one.name for one in fitting(load("shi-chen-2018-asymmetric")) if one.strategy == "understanding"]
    ['awareness', 'demonstration']
    """
    own = setting or InstrumentSetting()
    taken = {*game.parameters, *game.lets, *game.shares, *game.instruments}
    return tuple(
        one
        for one in ready_instruments().values()
        if one.name not in taken and not _lacking(game, one, own) and _effective(one, own)
    )


def _chosen(
    game: Game, names: Iterable[str] | None, setting: InstrumentSetting
) -> tuple[ReadyInstrument, ...]:
    ready, fit = ready_instruments(), fitting(game, setting)
    if names is None:
        return fit
    wanted: dict[str, ReadyInstrument] = {}
    for name in names:
        if name in POLICY_STRATEGIES:
            wanted |= {one.name: one for one in fit if one.strategy == name}
        elif name not in ready:
            close = nearest(name, [*ready, *POLICY_STRATEGIES])
            raise NameProblem(
                "G130",
                f"no ready-made instrument `{name}`",
                hint=f"did you mean `{close}`?" if close else f"there are {', '.join(ready)}",
            )
        elif ready[name] in fit:
            wanted[name] = ready[name]
        else:
            raise _misfit(game, ready[name], setting)
    return tuple(one for one in ready.values() if one.name in wanted)


def _misfit(game: Game, one: ReadyInstrument, setting: InstrumentSetting) -> InputError:
    if lacking := _lacking(game, one, setting):
        return InputError(
            "G131",
            f"`{one.name}` acts on {', '.join(lacking)} of Shi and Chen (2018), which the game does not have",
            hint=f"say what the game calls it, as in {lacking[0]}=NAME",
        )
    if not _effective(one, setting):
        return InputError(
            "G131",
            f"`{one.name}` is a price on the emissions of declining, which are not given",
            hint="give the additional emissions of an enterprise that declines",
        )
    return InputError(
        "G132",
        f"the game has a parameter, a shorthand, a share or an instrument called `{one.name}`",
        hint="call that something else, or describe the instrument in the game file under another name",
    )


def _lacking(game: Game, one: ReadyInstrument, setting: InstrumentSetting) -> tuple[str, ...]:
    return tuple(
        role
        for role in one.needs
        if any(_name_of(game, role, k, setting) is None for k in range(len(game.populations)))
    )


def _effective(one: ReadyInstrument, setting: InstrumentSetting) -> bool:
    return one.scale != PRICE or any(setting.emitted)


def _name_of(game: Game, role: str, population: int, setting: InstrumentSetting) -> str | None:
    """Return what the game calls one of the six of a population; None where it has none."""
    if role in setting.roles:
        given = setting.roles[role][population]
        return given if given in game.parameters else None
    return next((name for name in (role, role + chr(ord("A") + population)) if name in game.parameters), None)


# --------------------------------------------------------------------------- what stands in the file


class _Parties:
    """The populations of a game, as ready-made instruments see them."""

    def __init__(self, game: Game, setting: InstrumentSetting) -> None:
        count = len(game.populations)
        self.game, self.setting = game, setting
        self.sizes = setting.sizes or (Fraction(1),) * count
        self.emitted = setting.emitted or (Fraction(0),) * count
        self.shares = tuple(Name(p.shares[0]) for p in game.populations)
        self.mean = divide(add(*self.shares), number(count))

    def names(self, population: int) -> dict[str, Name]:
        found = {role: _name_of(self.game, role, population, self.setting) for role in SIX}
        return {role: Name(name) for role, name in found.items() if name is not None}

    def meanings(self, one: ReadyInstrument, population: int) -> dict[str, Expression]:
        """Return what the names in the expressions of an instrument mean for a population."""
        idle = self.setting.idle.get(one.name, Fraction(0))
        names = self.names(population)
        meant: dict[str, Expression] = {
            **names,
            "mean": self.mean,
            "above": subtract(Name(one.name), number(idle)) if idle else Name(one.name),
            "rate": number(self.emitted[population] / self.setting.money),
        }
        if "C1" in names:
            meant["gross"] = divide(names["C1"], number(1 - idle))
        if self.setting.effort is not None:
            meant["effort"] = number(self.setting.effort)
        return meant

    def counts(self, populations: Sequence[int]) -> dict[str, Expression]:
        """Return how many of some populations cooperate, how many do not, how many there are."""
        sizes = [self.sizes[k] for k in populations]
        parties = sum(sizes)
        # Where all are of one size, it stands before the bracket: 3*(2 - x - y).
        common = sizes[0] if len(set(sizes)) == 1 else Fraction(1)
        acting = add(*(multiply(number(self.sizes[k] / common), self.shares[k]) for k in populations))
        return {
            "acting": multiply(number(common), acting),
            "waiting": multiply(number(common), subtract(number(parties / common), acting)),
            "parties": number(parties),
        }

    def alike(self, one: ReadyInstrument) -> list[list[int]]:
        """Return the populations, those together for which the instrument means the same."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for k in range(len(self.shares)):
            used = self.meanings(one, k)
            groups.setdefault(tuple(sorted((n, expression_cell(e)) for n, e in used.items())), []).append(k)
        return list(groups.values())

    def emissions(self) -> Expression:
        amounts = {n: [k for k, m in enumerate(self.emitted) if m == n] for n in self.emitted if n}
        return add(*(multiply(number(n), self.counts(who)["waiting"]) for n, who in amounts.items()))


def _instrument_document(one: ReadyInstrument, parties: _Parties, top: Fraction | None) -> dict[str, Any]:
    idle = parties.setting.idle.get(one.name, Fraction(0))
    changes: dict[str, Any] = {}
    for k in range(len(parties.shares)):
        names, meant = parties.names(k), parties.meanings(one, k)
        for role, change in one.changes.items():
            changes[names[role].name] = _cell(_folded(substitute(change, meant)))
    cost = {}
    for payer, expression in one.cost.items():
        if "effort" in names_in(expression) and parties.setting.effort is None:
            continue
        cost[payer] = _cell(
            add(
                *(
                    _folded(
                        substitute(expression, {**parties.meanings(one, group[0]), **parties.counts(group)})
                    )
                    for group in parties.alike(one)
                )
            )
        )
    written = {
        "meaning": one.meaning,
        "unit": parties.setting.unit if one.scale == PRICE else None,
        "strategy": one.strategy,
        "range": _range(one, idle, parties, top),
        "idle": idle or None,
        "changes": changes,
        "cost": cost or None,
    }
    return {key: value for key, value in written.items() if value is not None}


def _cell(expression: Expression) -> Any:
    """Return an expression as a file holds it, fractions in front and in brackets as decimal numbers."""
    text = expression_cell(expression)
    if not isinstance(text, str):
        return text
    return re.sub(r"(?<![\w.)/^])\d+/\d+(?=\*)|\(\d+/\d+\)", _decimal, text)


def _decimal(found: re.Match[str]) -> str:
    told = decimal_text(Fraction(found[0].strip("()")))
    return told if "/" not in told else found[0]


def _folded(expression: Expression) -> Expression:
    """Return a product or a sum with its numbers multiplied, as a person would write it."""
    match expression:
        case Product(factors):
            return multiply(*(_folded(f) for f in factors))
        case Sum(terms):
            return add(*(_folded(t) for t in terms))
        case _:
            return expression


def _range(
    one: ReadyInstrument, idle: Fraction, parties: _Parties, top: Fraction | None
) -> list[Fraction] | None:
    if one.scale == SHARE:
        return [Fraction(0), Fraction(1)]
    if top is None:
        return None
    if one.scale == MONEY:
        return [Fraction(0), top]
    dearest = min(amount for amount in parties.emitted if amount) / parties.setting.money
    return [Fraction(0), _rounded_up(idle + top / dearest)]


def _payoff_scale(game: Game, parties: _Parties) -> Fraction | None:
    """Return about what the payoffs of one party differ by; None without values."""
    values = {name: value for name, value in resolve(game).items() if value is not None}
    net = [parse_expression(text) for text in ("pi1 - C1", "R1 - C1", "R2 - C2", "pi2 - C2")]
    spreads = []
    for k in range(len(game.populations)):
        names = parties.names(k)
        known = {role: values[name.name] for role, name in names.items() if name.name in values}
        if len(known) < len(SIX):
            return None
        payoffs = [evaluate(expression, known) for expression in net]
        spreads.append(max(payoffs) - min(payoffs))
    widest = max(spreads)
    return _rounded_up(widest) if widest > 0 else None


def _rounded_up(value: Fraction) -> Fraction:
    """Return the next of 1, 2, 5, 10, 20, ... that is no less.

    Examples
    --------
    >>> _rounded_up(Fraction(7)), _rounded_up(Fraction(3, 20))
    (Fraction(10, 1), Fraction(1, 5))
    """
    power = Fraction(1)
    while power > value:
        power /= 10
    while power * 10 < value:
        power *= 10
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)


def _one_per_population(told: str | Sequence[str], count: int, role: str) -> tuple[str, ...]:
    if role not in SIX:
        close = nearest(role, SIX)
        raise InputError(
            "G131",
            f"`{role}` is none of the six parameters {', '.join(SIX)}",
            hint=f"did you mean `{close}`?" if close else None,
        )
    names = (told,) * count if isinstance(told, str) else tuple(told)
    if len(names) != count:
        raise InputError("G133", f"`{role}` has {len(names)} names, and the game {count} populations")
    return names


def _numbers(told: object, count: int, what: str, *, above: bool = False) -> tuple[Fraction, ...]:
    if isinstance(told, Sequence) and not isinstance(told, str):
        found = tuple(exact(one, what) for one in told)
    else:
        found = (exact(told, what),) * count
    if len(found) != count or any(n < 0 or (above and not n) for n in found):
        raise InputError(
            "G133",
            f"`{what}` is {told}",
            hint=f"{'numbers above 0' if above else 'numbers from 0 on'} were expected, one or {count}",
        )
    return found


def game_of_matrices(
    first: Any,
    second: Any = None,
    *,
    title: str | None = None,
    populations: Sequence[str] | None = None,
    strategies: Sequence[Any] | None = None,
) -> Game:
    """Return the game of one population that plays itself, or of two populations.

    The parameters are those of `separatrix.Game.from_matrices`.

    Raises
    ------
    InputError
        G119 for an invalid matrix, or for two of different shapes; V301 for a value that is not a finite
        number.
    """
    rows = _rows(first, "the first matrix")
    content: dict[str, Any] = {} if title is None else {"title": title}
    if second is None:
        if any(len(row) != len(rows) for row in rows):
            raise InputError(
                "G119",
                f"one population plays itself by a square matrix; found {len(rows)} × {len(rows[0])}",
                hint="give two matrices for two populations",
            )
        content["payoff_matrix"] = rows
        sizes = [len(rows)]
    else:
        others = _rows(second, "the second matrix")
        shapes = (len(rows), len(rows[0])), (len(others), len(others[0]))
        if shapes[0] != shapes[1]:
            told = " and ".join(f"{a} × {b}" for a, b in shapes)
            raise InputError(
                "G119",
                f"matrices of {told}; both have a row for each strategy of the first population and a column "
                "for each of the second",
                hint="transpose the second one, if its rows are the second population's strategies",
            )
        content["bimatrix"] = [
            [list(pair) for pair in zip(row, other, strict=True)]
            for row, other in zip(rows, others, strict=True)
        ]
        sizes = list(shapes[0])
    if populations is not None or strategies is not None or max(sizes) > 2 or min(sizes) < 2:
        content["populations"] = _populations(sizes, populations, strategies)
    return load(content)


def _rows(given: Any, what: str) -> list[list[Any]]:
    plain = without_arrays(given)
    rows = [list(row) for row in plain] if _is_matrix(plain) else []
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise InputError("G119", f"{what} is not a matrix of numbers: rows of the same length were expected")
    return rows


def _is_matrix(plain: Any) -> bool:
    return isinstance(plain, list | tuple) and all(isinstance(row, list | tuple) for row in plain)


def _populations(
    sizes: Sequence[int], names: Sequence[str] | None, strategies: Sequence[Any] | None
) -> list[Mapping[str, Any]]:
    usual = ["population"] if len(sizes) == 1 else [f"population {k + 1}" for k in range(len(sizes))]
    told = list(names or usual)
    own = list(strategies or [])
    if len(sizes) == 1 and own and all(isinstance(name, str) for name in own):
        own = [own]
    if len(told) != len(sizes) or (own and [len(part) for part in own] != list(sizes)):
        raise InputError(
            "G119",
            f"names for {len(told)} populations with {[len(part) for part in own] or 'no'} strategies do not "
            f"fit matrices for {list(sizes)}",
        )
    return [
        {
            "name": name,
            "share": share,
            "strategies": own[k] if own else [str(a + 1) for a in range(sizes[k])],
        }
        for k, (name, share) in enumerate(zip(told, "xy", strict=False))
    ]
