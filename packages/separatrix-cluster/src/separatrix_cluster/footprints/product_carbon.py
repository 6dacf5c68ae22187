"""The carbon footprint of one product of one enterprise, with all that adds up to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.sentences import Sentence

__all__ = ["Contribution", "ProductCarbon"]


@dataclass(frozen=True)
class Contribution:
    """What one thing adds to a footprint, kg CO2e for one unit of the product.

    Of what has a footprint of its own, ``amount`` is how much of it goes in, in ``unit``; ``record`` is the
    id of the supplier's record.
    """

    kind: str
    name: str
    supplier: str
    carbon: float
    primary: float
    source: str
    amount: float = float("nan")
    unit: str = ""
    record: str = ""


@dataclass(frozen=True)
class ProductCarbon:
    """The cradle-to-gate footprint of a product of one enterprise.

    Attributes
    ----------
    enterprise, product : str
        Id of the enterprise, and the product's name in the table `products`.
    unit : str
        The unit of the footprint: one of PACT's units of measurement.
    made : float
        The number of units made in the year.
    carbon : float
        kg CO2e for one; `nan` where emissions cannot be allocated to it.  With anything in `missing` it is a
        part of the true footprint.
    fossil, parts : float, tuple of float
        The part of it from fossil sources, and the parts of `PARTS`.
    primary, exempted : float
        kg CO2e of it from primary data, and kg CO2e that are estimated and excluded from it.
    share : float
        Its share of what the enterprise emits and buys for all its products.
    mass : float
        kg in one unit; `nan` where unknown.
    fossil_content, biogenic_content : float
        kg of carbon in one unit; `nan` where unknown.
    contributions : tuple of Contribution
        They add up to `carbon`, except those exempted.
    missing : tuple of Sentence
        The unknown inputs.
    either : bool
        Whether a missing item may also make it smaller, such as a product that shares the emissions.
    circle : tuple of (enterprise, product)
        The products that need more of one another than they make, this one among them, so that it has no
        footprint.
    suppliers : tuple of (enterprise, product)
        The products of the cluster that go into it.
    rated : float
        The share of `carbon` whose data bear ratings, by suppliers' records.
    quality : tuple of float, optional
        Of that the average ratings of the data's technology, geography and time, from 1 (best) to 5,
        weighted by emissions.
    sources : tuple of (str, str)
        Secondary sources of factors, with their version.
    """

    enterprise: str
    product: str
    product_id: str
    unit: str
    made: float
    carbon: float
    fossil: float
    parts: tuple[float, ...]
    primary: float
    exempted: float
    share: float
    mass: float
    fossil_content: float
    biogenic_content: float
    contributions: tuple[Contribution, ...]
    missing: tuple[Sentence, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    either: bool = False
    circle: tuple[tuple[str, str], ...] = ()
    suppliers: tuple[tuple[str, str], ...] = ()
    rated: float = 0.0
    quality: tuple[float, float, float] | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.missing

    @property
    def primary_share(self) -> float | None:
        """Percentage of primary data; None where the footprint is not above zero."""
        return min(max(100 * self.primary / self.carbon, 0.0), 100.0) if self.carbon > 0 else None

    @property
    def exempted_share(self) -> float | None:
        """Excluded percentage, as estimated; None where it is undefined."""
        if not self.exempted:
            return 0.0
        whole = self.carbon + self.exempted
        return 100 * self.exempted / whole if self.carbon >= 0 and whole > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the footprint as plain data."""

        def number(value: float | None) -> float | None:
            return None if value is None or np.isnan(value) else float(value)

        return {
            "enterprise": self.enterprise,
            "product": self.product,
            "product_id": self.product_id,
            "unit": self.unit,
            "made": self.made,
            "kg_co2e": number(self.carbon),
            "kg_co2e_fossil": number(self.fossil),
            "kg_co2e_exempted": number(self.exempted),
            "primary_data_percent": number(self.primary_share),
            "share_of_enterprise": number(self.share),
            "kg": number(self.mass),
            "kg_fossil_carbon": number(self.fossil_content),
            "kg_biogenic_carbon": number(self.biogenic_content),
            "whole": self.whole,
            "at_least": bool(self.missing) and not self.either,
            "contributions": [
                {
                    "kind": c.kind,
                    "name": c.name,
                    "supplier": c.supplier,
                    "kg_co2e": number(c.carbon),
                    "kg_co2e_primary": number(c.primary),
                    "source": c.source,
                }
                for c in self.contributions
            ],
            "missing": [str(m) for m in self.missing],
            "sources": [{"name": name, "version": version} for name, version in self.sources],
        }
