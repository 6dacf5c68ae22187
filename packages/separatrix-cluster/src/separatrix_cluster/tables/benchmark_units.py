"""The units of benchmarks: what turns a published quartile into t, GJ and units of the cluster's currency.

A benchmark is only as good as its unit: one in kg per yuan is ten times, one in another currency eight times
another number than it looks.  So what is not understood is not compared with.
"""

from __future__ import annotations

import re
import unicodedata

from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.description import Description, money_of
from separatrix_cluster.tables.units import unit_of

__all__ = ["benchmark_scale", "is_share"]

_KINDS = {
    "carbon per value added": ("mass", "money", "t/10k CNY"),
    "energy per value added": ("energy", "money", "tce/10k CNY"),
    "value-added rate": ("share", "", "share"),
    "value added per worker": ("money", "worker", "10k CNY/worker"),
    "export share": ("share", "", "share"),
    "R&D intensity": ("share", "", "share"),
}
"""What is above and below the stroke in the unit of each indicator, and an example of it."""

_WORKERS = frozenset(
    "worker workers person persons people employee employees staff capita head 人 名".split()
)
_CARBON = re.compile(r"\s*(co2(\s*-?\s*eq?)?|二氧化碳(当量)?)\Z", re.IGNORECASE)


def is_share(indicator: str) -> bool:
    """Return whether a benchmark of an indicator is a share, which is at most 1.

    Examples
    --------
    >>> is_share("value-added rate"), is_share("carbon per value added")
    (True, False)
    """
    return indicator in _KINDS and _KINDS[indicator][0] == "share"


def benchmark_scale(unit: str, indicator: str, description: Description) -> float | Sentence:
    """Return one of a benchmark's unit in base units, or why that cannot be determined.

    Parameters
    ----------
    unit : str
        As written in the table, `t/10k CNY`.
    indicator : str
        Which one; '' where none is named, which is reported elsewhere.
    description : Description
        The cluster's currency and exchange rates.

    Examples
    --------
    >>> here = Description("Our park", currency="CNY", exchange_rates={"EUR": 8.0})
    >>> [benchmark_scale(u, "carbon per value added", here) for u in ("t/10k CNY", "kgCO2/元", "t/k EUR")]
    [0.0001, 0.001, 0.000125]
    >>> print(benchmark_scale("t/k USD", "carbon per value added", here))
    no exchange rate of USD is known
    """
    if indicator not in _KINDS:
        return float("nan")
    above, below, example = _KINDS[indicator]
    text = unicodedata.normalize("NFKC", unit).strip()
    wrong = (
        say(
            "`{text}` is not a unit of {indicator}; expected one such as {example}",
            text=short(unit),
            indicator=indicator,
            example=example,
        )
        if text
        else say(
            "{indicator} has no unit; one as {example} was expected", indicator=indicator, example=example
        )
    )
    if above == "share":
        known = {"": 1.0, "share": 1.0, "1": 1.0, "%": 0.01}
        return known.get(text.casefold(), wrong)
    top, _, bottom = (part.strip() for part in text.partition("/"))
    if below == "worker":
        earned = _money(top, description)
        return wrong if earned is None or bottom.casefold() not in _WORKERS else earned
    measured = unit_of(_CARBON.sub("", top) if above == "mass" else top)
    money = _money(bottom, description)
    if measured is None or measured.dimension != above or money is None:
        return wrong
    return measured.factor / money if isinstance(money, float) else money


def _money(text: str, description: Description) -> float | Sentence | None:
    """Return one of this unit of money in the cluster's currency; None where it is not money."""
    found = money_of(text)
    if found is None:
        return None
    currency, scale = found
    if currency == description.currency:
        return scale
    rate = description.exchange_rates.get(currency)
    return (
        say("no exchange rate of {currency} is known", currency=short(currency))
        if rate is None
        else scale * rate
    )
