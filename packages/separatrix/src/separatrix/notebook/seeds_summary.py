"""What seeds say of themselves in one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.document.seeds import amount, ratio_text, share_text
from separatrix.notebook.summary import Summary, SummaryTable

if TYPE_CHECKING:
    from separatrix.population.certified import CertifiedSeeds
    from separatrix.population.seeding import TargetedSeeds

__all__ = ["certified_summary", "targeted_summary"]

MOST_ROWS = 12


def certified_summary(found: CertifiedSeeds) -> Summary:
    """Return the seeds with their certificate."""
    rows = tuple(
        (str(place), name, amount(reach))
        for place, (name, reach) in enumerate(zip(found.names, found.reach, strict=True), 1)
    )
    facts = (
        ("model", found.model.name),
        (
            "certified ratio",
            f"{ratio_text(found.ratio)}, failing with a chance of {found.failure:.2g} at most",
        ),
        ("reached", f"{amount(found.reached)} of {amount(found.whole)} {found.value}".strip()),
        ("sets", f"2 x {found.sets:,}, seed {found.seed}"),
    )
    return Summary(
        "Seeds", facts, (SummaryTable(("place", "enterprise", "reached together"), rows[:MOST_ROWS]),)
    )


def targeted_summary(found: TargetedSeeds) -> Summary:
    """Return the seeds with those of other orders for comparison."""
    rows = tuple((tried.order.name, share_text(tried.share)) for tried in found.tried)
    facts = (
        ("seeds", ", ".join(found.names[:MOST_ROWS])),
        ("with them", share_text(found.share)),
        ("without", share_text(found.without)),
        ("guarantee", "none exists for these dynamics"),
    )
    return Summary(
        f"Seeds: {found.model.game.title}", facts, (SummaryTable(("order", "share at the end"), rows),)
    )
