"""Records of product carbon footprints, as suppliers hand them over: of PACT's data model, version 2 or 3."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.io.files import decode, read_bytes
from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_cluster.footprints.pact import require_record, version_of
from separatrix_cluster.footprints.pact_kinds import GEOGRAPHIES, MASSLESS
from separatrix_cluster.footprints.pact_version_2 import in_version_3

__all__ = ["parse_footprint", "parse_footprints", "read_footprint", "read_footprints"]

_MAX_BYTES = 5_000_000

_OWN = (
    "declaredUnitOfMeasurement",
    "declaredUnitAmount",
    "productMassPerDeclaredUnit",
    "referencePeriodStart",
    "referencePeriodEnd",
    *GEOGRAPHIES,
    "pcfExcludingBiogenicUptake",
    "pcfIncludingBiogenicUptake",
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "biogenicCarbonContent",
    "ipccCharacterizationFactors",
    "crossSectoralStandards",
    "exemptedEmissionsPercent",
    "primaryDataShare",
)
"""The properties that have a field of their own; `more` holds the others."""

_RECORD = ("id", "specVersion", "created", "status", "companyName", "productNameCompany", "pcf")
_LISTS = ("companyIds", "productIds")


def read_footprint(path: str | os.PathLike[str]) -> ProductFootprint:
    """Return the footprint that a supplier's JSON file holds.

    Parameters
    ----------
    path : str or path
        Of a file with one record of PACT's ProductFootprint, version 2 or 3: bare, in a list of one, or in
        the envelope ``{"data": …}`` of an answer of the protocol.

    Returns
    -------
    ProductFootprint
        Its carbon in kg CO2e for the declared unit.

    Raises
    ------
    InputError
        K220 where the file is not a footprint, with the property; K251 where it has another version of the
        data model; K252 where it has several; G100 where the file does not exist.

    References
    ----------
    PACT, Technical Specifications for PCF Data Exchange, version 3.0.3.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> steel = ProductFootprint(
    ...     company="A",
    ...     company_id="urn:pact:example.com:company:a",
    ...     product="steel",
    ...     product_id="urn:gtin:4712345060507",
    ...     unit="kilogram",
    ...     amount=1.0,
    ...     carbon=1.9,
    ...     start="2024-01-01T00:00:00Z",
    ...     end="2025-01-01T00:00:00Z",
    ...     gwp=("AR6",),
    ...     fossil=1.9,
    ...     fossil_content=0.0,
    ...     biogenic_content=0.0,
    ...     exempted=0.0,
    ...     standards=("PACT-3.0",),
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "steel.json")
    ...     _ = file.write_text(steel.to_json())
    ...     read_footprint(file).carbon
    1.9
    """
    found = read_footprints(path)
    if len(found) != 1:
        raise InputError(
            "K252",
            say("the file holds {n} records; one was expected", n=len(found)),
            where=Place(str(path)),
            hint=say("`separatrix cluster footprint FILE` lists them; keep one a file"),
        )
    return found[0]


def read_footprints(path: str | os.PathLike[str]) -> tuple[ProductFootprint, ...]:
    """Return every footprint that a JSON file holds, one or more.

    Parameters
    ----------
    path : str or path
        Of a file with records of PACT's ProductFootprint, version 2 or 3: one, a list, or either in the
        envelope ``{"data": …}``.

    Returns
    -------
    tuple of ProductFootprint
        Their carbon in kg CO2e for the declared unit.

    Raises
    ------
    InputError
        As `read_footprint`; of a list also which record it is.

    References
    ----------
    PACT, Technical Specifications for PCF Data Exchange, version 3.0.3.

    Examples
    --------
    >>> from importlib.resources import as_file, files
    >>> record = files("separatrix_cluster").joinpath("shipped", "synthetic-park", "iron-ore.json")
    >>> with as_file(record) as path:
    ...     [(found.product, found.unit) for found in read_footprints(path)]
    [('iron ore (made up)', 'kilogram')]
    """
    path = Path(path)
    text = decode(read_bytes(path, _MAX_BYTES, "a product footprint"), path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:  # ValueError: also integers of thousands of digits
        line = getattr(problem, "lineno", None)
        raise InputError(
            "K220", say("this is not valid JSON: {why}", why=str(problem)), where=Place(str(path), line)
        ) from None
    try:
        return parse_footprints(data)
    except InputError as problem:
        problem.where = problem.where or Place(str(path))
        raise


def parse_footprints(data: Any) -> tuple[ProductFootprint, ...]:
    """Return the footprints of plain data: a record, a list of them, or either in ``{"data": …}``.

    Raises
    ------
    InputError
        As `read_footprints`.
    """
    if isinstance(data, Mapping) and "data" in data and "pcf" not in data:
        data = data["data"]
    if not isinstance(data, list):
        return (parse_footprint(data),)
    if not data:
        raise InputError("K220", say("this is not a product footprint: the list is empty"))
    found = []
    for i, record in enumerate(data, start=1):
        try:
            found.append(parse_footprint(record))
        except InputError as problem:
            if len(data) > 1:
                problem.message = say("record {k} of {n}: {what}", k=i, n=len(data), what=problem.message)
            raise
    return tuple(found)


def parse_footprint(data: Any) -> ProductFootprint:
    """Return the footprint of a record of PACT's ProductFootprint, version 2 or 3, as plain data.

    Raises
    ------
    InputError
        K220 with the property that is lacking or wrong; K251 for another version of the data model.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("pcf"), Mapping):
        raise InputError("K220", say("this is not a product footprint: it has no object `pcf`"))
    version = version_of(data)
    require_record(data, version)
    record = data if version == 3 else in_version_3(data)
    pcf = record["pcf"]

    def number(name: str) -> float | None:
        return None if pcf.get(name) is None else float(pcf[name])

    own = set(_OWN)
    about = {
        name: value
        for name, value in record.items()
        if name not in _RECORD and not (name in _LISTS and len(value) == 1)
    }
    if about.get("productDescription") == record["productNameCompany"]:
        del about["productDescription"]
    unit = pcf["declaredUnitOfMeasurement"]
    return _brief(
        ProductFootprint(
            company=record["companyName"],
            company_id=record["companyIds"][0],
            product=record["productNameCompany"],
            product_id=record["productIds"][0],
            unit=unit,
            amount=float(pcf["declaredUnitAmount"]),
            carbon=float(pcf["pcfExcludingBiogenicUptake"]),
            start=pcf["referencePeriodStart"],
            end=pcf["referencePeriodEnd"],
            geography=next((pcf[name] for name in GEOGRAPHIES if name in pcf), ""),
            primary_share=number("primaryDataShare"),
            mass=None if unit in ("kilogram", *MASSLESS) else number("productMassPerDeclaredUnit"),
            gwp=tuple(pcf["ipccCharacterizationFactors"]),
            fossil=number("fossilGhgEmissions"),
            fossil_content=number("fossilCarbonContent"),
            biogenic_content=number("biogenicCarbonContent"),
            including=number("pcfIncludingBiogenicUptake"),
            exempted=number("exemptedEmissionsPercent"),
            standards=tuple(pcf["crossSectoralStandards"]),
            status=record["status"],
            more={name: value for name, value in pcf.items() if name not in own},
            about=about,
            identifier=record["id"],
            created=record["created"],
            version=data["specVersion"],
        )
    )


def _brief(footprint: ProductFootprint) -> ProductFootprint:
    """Return the footprint without what follows from the rest of it."""
    derived = replace(footprint, including=None)
    return derived if derived.with_uptake == footprint.including else footprint
