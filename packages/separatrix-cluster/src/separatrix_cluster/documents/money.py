"""Money as people write it: in the scale that reads best, with its currency, and costs per tonne."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from separatrix.languages import Language
from separatrix_cluster.documents.words import amount

__all__ = ["MoneyUnit", "cost_per_tonne", "money", "money_unit"]


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
    >>> from separatrix_cluster.documents.words import NBSP
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
