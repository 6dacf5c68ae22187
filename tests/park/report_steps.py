"""Steps of people at their reports, as their browsers send them."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["ENERGY", "approve", "enter", "number_of", "stamp_on"]

ENERGY = {
    "layout": "grid",
    "carrier": ["electricity", "natural_gas"],
    "unit": ["MWh", "1e4 Nm3"],
    "m0": ["900", "12"],
}
"""A year of energy as the grid of months sends it."""


def stamp_on(page: Any) -> str:
    """Return the stamp that a page's form rests on; '' where there is none."""
    found = re.search(r'name="stamp" value="([^"]*)"', page.content.decode())
    return "" if found is None else found[1]


def enter(client: Any, address: str, data: dict[str, Any], action: str = "submit", **more: Any) -> Any:
    """Open a form, fill it in and press one of its buttons."""
    stamp = stamp_on(client.get(f"{address}?correct=1"))
    return client.post(address, {"stamp": stamp, **data, **more, "action": action})


def number_of(answer: Any) -> int:
    """Return the number of the report that a redirect leads to."""
    found = re.search(r"/reports/(\d+)/", answer["Location"])
    assert found is not None
    return int(found[1])


def approve(client: Any, number: int, verdict: str = "approve", reason: str = "") -> Any:
    """Open a version, and judge it."""
    stamp = stamp_on(client.get(f"/reports/{number}/"))
    return client.post(f"/reports/{number}/judge/", {"stamp": stamp, "verdict": verdict, "reason": reason})
