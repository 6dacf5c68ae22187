"""A calibrated game: its numbers with their basis, and the game file that all other commands read.

Which regimes a calibrated game may have: every set of stable states that its intervals leave open.

The intervals become assumptions of the game and z3 enumerates, with a proof, which sets of states can be
asymptotically stable together (`separatrix.analysis`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from separatrix.analysis.analyze import analyze, with_fixed
from separatrix.game.instrument_sets import InstrumentSetting, instrument_sections
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.io.cells import Remark
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.parameters import Estimate, PaperParameter, paper_parameters
from separatrix_cluster.calibration.players import Side
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "Calibration",
    "PAIRS",
    "PairKind",
    "PossibleRegimes",
    "STRATEGIES",
    "game_document",
    "population_names",
    "possible_regimes",
]

PairKind = Literal["representative", "leader-sme", "enterprises"]
PAIRS = get_args(PairKind)

DIGITS = 4
"""Digits behind the first of the smallest number that counts, to which a game file is rounded."""


@dataclass(frozen=True, repr=False)
class Calibration(Tabled):
    """The game of a cluster, with the basis of each of its numbers.

    Attributes
    ----------
    cluster : Cluster
    year : int or None
        Of the value added and of today's state.
    pair : str
        One of `PAIRS`.
    sides : tuple of Side
        One where both enterprises of the pair are alike, else two.
    own : tuple of Side
        One for each member with measures, where every enterprise has its own six.
    speed : Estimate or None
        Per year and unit of payoff; None where acting gains nothing, so that times are not in years.
    asked : mapping of str to str
        Values given in place of those of the tables, by the option of the command line.
    remarks : tuple of Remark
        Excluded or doubtful data.
    cautions : tuple of Sentence
        What a reader must know of the game before using it.
    """

    cluster: Cluster
    year: int | None
    pair: PairKind
    sides: tuple[Side, ...]
    speed: Estimate | None
    own: tuple[Side, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    cautions: tuple[Sentence, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of payoffs: money of the cluster a year."""
        return f"{self.cluster.description.money_unit}/a"

    @property
    def parameters(self) -> tuple[PaperParameter, ...]:
        """The six parameters of each side, as the game file has them."""
        grid = self.grid
        return tuple(p for side in self.sides for p in paper_parameters(side.components, side.suffix, grid))

    @property
    def grid(self) -> Fraction:
        """What all values of the game file are multiples of."""
        sizes = []
        for side in self.sides:
            c = side.components
            sizes += [c.v.value, c.B.value, c.F.value, c.own_cost.value, c.price_of_waiting.value]
        smallest = min((abs(size) for size in sizes if size), default=Fraction(1))
        power = 0
        while smallest >= Fraction(10) ** (power + 1):
            power += 1
        while smallest < Fraction(10) ** power:
            power -= 1
        return Fraction(10) ** (power - DIGITS)

    @property
    def game(self) -> Game:
        """The game, as its file holds it."""
        return load(game_document(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the calibration as plain data."""
        from separatrix.run.results import provenance

        return {
            "cluster": self.cluster.label,
            "year": self.year,
            "pair": self.pair,
            "asked": dict(self.asked),
            "unit": self.unit,
            "parameters": [
                {
                    "name": p.name,
                    **p.estimate.to_dict(),
                    "unit": self.unit,
                    "meaning": str(p.meaning),
                    "varying": None if p.varying is None else [float(end) for end in p.varying],
                }
                for p in self.parameters
            ],
            "sides": [
                {
                    **side.to_dict(),
                    "threshold": None
                    if side.components.threshold is None
                    else float(side.components.threshold),
                    "advantages": [float(a) for a in side.components.advantages()],
                }
                for side in self.sides
            ],
            "speed": None if self.speed is None else {**self.speed.to_dict(), "unit": f"1/(a·{self.unit})"},
            "answers_in_years": None if self.speed is None else self.speed.basis,
            "cautions": [str(c) for c in self.cautions],
            "remarks": [r.to_dict() for r in self.remarks],
            "provenance": provenance(self.cluster),
        }


STRATEGIES = ("cooperate", "decline")

LIKE = (say("Enterprise A"), say("Enterprise B"))

SPEED = "beta"

PLACES = 6
"""Significant digits of a speed or a share in a game file."""


def population_names(found: Calibration) -> tuple[Sentence, ...]:
    """Return what the two populations are called."""
    return LIKE if len(found.sides) == 1 else tuple(side.name for side in found.sides)


def game_document(found: Calibration) -> dict[str, Any]:
    """Return the game of a calibration as the document that its file holds.

    Examples
    --------
    >>> from separatrix_cluster.calibration.calibrate import calibrate
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> from separatrix.game.reader import load
    >>> game = load(game_document(calibrate(load_cluster("synthetic-park"))))
    >>> list(game.parameters), game.time_unit, game.speed_basis
    (['pi1', 'pi2', 'R1', 'R2', 'C1', 'C2', 'beta'], 'year', 'assumed')
    """
    names = [str(name) for name in population_names(found)]
    suffixes = ("", "") if len(found.sides) == 1 else ("A", "B")
    document: dict[str, Any] = {
        "format": 1,
        "title": f"Acting on carbon in {found.cluster.name}",
        "source": "Calibrated by separatrix from the tables of the cluster, in the parameters of Shi, L. and "
        "Chen, N. (2018), Table 1."
        + (
            " The cluster is made up; nothing here was measured."
            if found.cluster.description.synthetic
            else ""
        ),
        "populations": [
            {"name": name, "share": share, "strategies": list(STRATEGIES)}
            for name, share in zip(names, "xy", strict=True)
        ],
        "parameters": {p.name: _parameter(p, found) for p in found.parameters},
    }
    assumed = [f"C2{side.suffix} >= 0" for side in found.sides]
    if found.speed is not None:
        document["parameters"][SPEED] = _speed(found.speed, found.unit)
        document["speeds"] = dict.fromkeys(names, SPEED)
        document["time_unit"] = "year"
        assumed.append(f"{SPEED} > 0")
    document["assume"] = assumed
    document["payoffs"] = _payoffs(suffixes)
    today = _today(found)
    if today:
        document["today"] = {share: estimate.value for share, estimate in today.items()}
        for share, estimate in today.items():
            document["today"][share] = _shortened(estimate.value)
    document |= _instruments(found, document)
    document["calibration"] = _record(found, today)
    return document


def _instruments(found: Calibration, document: dict[str, Any]) -> dict[str, Any]:
    """Return the sections of the instruments for which the tables suffice, and of what they would avoid.

    A level is what the public bears or what a tonne costs in all, so that the idle one is that of today;
    where the sides differ today, it is what comes on top.
    """
    parts = [side.components for side in found.sides]
    exchanges = any(found.cluster.table(name) for name in ("streams", "facilities", "links"))
    chosen = {
        "carbon_price": any(c.a.value > 0 for c in parts),
        "fine": True,
        "symbiosis": exchanges,
        "subsidy": any(c.own_cost.value > 0 for c in parts),
    }
    prices, support = ({getattr(c, part).value for c in parts} for part in "ps")
    idle = {
        name: _shortened(min(today))
        for name, today in (("carbon_price", prices), ("subsidy", support))
        if len(today) == 1
    }
    several = parts * 2 if len(parts) == 1 else parts
    setting = InstrumentSetting(
        sizes=_counts(found),
        emitted=tuple(_shortened(max(c.a.value, Fraction(0))) for c in several),
        money=parts[0].money,
        idle=idle,
        unit=f"{found.cluster.description.currency}/t",
    )
    return instrument_sections(load(document), [name for name, told in chosen.items() if told], setting)


def _counts(found: Calibration) -> tuple[Fraction, ...]:
    """Return the number of enterprises with measures in each population."""
    counts = [Fraction(len(side.members)) for side in found.sides]
    return (counts[0] / 2,) * 2 if len(counts) == 1 else tuple(counts)


def _payoffs(suffixes: tuple[str, str]) -> list[dict[str, Any]]:
    a, b = suffixes
    act, wait = STRATEGIES
    return [
        {"play": [act, act], "pay": [f"pi1{a} - C1{a}", f"pi1{b} - C1{b}"]},
        {"play": [act, wait], "pay": [f"R1{a} - C1{a}", f"R2{b} - C2{b}"]},
        {"play": [wait, act], "pay": [f"R2{a} - C2{a}", f"R1{b} - C1{b}"]},
        {"play": [wait, wait], "pay": [f"pi2{a} - C2{a}", f"pi2{b} - C2{b}"]},
    ]


def _parameter(p: PaperParameter, found: Calibration) -> dict[str, Any]:
    of = p.estimate
    written: dict[str, Any] = {
        "latex": p.latex,
        "meaning": str(p.meaning),
        "value": of.value,
        "unit": found.unit,
        "basis": of.basis,
        "interval": [of.low, of.high],
        "range": _range(p, found),
        "source": _source(of),
    }
    if p.varying is not None:
        written["uncertain"] = _distribution(of, p.varying)
    return written


def _range(p: PaperParameter, found: Calibration) -> list[Fraction]:
    """Return between which values a slider goes: twice what counts, a cost from 0."""
    sizes = [found.grid]
    for side in found.sides:
        c = side.components
        sizes += [c.v.high, c.B.high, c.F.high, c.own_cost.high, c.price_of_waiting.high]
    reach = 2 * max(abs(size) for size in sizes)
    if p.name.startswith("C"):
        return [min(Fraction(0), p.estimate.value), max(reach, 2 * p.estimate.value)]
    return [p.estimate.value - reach, p.estimate.value + reach]


def _source(of: Estimate) -> str:
    return "; ".join((str(of.how), *of.sources))


def _distribution(of: Estimate, ends: tuple[Fraction, Fraction]) -> dict[str, Any]:
    """What is assumed may lie anywhere in its interval; all else is likeliest at its value."""
    low, high = ends
    if of.basis == "assumed" or not low < of.value < high:
        return {"uniform": [low, high]}
    return {"triangular": [low, of.value, high]}


def _speed(of: Estimate, unit: str) -> dict[str, Any]:
    value, low, high = (_shortened(end) for end in (of.value, of.low, of.high))
    written: dict[str, Any] = {
        "latex": r"\beta",
        "meaning": "speed at which enterprises take what pays more",
        "value": value,
        "unit": f"1/(a·{unit})",
        "basis": of.basis,
        "interval": [low, high],
        "source": _source(of),
    }
    if low < high:
        written["uncertain"] = {"loguniform": [low, high]}
    return written


def _shortened(value: Fraction) -> Fraction:
    return Fraction(f"{float(value):.{PLACES}g}")


def _today(found: Calibration) -> dict[str, Estimate]:
    sides = found.sides * 2 if len(found.sides) == 1 else found.sides
    known = {share: side.today for share, side in zip("xy", sides, strict=True) if side.today is not None}
    return known if len(known) == 2 else {}


def _record(found: Calibration, today: dict[str, Estimate]) -> dict[str, Any]:
    """Return how the numbers came about, for people and for other programs."""
    return {
        "cluster": found.cluster.name,
        "year": found.year,
        "pair": found.pair,
        "asked": dict(found.asked),
        "answers_in_years": None if found.speed is None else found.speed.basis,
        "today": {
            share: {
                "interval": [_shortened(of.low), _shortened(of.high)],
                "basis": of.basis,
                "source": _source(of),
            }
            for share, of in today.items()
        }
        or "not known",
        "components": {
            name + side.suffix: {
                "value": _shortened(of.value),
                "interval": [_shortened(of.low), _shortened(of.high)],
                "basis": of.basis,
                "source": _source(of),
            }
            for side in found.sides
            for name, of in side.components
        },
        "instruments": f"costs and emissions are those of the {sum(_counts(found))} enterprises that "
        "have measures; the emissions are those that the measures would avoid, in t CO2e a year",
        "cautions": [str(c) for c in found.cautions],
    }


BUDGET = 20.0
"""Seconds for the enumeration; it takes one or two."""


@dataclass(frozen=True)
class PossibleRegimes:
    """What can be stable within the intervals of a calibration.

    Attributes
    ----------
    now : tuple of (float, float)
        The stable states at the values: shares of both populations that act.
    possible : tuple of tuples of (float, float), or of None for a state inside
        Each set of states that can be stable together.
    complete : bool
        Whether it is proven that no others exist.
    """

    now: tuple[tuple[float, ...], ...]
    possible: tuple[tuple[tuple[float, ...] | None, ...], ...]
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "at_the_values": [list(state) for state in self.now],
            "possible": [[None if s is None else list(s) for s in states] for states in self.possible],
            "complete": self.complete,
        }


def possible_regimes(found: Calibration) -> PossibleRegimes:
    """Return which sets of states can be stable within the intervals of a calibration.

    Parameters
    ----------
    found : Calibration

    Returns
    -------
    PossibleRegimes
        States as the shares of both populations that act.

    Raises
    ------
    InputError
        As `separatrix.analyze` does.

    References
    ----------
    Ritzberger & Weibull (1995), by whom what is stable is strict Nash; see `separatrix.analyze`.

    Examples
    --------
    >>> from separatrix_cluster.calibration.calibrate import calibrate
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> regimes = possible_regimes(calibrate(load_cluster("synthetic-park")))
    >>> regimes.now, regimes.complete
    (((1.0, 1.0),), True)
    """
    document = game_document(found)
    # How fast both move decides nothing of what is stable.
    for key in ("speeds", "time_unit", "calibration", "today"):
        document.pop(key, None)
    document["parameters"] = {p.name: document["parameters"][p.name] for p in found.parameters}
    # The intervals say more than that costs are not negative; a condition of numbers alone has no interior.
    document["assume"] = []
    here: dict[str, Any] = analyze(load(document)).to_dict()
    now = tuple(
        tuple(float(v) for v in point["state"].values())
        for point in here["rest_points"]
        if point["stability"] == "asymptotically stable"
    )
    fixed = {p.name: p.estimate.value for p in found.parameters if p.varying is None}
    for p in found.parameters:
        if p.varying is not None:
            low, high = p.varying
            document["assume"] += [f"{p.name} >= {low}", f"{p.name} <= {high}"]
    if len(fixed) == len(found.parameters):
        return PossibleRegimes(now, (now,), True)
    answer: dict[str, Any] = analyze(
        with_fixed(load(document), fixed), symbolic=True, budget=BUDGET
    ).to_dict()
    possible = tuple(
        tuple(_state(state) for state in regime["stable"])
        for regime in answer["regimes"]
        if regime["generic"]
    )
    return PossibleRegimes(now, possible, answer["regimes_completeness"]["status"] == "complete")


def _state(state: dict[str, Any]) -> tuple[float, ...] | None:
    try:
        return tuple(float(v) for v in state.values())
    except ValueError:
        return None
