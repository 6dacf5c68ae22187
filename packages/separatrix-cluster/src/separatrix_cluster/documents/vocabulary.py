"""Numbers, places and names of clusters in words.

Money as people write it: in the scale that reads best, with its currency, and costs per tonne.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from separatrix.document.numerals import percent
from separatrix.io.cells import Remark, located
from separatrix.languages import CarbonScale, Language
from separatrix.languages.number_text import digits_outward, outward, rounded
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.tables.carriers import carrier_name
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.layout import layouts
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "CarbonUnit",
    "MoneyUnit",
    "amount",
    "amount_end",
    "carbon_by_source",
    "carbon_unit",
    "column_called",
    "cost_per_tonne",
    "credit",
    "difficulty_name",
    "driver_name",
    "factor_shown",
    "indicator_interval",
    "indicator_value",
    "kind_name",
    "money",
    "money_unit",
    "place_of",
    "quantity_name",
    "score_ends",
    "scores_between",
    "sector_name",
    "sector_title",
    "share",
    "share_end",
    "shares_between",
    "signed_percent",
    "signed_percents_between",
    "size_name",
    "span",
    "tonnes",
    "tonnes_apart",
    "tonnes_between",
]

NBSP = "\u00a0"
"""Between a number and its unit, and inside a range: a line never breaks there."""

MANIFOLD = 10.0
"""From this relative change on, tenths of a percentage say nothing."""


_ALL_DIGITS = 1e15
"""From this size on the last digits of a float are not significant."""


def amount(value: float | None, digits: int = 3) -> str:
    """Return an amount with few digits and thousands set apart.

    Examples
    --------
    >>> amount(21675888.0), amount(0.01234567), amount(12.0), amount(None), amount(1e200)
    ('21,675,888', '0.0123', '12', '–', '1e200')
    """
    if value is None or value != value:
        return "–"
    if abs(value) >= _ALL_DIGITS:
        return f"{value:.{digits}g}".replace("e+", "e").replace("-", "−")
    if abs(value) >= 100:
        return f"{value:,.0f}".replace("-", "−")
    return rounded(value, digits)


def amount_end(value: float, *, up: bool) -> str:
    """Return the end of an interval as `amount` shows it.

    Examples
    --------
    >>> amount_end(2.4741, up=True), amount_end(156.6, up=False)
    ('2.48', '156')
    """
    return amount(outward(value, 0, up=up) if abs(value) >= 100 else digits_outward(value, 3, up=up))


def share_end(value: float, *, up: bool) -> str:
    """Return the end of an interval as `share` shows it.

    Examples
    --------
    >>> [share_end(v, up=up).replace(NBSP, " ") for v, up in ((0.434, True), (0.0556, False))]
    ['44 %', '5.5 %']
    """
    return share(outward(value, 3 if 0 < value < 0.1 else 2, up=up))


def shares_between(low: float, high: float) -> str:
    """Return a range of shares; one where it has no width."""
    if math.isclose(low, high):
        return share(low)
    return span(share_end(low, up=False), share_end(high, up=True))


def scores_between(low: float, high: float) -> str:
    """Return a range of scores; one where it has no width."""
    if math.isclose(low, high):
        return f"{low:.2f}"
    return span(*score_ends(low, high))


def score_ends(low: float, high: float) -> tuple[str, str]:
    """Return the ends of a range of scores, rounded outwards.

    Examples
    --------
    >>> score_ends(0.4762, 0.5981)
    ('0.47', '0.60')
    """
    return f"{outward(low, 2, up=False):.2f}", f"{outward(high, 2, up=True):.2f}"


def signed_percents_between(low: float, high: float) -> tuple[str, str]:
    """Return the ends of a range of relative changes, with their signs."""
    if math.isclose(low, high):
        return signed_percent(low), signed_percent(low)
    places = [2 if abs(end) >= MANIFOLD else 3 for end in (low, high)]
    return signed_percent(outward(low, places[0], up=False)), signed_percent(
        outward(high, places[1], up=True)
    )


def span(low: str, high: str) -> str:
    """Return a range from what its ends look like; one of them where both look alike."""
    return low if low == high else f"{low}{NBSP}–{NBSP}{high}"


def share(value: float | None) -> str:
    """Return a share as a percentage without unnecessary decimals; outside 0 to 1 unchanged.

    Examples
    --------
    >>> [share(v).replace(NBSP, " ") for v in (0.5, 0.055, -11.1, 11.54)]
    ['50 %', '5.5 %', '−1,110 %', '1,154 %']
    """
    if value is None or value != value:
        return "–"
    if not -5e-3 < value < 1.005:
        return f"{100 * value:,.0f}{NBSP}%".replace("-", "−")
    return percent(value, 1 if 0 < value < 0.1 else 0).replace(" ", NBSP)


def tonnes(value: float, words: Language) -> str:
    """Return t CO2e as a sentence has it, in the unit that reads best.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> en, zh = language_of("en"), language_of("zh")
    >>> [tonnes(v, en).replace(NBSP, " ") for v in (21_675_888.0, 934_090.0, 812.4)]
    ['21.68 Mt', '934.1 kt', '812 t']
    >>> [tonnes(v, zh).replace(NBSP, " ") for v in (21_675_888.0, 934_090.0, 812.4)]
    ['2,167.59 万吨', '93.41 万吨', '812 吨']
    """
    return next((_in_step(value, step) for step in words.carbon if abs(value) >= step.least), "–")


def tonnes_apart(values: Sequence[float], words: Language) -> list[str]:
    """Return amounts of one sentence in t CO2e, in a finer unit where what differs would read alike.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> [t.replace(NBSP, " ") for t in tonnes_apart((1.127e6, 1.129e6), language_of("en"))]
    ['1,127.0 kt', '1,129.0 kt']
    """
    told = [tonnes(value, words) for value in values]
    steps = [step for step in words.carbon if step.least <= max(map(abs, values), default=0.0)]
    while len(set(told)) < len(set(values)) and len(steps) > 1:
        steps = steps[1:]
        told = [_in_step(value, steps[0]) for value in values]
    return told


def tonnes_between(counted: float, low: float, high: float, words: Language) -> tuple[str, str, str]:
    """Return what was counted and the ends between which the total lies, these rounded outwards.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> en = language_of("en")
    >>> [t.replace(NBSP, " ") for t in tonnes_between(257_160.0, 257_160.0, 312_610.0, en)]
    ['257.2 kt', '257.1 kt', '312.7 kt']
    """
    told = tonnes_apart((counted, low, high), words)
    ends = [told[0]]
    for value, text, up in ((low, told[1], False), (high, told[2], True)):
        name = text.partition(NBSP)[2]
        step = next((s for s in words.carbon if s.name == name), None)
        if step is not None:
            text = _in_step(outward(value / step.scale, step.places, up=up) * step.scale, step)
        ends.append(text)
    return ends[0], ends[1], ends[2]


def _in_step(value: float, step: CarbonScale) -> str:
    return f"{value / step.scale:,.{step.places}f}{NBSP}{step.name}".replace("-", "−")


@dataclass(frozen=True)
class CarbonUnit:
    """The unit of carbon in a table: its size in tonnes, its name, the number of decimals."""

    scale: float
    name: str
    places: int

    def format(self, value: float, *, sign: bool = False) -> str:
        """Return a number of tonnes in this unit."""
        told = f"{value / self.scale:{'+' if sign else ''},.{self.places}f}"
        return "0" if not float(told.replace(",", "")) else told.replace("-", "−")

    def format_range(self, low: float, high: float) -> str:
        """Return a range of tonnes in this unit, its ends rounded outwards; one where it has no width."""
        if math.isclose(low, high):
            return self.format(low)
        ends = (
            outward(v / self.scale, self.places, up=up) * self.scale for v, up in ((low, False), (high, True))
        )
        return span(*(self.format(end) for end in ends))

    def adds_up(self, parts: Iterable[float], total: float) -> bool:
        """Return whether the parts, as they are shown, add up to the total as it is shown.

        Examples
        --------
        >>> CarbonUnit(1.0, "t", 0).adds_up([0.4, 0.4], 0.8), CarbonUnit(1.0, "t", 1).adds_up([0.4, 0.4], 0.8)
        (False, True)
        """
        shown: list[int] = [
            round(round(v / self.scale, self.places) * 10**self.places) for v in (*parts, total)
        ]
        return sum(shown[:-1]) == shown[-1]


def carbon_unit(values: Iterable[float], words: Language) -> CarbonUnit:
    """Return the unit in which a table of these t CO2e reads best.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> en, zh = language_of("en"), language_of("zh")
    >>> carbon_unit([934_090.0, 812.0], en).format(812.0), carbon_unit([4_143_614.0], en).format(4_143_614.0)
    ('0.8', '4,144')
    >>> carbon_unit([934_090.0, 812.0], zh).format(812.0), carbon_unit([4_143_614.0], zh).format(4_143_614.0)
    ('0.08', '414.4')
    """
    largest = max((abs(v) for v in values if v == v), default=0.0)
    smallest = words.carbon[-1]
    if largest < 1e4:
        return CarbonUnit(smallest.scale, smallest.name, smallest.places)
    unit = words.carbon[-2]
    # The last place is 100 t, from a million tonnes on 1,000 t.
    places = round(math.log10(unit.scale)) - (2 if largest < 1e6 else 3)
    return CarbonUnit(unit.scale, unit.name, places)


def carbon_by_source(accounts: CarbonAccounts, year: int, words: Language) -> dict[str, tuple[float, float]]:
    """Return energy (GJ) and carbon (t CO2e) of a year by fuel or kind, of what the total counts."""
    sums: dict[str, tuple[float, float]] = {}
    chosen = (accounts.year == year) & ~accounts.internal
    for i in np.flatnonzero(chosen).tolist():
        carrier = str(accounts.carrier[i])
        name = carrier_name(carrier, words.code) if carrier else kind_name(str(accounts.kind[i]), words)
        energy, carbon = sums.get(name, (0.0, 0.0))
        sums[name] = energy + float(np.nan_to_num(accounts.energy[i])), carbon + float(accounts.location[i])
    return sums


def kind_name(kind: str, words: Language) -> str:
    """Return the kind of emissions that no fuel explains, in the reader's language."""
    return {
        "process": words.CL_KIND_PROCESS,
        "verified": words.CL_KIND_VERIFIED,
        "reported": words.CL_KIND_REPORTED,
    }[kind]


def signed_percent(value: float | None) -> str:
    """Return a relative change as a percentage with its sign; of a manifold one no decimals.

    Examples
    --------
    >>> [signed_percent(v).replace(NBSP, " ") for v in (0.0314, -0.5, 122.2)]
    ['+3.1 %', '−50.0 %', '+12,220 %']
    """
    if value is None:
        return "–"
    places = 0 if abs(value) >= MANIFOLD else 1
    return f"{100 * value:+,.{places}f}{NBSP}%".replace("-", "−")


def indicator_value(value: float | None, unit: str, words: Language) -> str:
    """Return the value of an indicator with its unit."""
    if value is None:
        return "–"
    if unit == "share":
        return share(value)
    factor, told = _counted_in(unit, words)
    if factor != 1:
        value = float(f"{value:.3g}")
    return f"{amount(value * factor)}{NBSP}{told}".replace(" ", NBSP) if told else amount(value)


def _counted_in(unit: str, words: Language) -> tuple[float, str]:
    """Return how many of a unit that begins with no number one of this unit is, and its name.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> [_counted_in("10k CNY/worker", language_of(code)) for code in ("en", "zh")]
    [(10000.0, 'CNY/worker'), (1.0, '万元/人')]
    """
    told = words.unit(unit)
    many, blank, rest = told.partition(" ")
    if not blank or not re.fullmatch(r"[0-9]+k", many):
        return 1.0, told
    return 1e3 * float(many[:-1]), rest


def indicator_interval(low: float, high: float, unit: str, words: Language) -> str:
    """Return the interval of an indicator, in brackets after its value; '' where it has no width."""
    if math.isclose(low, high):
        return ""
    if unit == "share":
        ends = share_end(low, up=False).removesuffix(f"{NBSP}%"), share_end(high, up=True)
        return "" if ends[0] == ends[1].removesuffix(f"{NBSP}%") else f"({ends[0]}–{ends[1]})"
    factor, _ = _counted_in(unit, words)
    if factor != 1:
        low, high = (factor * digits_outward(v, 3, up=up) for v, up in ((low, False), (high, True)))
    ends = amount_end(low, up=False), amount_end(high, up=True)
    return "" if ends[0] == ends[1] else f"({ends[0]}–{ends[1]})"


def factor_shown(carrier: str, value: float, unit: str, words: Language) -> str:
    """Return an emission factor as it is usually quoted: power by kWh, gas by 10,000 m³."""
    if carrier == "electricity" and unit == "tCO2/GJ":
        value, unit = value * 3.6, "kgCO2/kWh"
    elif unit == "tCO2/m3":
        value, unit = value * 1e4, "tCO2/1e4 m3"
    return f"{amount(value, 4)} {words.unit(unit)}".replace(" ", NBSP)


def credit(cluster: Cluster, words: Language) -> str:
    """Return the attribution of the data, for figures and other outputs with room for one text."""
    told = cluster.attribution
    return words.CL_DATA.format(sources=words.source(told)) if told else ""


def difficulty_name(name: str, words: Language) -> str:
    """Return a difficulty in the reader's language."""
    return {
        "understanding": words.CL_UNDERSTANDING,
        "growth": words.CL_GROWTH,
        "place": words.CL_PLACE,
        "technology": words.CL_TECHNOLOGY,
    }[name]


def quantity_name(name: str, words: Language) -> str:
    """Return what a weight, a concentration or a location quotient is of."""
    return {
        "output": words.CL_OUTPUT,
        "emissions": words.CL_EMISSIONS,
        "staff": words.CL_STAFF,
        "employment": words.CL_EMPLOYMENT,
        "value_added": words.CL_VALUE_ADDED,
    }[name]


@cache
def _sectors() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files(__package__).joinpath("sectors.toml").read_text("utf-8")
    return {scheme: dict(names) for scheme, names in tomllib.loads(text).items()}


def sector_name(cluster: Cluster, code: str, words: Language, *, coded: bool = True) -> str:
    """Return a sector by its name in the scheme that the cluster uses, with its code; else the code alone.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> from separatrix.languages import language_of
    >>> park, en, zh = load_cluster("synthetic-park"), language_of("en"), language_of("zh")
    >>> sector_name(park, "C14", en), sector_name(park, "C14", zh, coded=False), sector_name(park, "Z9", en)
    ('foods (C14)', '食品制造业', 'Z9')
    """
    return sector_title(cluster.description, code, words, coded=coded)


def sector_title(d: Description, code: str, words: Language, *, coded: bool = True) -> str:
    """Return a sector by its name in the scheme that is described, with its code; else the code alone.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> sector_title(Description("A park", country="CN"), "C22", language_of("en"))
    'paper (C22)'
    """
    folded = code.strip()
    if "NAICS" in d.code_scheme:
        scheme, key = "naics", folded[:3] if folded.isdecimal() else folded
    elif "Emissions Trading" in d.code_scheme:
        scheme, key = "ets", folded
    elif "4754" in d.code_scheme or (not d.code_scheme and d.country == "CN"):
        scheme, key = "gbt", folded[:3].upper()
    else:
        return code
    names = _sectors()[scheme].get(key)
    if names is None:
        return code
    name = names.get(words.code, names["en"])
    return words.CL_NAME_SHARE.format(name=name, share=folded) if coded else name


def size_name(name: str, words: Language) -> str:
    """Return a size class in the reader's language."""
    known = {
        "micro": words.CL_MICRO,
        "small": words.CL_SMALL,
        "medium": words.CL_MEDIUM,
        "large": words.CL_LARGE,
    }
    return known.get(name, words.CL_NOT_KNOWN)


def driver_name(name: str, words: Language) -> str:
    """Return a factor of a decomposition in the reader's language."""
    return {
        "activity": words.CL_FACTOR_ACTIVITY,
        "structure": words.CL_FACTOR_STRUCTURE,
        "energy intensity": words.CL_FACTOR_ENERGY_INTENSITY,
        "carbon intensity": words.CL_FACTOR_CARBON_INTENSITY,
        "fuel mix": words.CL_FACTOR_FUEL_MIX,
        "emission factor": words.CL_FACTOR_EMISSION_FACTOR,
        "process intensity": words.CL_FACTOR_PROCESS_INTENSITY,
    }[name]


def place_of(remark: Remark, words: Language) -> str:
    """Return where a remark belongs."""
    told, row = located(remark.file, remark.row)
    if row is not None:
        told = words.CL_ROW.format(file=told, row=row)
    if remark.column is not None:
        told = words.CL_COLUMN.format(place=told, column=column_called(remark.column, words))
    return told


@cache
def _office_words() -> dict[str, str]:
    """Return what Chinese offices call each column: the first of the headings that are read."""
    found: dict[str, str] = {}
    for table in layouts().values():
        for column in table.columns.values():
            name = next((n for n in column.names if any("\u4e00" <= c <= "\u9fff" for c in n)), None)
            if name is not None:
                found.setdefault(column.name, name)
    return found


def column_called(column: str, words: Language) -> str:
    """Return what people call a column of the tables; a heading of the user's own as it is.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> column_called("value_added", language_of("en")), column_called("value_added", language_of("zh"))
    ('value added', '增加值')
    >>> column_called("Strom (MWh)", language_of("zh"))
    'Strom (MWh)'
    """
    if words.typography.cjk:
        return _office_words().get(column, column)
    return column.replace("_", " ") if column in _office_words() else column


@dataclass(frozen=True)
class MoneyUnit:
    """The unit of money: its size in the currency, its name, the number of decimals."""

    scale: float
    name: str
    places: int

    def format(self, value: float) -> str:
        """Return an amount of the currency in this unit."""
        told = f"{value / self.scale:,.{self.places}f}"
        return "0" if not float(told.replace(",", "")) else told.replace("-", "−")


def money_unit(values: Iterable[float], currency: str, words: Language) -> MoneyUnit:
    """Return the unit in which a table of these amounts of a currency reads best.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> unit = money_unit([52_000_000.0, 2_100_000.0], "CNY", language_of("en"))
    >>> unit.name, unit.format(2_100_000.0), money_unit([52_000_000.0], "CNY", language_of("zh")).name
    ('million CNY', '2.1', '万元')
    """
    largest = max((abs(v) for v in values if v == v), default=0.0)
    # Beside hundreds of millions a table still shows what costs a few.
    known = [s for s in words.money_scales(currency) if s[0] < 1e8 or largest >= 1e3 * s[0]]
    scale, name = next((s for s in known if largest >= s[0]), known[-1])
    shown = largest / scale
    return MoneyUnit(scale, name, 0 if shown >= 1_000 or scale == 1 else 1 if shown >= 20 else 2)


def money(value: float, currency: str, words: Language) -> str:
    """Return an amount of a currency as a sentence has it.

    Examples
    --------
    >>> from separatrix_cluster.documents.vocabulary import NBSP
    >>> from separatrix.languages import language_of
    >>> en, zh = language_of("en"), language_of("zh")
    >>> [money(v, "CNY", en).replace(NBSP, " ") for v in (878_750_000.0, -52_340.0, 0.0)]
    ['879 million CNY', '−52,300 CNY', '0 CNY']
    >>> [money(v, "CNY", zh).replace(NBSP, " ") for v in (878_750_000.0, 52_340.0)]
    ['8.79 亿元', '5.23 万元']
    """
    return words.money(value, currency)


def cost_per_tonne(value: float | None) -> str:
    """Return a cost per tonne without unnecessary decimals.

    Examples
    --------
    >>> cost_per_tonne(-119.38), cost_per_tonne(7.04), cost_per_tonne(None)
    ('−119', '7.0', '–')
    """
    if value is None:
        return "–"
    return (
        amount(value)
        if abs(value) >= 99.5
        else f"{value:,.{0 if abs(value) >= 10 else 1}f}".replace("-", "−")
    )
