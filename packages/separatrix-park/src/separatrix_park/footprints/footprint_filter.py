"""Criteria for footprints: the PACT 3 criteria in a list's address and in a request's event.

Within a criterion one of its values is enough; every criterion has to be met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import three_years_after
from separatrix_cluster.footprints.pact_kinds import GEOGRAPHIES, instant
from separatrix_park.footprints.node_error import NodeError

__all__ = ["CRITERIA", "FootprintCriteria"]

MOST = 200
"""Values of one criterion."""

LONGEST = 1000
"""Characters of one value."""

_DAYS = ("validOn", "validAfter", "validBefore")
CRITERIA = ("productId", "companyId", "geography", "classification", *_DAYS, "status")


@dataclass(frozen=True)
class FootprintCriteria:
    """Criteria, and whether a record meets them.

    Attributes
    ----------
    words : mapping of str to frozenset of str
        Of each criterion of words its values, in small letters.
    moments : mapping of str to tuple of datetime
        The same of the criteria of time.
    """

    words: Mapping[str, frozenset[str]]
    moments: Mapping[str, tuple[datetime, ...]]

    @classmethod
    def of(cls, told: Mapping[str, Sequence[str]]) -> FootprintCriteria:
        """Return the filter of criteria with their values; one without a value asks for nothing.

        Raises
        ------
        NodeError
            400 for a value that cannot be one of its criterion.

        Examples
        --------
        >>> one = FootprintCriteria.of({"status": ["Active"], "geography": [""]})
        >>> one.meets({"status": "Active", "pcf": {}}), one.meets({"status": "Deprecated", "pcf": {}})
        (True, False)
        """
        words, moments = {}, {}
        for name in CRITERIA:
            values = [value for value in told.get(name, ()) if value]
            if len(values) > MOST or any(len(value) > LONGEST for value in values):
                raise NodeError(400, say("`{name}` has more or longer values than are looked at", name=name))
            if not values:
                continue
            if name in _DAYS:
                moments[name] = tuple(_moment(name, value) for value in values)
            else:
                words[name] = frozenset(value.casefold() for value in values)
        return cls(words, moments)

    @property
    def product_ids(self) -> frozenset[str]:
        """The requested products, in lower case; none if the request uses other criteria."""
        return self.words.get("productId", frozenset())

    def meets(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record of PACT's data model 3 meets all criteria."""
        pcf = record["pcf"]
        held = {
            "productId": record.get("productIds", ()),
            "companyId": record.get("companyIds", ()),
            "classification": record.get("productClassifications", ()),
            "geography": [pcf[name] for name in GEOGRAPHIES if name in pcf],
            "status": [record.get("status", "")],
        }
        if any(wanted.isdisjoint(v.casefold() for v in held[name]) for name, wanted in self.words.items()):
            return False
        return all(any(_valid(name, record, m) for m in wanted) for name, wanted in self.moments.items())


def _valid(name: str, record: Mapping[str, Any], moment: datetime) -> bool:
    starts, ends = record.get("validityPeriodStart"), record.get("validityPeriodEnd")
    first = instant(record["pcf"]["referencePeriodEnd"])
    if name == "validAfter":
        return (instant(starts) if starts else first) > moment
    if name == "validBefore":
        return (instant(ends) if ends else three_years_after(first)) < moment
    if starts and ends:
        return instant(starts) <= moment <= instant(ends)
    return first <= moment <= three_years_after(first)


def _moment(name: str, value: str) -> datetime:
    text = value.replace(" ", "+")  # which is what an address makes of a plus that was not encoded
    try:
        found = datetime.fromisoformat(text.upper())
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NodeError(
            400, say("`{name}` is not a date with time and zone, such as 2024-01-01T00:00:00Z", name=name)
        ) from None
