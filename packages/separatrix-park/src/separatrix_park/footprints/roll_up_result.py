"""The footprint of a product as plain data, as a roll-up keeps it: in numbers, and in words of each language.

From other enterprises of the park it contains only the footprints that they offer for use.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from separatrix.errors import InputError
from separatrix.languages import LANGUAGES, language_of
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_cluster.footprints.product_carbon import Contribution, ProductCarbon
from separatrix_cluster.footprints.result import CradleToGate
from separatrix_cluster.footprints.unit_process import RATINGS
from separatrix_park.footprints.supply_chain import ReceivedRecord, SupplyData

__all__ = ["INSIDE", "inputs_of", "record_from", "roll_up_result", "same_figures", "sign_of"]

INSIDE = "product of the cluster"
"""The kind of a contribution that another member of the park made."""

_SAME = 1e-9
"""Relative tolerance within which two calculated numbers are the same."""


def roll_up_result(gathered: SupplyData, found: CradleToGate, product: ProductCarbon) -> dict[str, Any]:
    """Return what is kept of the footprint of a product.

    Parameters
    ----------
    gathered : SupplyData
        The inputs of the calculation.
    found : CradleToGate
        The footprints of the whole supply chain.
    product : ProductCarbon
        One of the enterprise's own products.
    """
    known = not math.isnan(product.carbon)
    footprint, refused = _footprint(found, product)
    return {
        "unit": product.unit,
        "made": product.made,
        "carbon": product.carbon if known else None,
        "fossil": product.fossil if known else None,
        "primary": product.primary_share if known else None,
        "exempted": product.exempted_share if known else None,
        "rated": product.rated,
        "quality": None if product.quality is None else list(product.quality),
        "share": None if math.isnan(product.share) else product.share,
        "allocation": (found.allocation or {}).get(product.enterprise, "")
        if not isinstance(found.allocation, str)
        else found.allocation,
        "at_least": bool(product.missing) and not product.either,
        "contributions": [_contribution(c) for c in product.contributions],
        "missing": {code: [language_of(code).tell(what) for what in product.missing] for code in LANGUAGES},
        "circle": _circle(gathered, product),
        "doubts": _doubts(gathered, product),
        "footprint": footprint,
        "refused": refused,
    }


def sign_of(result: Mapping[str, Any]) -> str:
    """Return the sign before a figure that is not whole: ≥ where it can only be more, ~ where also less."""
    if not result["missing"]["en"]:
        return ""
    return "≥" if result["at_least"] else "~"


def _contribution(told: Contribution) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "name": told.name,
        "supplier": told.supplier,
        "carbon": told.carbon,
        "primary": told.primary,
        "source": told.source,
        "amount": None if math.isnan(told.amount) else told.amount,
        "unit": told.unit,
        "record": told.record,
    }


def _circle(gathered: SupplyData, product: ProductCarbon) -> dict[str, Any] | None:
    """Return the circle in which a product has no footprint: one's own products, those that one buys, others.

    The suppliers of other enterprises in the park are confidential.
    """
    if not product.circle:
        return None
    own = [name for key, name in product.circle if key == gathered.key]
    suppliers = [
        [key, name]
        for key, name in product.circle
        if (key, name) in product.suppliers and key != gathered.key
    ]
    return {"own": own, "suppliers": suppliers, "others": len(product.circle) - len(own) - len(suppliers)}


def _doubts(gathered: SupplyData, product: ProductCarbon) -> list[dict[str, str]]:
    """Return the records that went in and are replaced, or of another period."""
    used = {c.record for c in product.contributions if c.record}
    return [
        {"doubt": told.doubt, "partner": told.partner_name, "product_id": told.product_id}
        for told in gathered.records.values()
        if told.doubt and str(told.pf_id) in used
    ]


def _footprint(
    found: CradleToGate, product: ProductCarbon
) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """Return what a record of it holds, or why there is none."""
    exempted = product.exempted_share
    try:
        made = found.record(product, exempted=100.0 if exempted is None else exempted)
    except InputError as problem:
        return None, {code: language_of(code).tell(problem.message) for code in LANGUAGES}
    # What is missing may tell of others in the park: whoever publishes says it in their own words.
    more = {name: value for name, value in made.more.items() if name != "exemptedEmissionsDescription"}
    told = asdict(replace(made, more={}, about={}))
    return {**told, "more": more, "about": {}}, None


def record_from(
    kept: Mapping[str, Any],
    *,
    standards: tuple[str, ...],
    exempted: float,
    left_out: str = "",
    quality: tuple[float, float, float] | None = None,
) -> ProductFootprint:
    """Return the record of a kept footprint, with what people say of it.

    Parameters
    ----------
    kept : mapping
        From `roll_up_result`, for a product with a footprint.
    standards : tuple of str
        Standards followed.
    exempted : float
        Percentage of the emissions that is excluded.
    left_out : str
        Description of the exclusion.
    quality : tuple of float, optional
        Ratings of the data not rated in suppliers' records: technology, geography, time.
    """
    told = dict(kept["footprint"])
    more = dict(told.pop("more"))
    if left_out:
        more["exemptedEmissionsDescription"] = left_out
    rated, by_suppliers = float(kept["rated"]), kept["quality"]
    ratings = quality
    if by_suppliers is not None and (quality is not None or rated >= 1 - _SAME):
        own = quality or tuple(by_suppliers)
        ratings = tuple(rated * s + (1 - rated) * o for s, o in zip(by_suppliers, own, strict=True))
    if ratings is not None:
        more["dqi"] = {name: f"{value:.4g}" for name, value in zip(RATINGS, ratings, strict=True)}
    lists = {name: tuple(told[name]) for name in ("gwp", "standards")}
    made = ProductFootprint(**{**told, **lists, "more": more})
    return replace(made, standards=standards, exempted=exempted, identifier="", created="")


def inputs_of(gathered: SupplyData, product: ProductCarbon) -> list[dict[str, Any]]:
    """Return what went into a product, with the versions of its footprints, ready to be kept."""
    ids = {member.key: member.id for member in gathered.data.members}
    by_record = {str(told.pf_id): told for told in gathered.records.values()}
    found = []
    for told in product.contributions:
        if math.isnan(told.amount) or not told.unit:
            continue
        of: dict[str, Any] = {
            "product": told.name[:300],
            "amount": told.amount,
            "unit": told.unit,
            "carbon": told.carbon / told.amount if told.amount else 0.0,
            "primary_share": 100 * told.primary / told.carbon if told.carbon > 0 else None,
        }
        if told.kind == INSIDE:
            of |= {"supplier": told.supplier, "product_id": told.name[:300]}
            of["created"] = gathered.data.version_of(ids[told.supplier])[:16]
        elif told.record in by_record:
            of |= _received(by_record[told.record])
        else:
            continue
        found.append(of)
    return found


def _received(told: ReceivedRecord) -> dict[str, Any]:
    return {
        "partner_id": told.partner,
        "pf_id": told.pf_id,
        "supplier": told.partner_name[:200],
        "product_id": told.product_id,
        "created": told.created[:40],
    }


def same_figures(one: Any, other: Any) -> bool:
    """Whether two stored results are equal, apart from rounding errors.

    Examples
    --------
    >>> same_figures({"carbon": [1.0, "kg"]}, {"carbon": [1.0 + 1e-15, "kg"]})
    True
    >>> same_figures({"carbon": 1.0}, {"carbon": 1.001})
    False
    """
    if isinstance(one, float) or isinstance(other, float):
        if not (isinstance(one, (int, float)) and isinstance(other, (int, float))):
            return False
        return math.isclose(one, other, rel_tol=_SAME, abs_tol=0.0)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_figures(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_figures, one, other))
    return bool(one == other)
