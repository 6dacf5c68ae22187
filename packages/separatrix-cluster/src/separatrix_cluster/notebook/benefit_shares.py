"""Games of coalitions and the shares of players at a prompt and in a notebook: one screen, and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import readable
from separatrix.notebook.summary import Summary, SummaryTable

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
    from separatrix_cluster.benefit_sharing.core import Core, CostOfStability
    from separatrix_cluster.benefit_sharing.nucleolus import Nucleolus
    from separatrix_cluster.benefit_sharing.shapley import SampledShapley, ShapleyValue
    from separatrix_cluster.benefit_sharing.shared_exchanges import SharedExchanges

__all__ = ["FRAMES", "SUMMARIES"]

PLACES = 6
LONGEST = 24
"""The most characters of a fraction shown as such; a longer one is shown as a decimal only."""


def _number(value: Fraction | float) -> str:
    return readable(float(value), PLACES)


def _fraction_text(value: Fraction) -> str:
    exact = str(value)
    return exact if len(exact) <= LONGEST else _number(value)


def _shares(players: Sequence[str], allocation: Sequence[Fraction]) -> SummaryTable:
    rows = tuple((n, _number(x), _fraction_text(x)) for n, x in zip(players, allocation, strict=True))
    return SummaryTable(("player", "share", "exactly"), rows)


def _balanced(found: Core | CostOfStability) -> SummaryTable:
    rows = tuple((", ".join(who), _fraction_text(weight)) for who, weight in found.balanced)
    return SummaryTable(("coalition", "weight"), rows)


def _game(found: CoalitionGame) -> Summary:
    facts = (
        ("players", ", ".join(found.players)),
        ("coalitions", f"{found.everyone:,}"),
        ("all together", _number(found.total)),
    )
    alone = tuple((n, _number(v)) for n, v in zip(found.players, found.stand_alone_values, strict=True))
    kind = "Costs" if found.costs else "Values"
    return Summary(f"{kind} of coalitions", facts, (SummaryTable(("player", "alone"), alone),))


def _shapley(found: ShapleyValue) -> Summary:
    return Summary("Shapley value", (), (_shares(found.players, found.allocation),))


def _sampled(found: SampledShapley) -> Summary:
    rows = tuple(
        (n, _number(x), _number(low), _number(high))
        for n, x, low, high in zip(found.players, found.allocation, found.low, found.high, strict=True)
    )
    facts = (
        ("orders", f"{found.orders:,}"),
        ("coalitions", f"{found.coalitions:,}"),
        ("intervals", f"{found.interval}, {found.confidence:.4g} for all players together"),
        ("seed", str(found.seed)),
    )
    return Summary(
        "Shapley value, estimated", facts, (SummaryTable(("player", "share", "from", "to"), rows),)
    )


def _nucleolus(found: Nucleolus) -> Summary:
    name = "Nucleolus" if found.individually_rational else "Prenucleolus"
    facts = () if found.excess is None else (("largest excess", _fraction_text(found.excess)),)
    return Summary(name, facts, (_shares(found.players, found.allocation),))


def _core(found: Core) -> Summary:
    facts = (
        ("core", "empty" if found.empty else "not empty"),
        ("least excess", _fraction_text(found.excess)),
    )
    return Summary("Core", facts, (_shares(found.players, found.allocation), _balanced(found)))


def _support(found: CostOfStability) -> Summary:
    facts = (("support", _fraction_text(found.support)),)
    tables = (_shares(found.players, found.allocation), _balanced(found))
    return Summary("Cost of stability", facts, tables)


def _exchanges(found: SharedExchanges) -> Summary:
    planned = found.planned
    facts = [("all exchanges bring", _number(found.total)), ("coalitions", f"{found.coalitions:,}")]
    if found.exits:
        first = found.exits[0]
        facts.append(("missed most", f"{first.enterprise} ({_number(first.lost)} less without it)"))
    rows = tuple(
        (
            n,
            "" if planned is None else _number(planned.get(n, 0)),
            _number(x),
            "" if least is None else _number(least),
        )
        for n, x, least in _rows(found)
    )
    heads = ("enterprise", "at the prices", "Shapley value", "nucleolus")
    return Summary("Shares of what exchanges bring", tuple(facts), (SummaryTable(heads, rows),))


def _rows(found: SharedExchanges) -> list[tuple[str, Fraction, Fraction | None]]:
    return [
        (name, share, None if group.nucleolus is None else group.nucleolus.allocation[k])
        for group in found.groups
        for k, (name, share) in enumerate(zip(group.players, group.shapley, strict=True))
    ]


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    "CoalitionGame": _game,
    "Core": _core,
    "CostOfStability": _support,
    "Nucleolus": _nucleolus,
    "SampledShapley": _sampled,
    "ShapleyValue": _shapley,
    "SharedExchanges": _exchanges,
}


def _frame(found: ShapleyValue | Nucleolus) -> pandas.DataFrame:
    """A row for each player."""
    import pandas

    return pandas.DataFrame({"player": found.players, "share": [float(x) for x in found.allocation]})


def _sampled_frame(found: SampledShapley) -> pandas.DataFrame:
    """The same with intervals."""
    import pandas

    return pandas.DataFrame(
        {
            "player": found.players,
            "share": [float(x) for x in found.allocation],
            "low": found.low,
            "high": found.high,
        }
    )


def _exchanges_frame(found: SharedExchanges) -> pandas.DataFrame:
    """A row for each enterprise, in currency a year."""
    import pandas

    lost = {one.enterprise: float(one.lost) for one in found.exits}
    planned = found.planned
    return pandas.DataFrame(
        [
            (
                n,
                None if planned is None else float(planned.get(n, 0)),
                float(x),
                None if y is None else float(y),
                lost.get(n),
            )
            for n, x, y in _rows(found)
        ],
        columns=["enterprise", "planned", "shapley", "nucleolus", "lost_without"],
    )


FRAMES: Mapping[str, Callable[[Any], Any]] = {
    "Nucleolus": _frame,
    "SampledShapley": _sampled_frame,
    "ShapleyValue": _frame,
    "SharedExchanges": _exchanges_frame,
}
