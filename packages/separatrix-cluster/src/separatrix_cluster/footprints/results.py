"""The footprints of the products of a cluster, by what they come from, and as records that are handed on.

The carbon footprint of one product of one enterprise, with all that adds up to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import numpy as np

from separatrix.errors import InputError, nearest
from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say, together
from separatrix_cluster.accounts.results import Basis
from separatrix_cluster.footprints.footprint import ProductFootprint, period_of
from separatrix_cluster.footprints.pact_types import decimal_text, geography_property
from separatrix_cluster.footprints.product_system import allocation_name
from separatrix_cluster.footprints.unit_process import PARTS, Allocation, allocation_of
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster

__all__ = ["Contribution", "CradleToGate", "ProductCarbon"]


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


_CO2_PER_C = 44.0 / 12.0
_DIGITS = 9
"""Significant digits of a number in a record: more than any of them is known to."""


@dataclass(frozen=True, repr=False)
class CradleToGate:
    """The footprints of the products of a cluster in one year.

    Attributes
    ----------
    products : tuple of ProductCarbon
        In the order of the table `products`.
    allocation : str, mapping or None
        By what emissions of enterprises with several products were allocated, or by what those of each.
    basis : str
        How bought electricity counts: market or location.
    """

    cluster: Cluster
    year: int
    allocation: Allocation | Mapping[str, Allocation] | None
    basis: Basis
    products: tuple[ProductCarbon, ...]
    remarks: tuple[Remark, ...] = field(default=())

    def __repr__(self) -> str:
        whole = sum(p.whole for p in self.products)
        return (
            f"CradleToGate({self.cluster.name}, {self.year}: {len(self.products)} products, {whole} of them "
            f"whole; allocation={self.allocation!r}, basis={self.basis!r})"
        )

    def footprint_of(self, product: str, enterprise: str | None = None) -> ProductCarbon:
        """Return the footprint of a product.

        Raises
        ------
        InputError
            K255 where there is none of that name, or several enterprises make one.
        """
        found = [p for p in self.products if p.product == product and enterprise in (None, p.enterprise)]
        if len(found) == 1:
            return found[0]
        if found:
            makers = ", ".join(p.enterprise for p in found)
            raise InputError(
                "K255",
                say("`{product}` is made by {makers}", product=product, makers=makers),
                hint=say("name the enterprise, too"),
            )
        makers = ", ".join(p.enterprise for p in self.products if p.product == product)
        if makers:
            raise InputError(
                "K255",
                say(
                    "{enterprise} makes no `{product}` in {year}",
                    enterprise=short(str(enterprise)),
                    product=short(product),
                    year=self.year,
                ),
                hint=say("`{product}` is made by {makers}", product=short(product), makers=makers),
            )
        known = list(dict.fromkeys(p.product for p in self.products))
        meant = nearest(product, known)
        listed = ", ".join(short(name) for name in known[:12]) or say("none")
        raise InputError(
            "K255",
            say("no product `{product}` in {year}", product=short(product), year=self.year),
            hint=say("did you mean `{name}`?", name=meant)
            if meant
            else say("products are {names}", names=listed),
        )

    def record(
        self,
        product: ProductCarbon,
        *,
        standards: Sequence[str] = (),
        exempted: float | None = None,
        geography: str | None = None,
    ) -> ProductFootprint:
        """Return the footprint of a product as it is handed on, for one unit of it.

        Parameters
        ----------
        product : ProductCarbon
        standards : sequence of str
            The standards followed, as PACT-3.0 or ISO14067; no others are claimed.
        exempted : float, optional
            Percentage of the emissions that is excluded. By default that of the rows marked `exempt`;
            required where data are missing, whose size must be stated.
        geography : str, optional
            As of `ProductFootprint`; by default the country of `cluster.yaml`.

        Raises
        ------
        InputError
            K256 where something is missing and `exempted` does not say how much; K220 where a property
            required by the data model is missing.
        """
        named = f"{product.product} of {product.enterprise}"
        if np.isnan(product.carbon):
            raise InputError(
                "K256", say("{product} has no footprint: {why}", product=named, why=product.missing[0])
            )
        if product.missing and exempted is None:
            raise InputError(
                "K256",
                say(
                    "the footprint of {product} is not whole: {why}",
                    product=named,
                    why=together(product.missing[:6], "; "),
                ),
                hint=say(
                    "enter the missing data, or state with --exempted (exempted=) which "
                    "percentage of the emissions is excluded"
                ),
            )
        place = self.cluster.description.country if geography is None else geography
        if geography_property(place) is None if place else geography is None:
            raise InputError(
                "K256",
                say(
                    "`country` in cluster.yaml is `{place}`; a country's two letters (ISO 3166-1) were "
                    "expected",
                    place=short(place),
                )
                if geography is None
                else say(
                    "`{place}` is not a country (CN), a subdivision (CN-JS) or a region (Eastern Asia)",
                    place=short(place),
                ),
                hint=say("write for example country: CN, or give --geography"),
            )
        start, end = period_of(self.year)
        uptake = -_CO2_PER_C * product.biogenic_content
        told = {name: part for name, part in zip(PARTS, product.parts, strict=True) if part}
        more: dict[str, Any] = {name: _text(part) for name, part in told.items()}
        if uptake < 0:
            more["biogenicCO2Uptake"] = _text(uptake)
        if product.sources:
            more["secondaryEmissionFactorSources"] = [
                {"name": name, "version": version} for name, version in product.sources
            ]
        more["allocationRulesDescription"] = str(self._rule(product))
        if product.missing or product.exempted:
            left = [c.name for c in product.contributions if c.kind == "exempted"]
            if product.exempted and not left:
                left.append(str(say("emissions that suppliers excluded from their footprints")))
            more["exemptedEmissionsDescription"] = "; ".join([*left, *map(str, product.missing)])
        return ProductFootprint(
            company=self.cluster.name_of(product.enterprise),
            company_id=self._company_id(product.enterprise),
            product=product.product,
            product_id=product.product_id,
            unit=product.unit,
            amount=1.0,
            carbon=_round(product.carbon),
            start=start,
            end=end,
            geography=place,
            primary_share=None if product.primary_share is None else _round(product.primary_share),
            mass=_rounded_or_none(product.mass) if product.unit in ("cubic meter", "piece") else None,
            gwp=({"SAR": "AR2", "TAR": "AR3"}.get(gwp := self.cluster.description.gwp, gwp),),
            fossil=_round(product.fossil),
            fossil_content=_rounded_or_none(product.fossil_content),
            biogenic_content=_rounded_or_none(product.biogenic_content),
            exempted=exempted if exempted is not None else _rounded_or_none(product.exempted_share),
            standards=(standards,) if isinstance(standards, str) else tuple(standards),
            more=more,
        )

    def _rule(self, product: ProductCarbon) -> Sentence:
        if product.share == 1:
            return say("nothing was allocated: all that the enterprise emits and buys is for this product")
        return say(
            "what the enterprise emits and buys for all its products was allocated by {allocation}; "
            "{share} of it to this one",
            allocation=allocation_name(allocation_of(self.allocation, product.enterprise) or "mass"),
            share=f"{product.share:.4g}",
        )

    def _company_id(self, enterprise: str) -> str:
        table = self.cluster.table("enterprises")
        row = list(table.texts("id")).index(enterprise)
        return str(table.texts("urn")[row]) or (
            f"urn:pact:company:customcode:supplier-id:{quote(enterprise, safe='')}"
        )

    def line_names(self) -> tuple[str, ...]:
        """Return the names of what `lines` gives."""
        return (
            "enterprise",
            "product",
            "year",
            "unit",
            "kind",
            "name",
            "supplier",
            "kg_co2e",
            "kg_co2e_primary",
            "source",
            "whole",
        )

    def lines(self, products: Sequence[ProductCarbon] | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield one line for the sum of each product, or of those chosen, and one for each contribution."""
        for p in self.products if products is None else products:
            carbon = None if np.isnan(p.carbon) else p.carbon
            primary = None if np.isnan(p.carbon) else p.primary
            head = (p.enterprise, p.product, self.year, p.unit)
            yield (*head, "footprint", "", "", carbon, primary, "", p.whole)
            for c in p.contributions:
                yield (*head, c.kind, c.name, c.supplier, c.carbon, c.primary, c.source, p.whole)

    def to_dict(self) -> dict[str, Any]:
        """Return the footprints as plain data."""
        return {
            "year": self.year,
            "allocation": dict(self.allocation) if isinstance(self.allocation, Mapping) else self.allocation,
            "basis": self.basis,
            "footprints": [p.to_dict() for p in self.products],
            "remarks": [r.to_dict() for r in self.remarks],
        }


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _rounded_or_none(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else _round(value)


def _text(value: float) -> str:
    return decimal_text(_round(value))
