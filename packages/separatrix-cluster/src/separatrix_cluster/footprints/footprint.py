"""Product carbon footprints, and how they are written as records of PACT's data model for a customer.

Field names are those of the public data model of the Partnership for Carbon Transparency (PACT, hosted by
WBCSD), Technical Specifications for PCF Data Exchange, version 3.0.3.  Only the names are used here; the text
and the schema of the specification are its owners'.

Records of product carbon footprints, as suppliers hand them over: of PACT's data model, version 2 or 3.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.io.files import decode, read_bytes
from separatrix.sentences import say, together
from separatrix_cluster.footprints.pact import SPEC_VERSION, require_record, version_of
from separatrix_cluster.footprints.pact_types import (
    GEOGRAPHIES,
    MASSLESS,
    UNITS,
    decimal_text,
    geography_property,
    in_version_3,
    instant,
)
from separatrix_cluster.tables.cells import short

__all__ = [
    "ProductFootprint",
    "covers",
    "parse_footprint",
    "parse_footprints",
    "period_of",
    "read_footprint",
    "read_footprints",
    "three_years_after",
]


@dataclass(frozen=True)
class ProductFootprint:
    """The carbon footprint of one product of one enterprise.

    Properties that PACT requires in every record may be None or empty here; writing a record requires them.

    Attributes
    ----------
    company, company_id : str
        Name, and an identifier as a URN.
    product, product_id : str
        Name, and an identifier as a URN.
    unit : str
        The unit of measurement, one of PACT's: kilogram, kilowatt hour, cubic meter …
    amount : float
        The number of units of the footprint, above 0: together the *declared unit*, as 12.5 liter.
    carbon : float
        kg CO2e for the declared unit, without biogenic uptake (``pcfExcludingBiogenicUptake``).
    start, end : str
        The reporting period, dates with time and zone.
    geography : str
        A country (ISO 3166-1 alpha-2), a part of one (ISO 3166-2) or a region of the United Nations; '' for
        the whole world.
    primary_share : float or None
        Percentage of primary data, 0 to 100.
    mass : float or None
        Kilograms of product, without packaging, in the declared unit (``productMassPerDeclaredUnit``); needed
        where the unit does not say it: liter, cubic meter, square meter, piece.
    gwp : tuple of str
        The reports whose warming potentials were used: AR4, AR5, AR6.
    fossil : float or None
        kg CO2e from fossil sources.
    fossil_content, biogenic_content : float or None
        kg of fossil and of biogenic carbon in the product.
    including : float or None
        kg CO2e with biogenic uptake; where it is None and the product holds no biogenic carbon, `carbon`.
    exempted : float or None
        Percentage of the emissions that was excluded.
    standards : tuple of str
        The standards followed, as PACT-3.0, ISO14067. Only named ones are claimed.
    status : str
        Active, or Deprecated for one that a newer record replaces.
    more, about : mapping
        Further properties of the footprint and of the record, unchanged.
    identifier, created, version : str
        Of a record that was read: its `id`, when it was made, its version of the data model.  Two footprints
        that differ in these alone are equal.
    """

    company: str
    company_id: str
    product: str
    product_id: str
    unit: str
    amount: float
    carbon: float
    start: str
    end: str
    geography: str = ""
    primary_share: float | None = None
    mass: float | None = None
    gwp: tuple[str, ...] = ()
    fossil: float | None = None
    fossil_content: float | None = None
    biogenic_content: float | None = None
    including: float | None = None
    exempted: float | None = None
    standards: tuple[str, ...] = ()
    status: str = "Active"
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)
    about: Mapping[str, Any] = field(default_factory=dict, hash=False)
    identifier: str = field(default="", compare=False)
    created: str = field(default="", compare=False)
    version: str = field(default=SPEC_VERSION, compare=False)

    @property
    def factor(self) -> float:
        """Kg CO2e for one unit of measurement, the factor that replaces one of spending."""
        return self.carbon / self.amount

    @property
    def kilograms(self) -> float | None:
        """Kilograms of product in the declared unit; None where neither the unit nor `mass` gives it."""
        if self.unit == "kilogram":
            return self.amount
        return 0.0 if self.unit in MASSLESS else self.mass

    @property
    def with_uptake(self) -> float | None:
        """Kg CO2e with biogenic uptake; None where that is not known."""
        if self.including is not None:
            return self.including
        uptake = self.more.get("biogenicCO2Uptake")
        if uptake is not None:
            return float(Decimal(repr(float(self.carbon))) + Decimal(uptake))
        return self.carbon if self.biogenic_content == 0 else None

    def to_json(self, *, identifier: str | None = None, created: datetime | None = None) -> str:
        """Return the footprint as a JSON object of PACT's ProductFootprint, version 3.0.3.

        Raises
        ------
        InputError
            K220 where the data model would refuse it.

        Examples
        --------
        >>> cement = ProductFootprint(
        ...     company="River Cement",
        ...     company_id="urn:pact:example.com:company:1",
        ...     product="CEM II",
        ...     product_id="urn:gtin:4712345060507",
        ...     unit="kilogram",
        ...     amount=1.0,
        ...     carbon=0.66,
        ...     start="2024-01-01T00:00:00Z",
        ...     end="2025-01-01T00:00:00Z",
        ...     geography="CN",
        ...     gwp=("AR6",),
        ...     fossil=0.66,
        ...     fossil_content=0.0,
        ...     biogenic_content=0.0,
        ...     exempted=2.5,
        ...     standards=("PACT-3.0",),
        ... )
        >>> record = json.loads(cement.to_json())
        >>> record["pcf"]["pcfExcludingBiogenicUptake"], record["pcf"]["fossilGhgEmissions"]
        ('0.66', '0.66')
        """
        return (
            json.dumps(self.to_record(identifier=identifier, created=created), ensure_ascii=False, indent=2)
            + "\n"
        )

    def to_record(self, *, identifier: str | None = None, created: datetime | None = None) -> dict[str, Any]:
        """Return the same as plain data."""
        _require_complete(self)
        when = None if created is None else created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        pcf = {**self.more, **_properties(self)}
        record = {
            "id": identifier or self.identifier or str(uuid.uuid4()),
            "specVersion": SPEC_VERSION,
            "created": when or self.created or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": self.status,
            "companyName": self.company,
            "companyIds": [self.company_id],
            "productDescription": self.product,
            "productIds": [self.product_id],
            "productNameCompany": self.product,
            **self.about,
            "pcf": {name: value for name, value in pcf.items() if value is not None},
        }
        require_record(record, 3)
        return record


def _properties(footprint: ProductFootprint) -> dict[str, Any]:
    """Return the properties that have a field of their own, in the data model's names."""

    def number(value: float | None) -> str | None:
        return None if value is None else decimal_text(value)

    where = geography_property(footprint.geography) if footprint.geography else None
    return {
        "declaredUnitOfMeasurement": footprint.unit,
        "declaredUnitAmount": number(footprint.amount),
        "productMassPerDeclaredUnit": number(footprint.kilograms),
        "referencePeriodStart": footprint.start,
        "referencePeriodEnd": footprint.end,
        **({} if where is None else {where: footprint.geography}),
        "pcfExcludingBiogenicUptake": number(footprint.carbon),
        "pcfIncludingBiogenicUptake": number(footprint.with_uptake),
        "fossilGhgEmissions": number(footprint.fossil),
        "fossilCarbonContent": number(footprint.fossil_content),
        "biogenicCarbonContent": number(footprint.biogenic_content),
        "ipccCharacterizationFactors": list(footprint.gwp),
        "crossSectoralStandards": list(footprint.standards),
        "exemptedEmissionsPercent": number(footprint.exempted),
        "primaryDataShare": number(footprint.primary_share),
    }


def _require_complete(footprint: ProductFootprint) -> None:
    """Refuse to write a footprint that lacks a property required in every record."""
    numbers = ("amount", "carbon", "mass", "fossil", "fossil_content", "biogenic_content", "including")
    for name in (*numbers, "exempted", "primary_share"):
        value = getattr(footprint, name)
        if value is not None and not abs(value) < float("inf"):
            raise InputError("K220", f"`{name}` is {value}; a finite number was expected")
    for name in ("gwp", "standards"):
        if isinstance(text := getattr(footprint, name), str):
            raise InputError(
                "K220",
                say(
                    "`{name}` is the text `{text}`; a list of them was expected", name=name, text=short(text)
                ),
                hint=say("as {name}=(…,)", name=name),
            )
    if footprint.unit not in UNITS:
        raise InputError(
            "K220",
            say(
                "`unit` is `{unit}`; one of {units} was expected",
                unit=short(footprint.unit),
                units=", ".join(UNITS),
            ),
        )
    if footprint.unit == "kilogram" and footprint.mass not in (None, footprint.amount):
        raise InputError(
            "K220",
            say(
                "{amount} kilograms have a `mass` of {mass}",
                amount=decimal_text(footprint.amount),
                mass=decimal_text(footprint.mass),
            ),
            hint=say("`mass` is of the whole declared unit, and not needed where that is in kilograms"),
        )
    lacking = {
        say("its mass in kilograms (mass)"): footprint.kilograms is None,
        say("by which report of the IPCC gases are weighted (gwp)"): not footprint.gwp,
        say("kg CO2e from fossil sources (fossil)"): footprint.fossil is None,
        say("the fossil carbon in the product (fossil_content)"): footprint.fossil_content is None,
        say("the biogenic carbon in it (biogenic_content), or kg CO2e with its uptake (including)"): (
            footprint.with_uptake is None
        ),
        say("the percentage of the emissions that is excluded (exempted)"): footprint.exempted is None,
        say("which standards were followed, as PACT-3.0 (standards)"): not footprint.standards,
    }
    told = [name for name, absent in lacking.items() if absent]
    if told:
        raise InputError(
            "K220",
            say(
                "the footprint of {product} does not state: {what}",
                product=short(footprint.product),
                what=together(told, "; "),
            ),
            hint=say(
                "every record of PACT's data model holds these; mass and carbon in the product come from the "
                "table products, where 0 says that there is none"
            ),
        )
    if footprint.geography and geography_property(footprint.geography) is None:
        raise InputError(
            "K220",
            f"the geography is `{short(footprint.geography)}`; a country's two letters (ISO 3166-1), a part "
            "of one (ISO 3166-2) or a region of the United Nations was expected",
            hint="as CN, CN-JS or Eastern Asia; leave it empty for the whole world",
        )


def period_of(year: int) -> tuple[str, str]:
    """Return the first moment of a calendar year and that of the next.

    Examples
    --------
    >>> period_of(2024)
    ('2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z')
    """
    return f"{year:04d}-01-01T00:00:00Z", f"{year + 1:04d}-01-01T00:00:00Z"


def covers(footprint: ProductFootprint, year: int) -> bool:
    """Return whether a footprint may be used for a year: it is valid for three years after its period."""
    start, end = (instant(text) for text in period_of(year))
    first = footprint.about.get("validityPeriodStart", footprint.start)
    last = footprint.about.get("validityPeriodEnd")
    until = instant(last) if last is not None else three_years_after(instant(footprint.end))
    return instant(first) < end and start < until


def three_years_after(moment: datetime) -> datetime:
    """Return until when a footprint may be used whose period ends at a moment.

    Examples
    --------
    >>> three_years_after(instant("2024-02-29T00:00:00Z")).isoformat()
    '2027-02-28T00:00:00+00:00'
    """
    try:
        return moment.replace(year=moment.year + 3)
    except ValueError:  # the 29th of February, or the end of the calendar
        return moment.replace(year=min(moment.year + 3, 9999), day=28)


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
