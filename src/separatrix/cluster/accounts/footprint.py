"""Product carbon footprints, handed to a customer or read from a supplier, as JSON of the PACT form.

Field names are those of the public data model of the Partnership for Carbon Transparency (PACT, hosted by
WBCSD), Technical Specifications for PCF Data Exchange, version 3.0.  Only the names are used here; the text
and the schema of the specification are its owners'.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.reading.files import decode, read_bytes

__all__ = ["ProductFootprint", "parse_footprint", "read_footprint"]

SPEC_VERSION = "3.0.0"
_UNITS = (
    "liter",
    "kilogram",
    "cubic meter",
    "kilowatt hour",
    "megajoule",
    "ton kilometer",
    "square meter",
    "piece",
    "hour",
    "megabit second",
)
_MASS = {
    "kilogram": "1",
    "kilowatt hour": "0",
    "megajoule": "0",
    "ton kilometer": "0",
    "hour": "0",
    "megabit second": "0",
}
"""Kilograms of product in one declared unit, where the unit says it; a litre or a piece does not."""

_MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class ProductFootprint:
    """The carbon footprint of one product of one enterprise.

    Attributes
    ----------
    company, company_id : str
        Name, and an identifier as a URN.
    product, product_id : str
        Name, and an identifier as a URN.
    unit : str
        The declared unit, one of PACT's: kilogram, kilowatt hour, cubic meter …
    amount : float
        How many of them the footprint is for, above 0.
    carbon : float
        kg CO2e for that amount, without biogenic uptake (``pcfExcludingBiogenicUptake``).
    start, end : str
        The reporting period, ISO 8601.
    geography : str
        Country as ISO 3166-1 alpha-2; '' for global.
    primary_share : float or None
        Percentage of primary data, 0 to 100.
    mass : float or None
        Kilograms of product in one declared unit, where that does not say it (a litre, a piece): without it
        the record does not tell, and the customer has to ask.
    gwp : str
        The report whose warming potentials were used: AR4, AR5 or AR6, as in `cluster.yaml`.
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
    gwp: str = "AR5"

    @property
    def factor(self) -> float:
        """Kg CO2e per declared unit, the factor that replaces one of spending."""
        return self.carbon / self.amount

    def to_json(self, *, identifier: str | None = None, created: datetime | None = None) -> str:
        """Return the footprint as a JSON object of PACT's ProductFootprint.

        Examples
        --------
        >>> cement = ProductFootprint(
        ...     "River Cement",
        ...     "urn:example:company:1",
        ...     "CEM II",
        ...     "urn:example:product:7",
        ...     "kilogram",
        ...     1.0,
        ...     0.66,
        ...     "2024-01-01T00:00:00Z",
        ...     "2025-01-01T00:00:00Z",
        ...     "CN",
        ... )
        >>> parse_footprint(json.loads(cement.to_json())) == cement
        True
        """
        _check(self)
        when = (created or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        pcf: dict[str, Any] = {
            "declaredUnitOfMeasurement": self.unit,
            "declaredUnitAmount": _decimal(self.amount),
            "referencePeriodStart": self.start,
            "referencePeriodEnd": self.end,
            "pcfExcludingBiogenicUptake": _decimal(self.carbon),
            "pcfIncludingBiogenicUptake": _decimal(self.carbon),
            "crossSectoralStandards": ["ISO14067"],
            "ipccCharacterizationFactors": [self.gwp],
        }
        mass = _MASS.get(self.unit) or (None if self.mass is None else _decimal(self.mass))
        if mass is not None:
            pcf["productMassPerDeclaredUnit"] = mass
        if self.geography:
            pcf["geographyCountry"] = self.geography
        if self.primary_share is not None:
            pcf["primaryDataShare"] = _decimal(self.primary_share)
        whole = {
            "id": identifier or str(uuid.uuid4()),
            "specVersion": SPEC_VERSION,
            "created": when,
            "status": "Active",
            "companyName": self.company,
            "companyIds": [self.company_id],
            "productDescription": self.product,
            "productIds": [self.product_id],
            "productNameCompany": self.product,
            "pcf": pcf,
        }
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _decimal(value: float) -> str:
    """Return a number with all its digits and without an exponent, as PACT writes decimals."""
    return format(Decimal(repr(float(value))), "f")


def read_footprint(path: str | os.PathLike[str]) -> ProductFootprint:
    """Return the footprint that a supplier's JSON file holds.

    Parameters
    ----------
    path : str or path
        Of a file with one ProductFootprint of PACT's, version 2 or 3, or a list of one.

    Returns
    -------
    ProductFootprint
        Its carbon in kg CO2e for the declared amount.

    Raises
    ------
    InputError
        K220 where the file is no footprint, with the field; G100 where there is no such file.

    References
    ----------
    PACT, Technical Specifications for PCF Data Exchange, version 3.0.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> steel = ProductFootprint(
    ...     "A", "urn:a", "steel", "urn:s", "kilogram", 1.0, 1.9, "2024-01-01", "2025-01-01"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "steel.json")
    ...     _ = file.write_text(steel.to_json())
    ...     read_footprint(file).carbon
    1.9
    """
    path = Path(path)
    text = decode(read_bytes(path, _MAX_BYTES, "a product footprint"), path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:  # ValueError: also integers of thousands of digits
        line = getattr(problem, "lineno", None)
        raise InputError("K220", f"this is no JSON: {problem}", where=Place(str(path), line)) from None
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    try:
        return parse_footprint(data)
    except InputError as problem:
        problem.where = problem.where or Place(str(path))
        raise


def parse_footprint(data: Any) -> ProductFootprint:
    """Return the footprint of a JSON object of PACT's ProductFootprint (versions 2 and 3)."""
    if not isinstance(data, Mapping) or not isinstance(data.get("pcf"), Mapping):
        raise InputError("K220", "this is no product footprint: it has no object `pcf`")
    pcf = data["pcf"]
    made = ProductFootprint(
        company=_text(data, "companyName"),
        company_id=_first(data, "companyIds"),
        product=_text(data, "productNameCompany", "productDescription"),
        product_id=_first(data, "productIds"),
        unit=_text(pcf, "declaredUnitOfMeasurement", "declaredUnit"),
        amount=_number(pcf, "declaredUnitAmount", "unitaryProductAmount"),
        carbon=_number(pcf, "pcfExcludingBiogenicUptake", "pcfExcludingBiogenic"),
        start=_text(pcf, "referencePeriodStart"),
        end=_text(pcf, "referencePeriodEnd"),
        geography=str(pcf.get("geographyCountry") or ""),
        primary_share=None if pcf.get("primaryDataShare") is None else _number(pcf, "primaryDataShare"),
        mass=_mass(pcf),
        gwp=_gwp(pcf),
    )
    _check(made)
    return made


def _mass(pcf: Mapping[str, Any]) -> float | None:
    unit = pcf.get("declaredUnitOfMeasurement") or pcf.get("declaredUnit")
    if pcf.get("productMassPerDeclaredUnit") is None or unit in _MASS:
        return None
    return _number(pcf, "productMassPerDeclaredUnit")


def _gwp(pcf: Mapping[str, Any]) -> str:
    """Return the report that a record names first; AR5 where it names none."""
    named = pcf.get("ipccCharacterizationFactors")
    return str(named[0])[:10] if isinstance(named, list) and named else "AR5"


def _check(footprint: ProductFootprint) -> None:
    if footprint.unit not in _UNITS:
        raise InputError("K220", f"the declared unit `{footprint.unit}` is none of {', '.join(_UNITS)}")
    if not footprint.amount > 0:
        raise InputError("K220", f"the declared amount is {footprint.amount:g}; it must be above zero")
    if not abs(footprint.carbon) < float("inf") or not footprint.amount < float("inf"):
        raise InputError("K220", "the footprint is not finite")
    _check_period(footprint)
    if footprint.mass is not None and not 0 <= footprint.mass < float("inf"):
        raise InputError("K220", f"the mass of a declared unit is {footprint.mass:g} kg")
    if footprint.primary_share is not None and not 0 <= footprint.primary_share <= 100:
        raise InputError("K220", f"the share of primary data is {footprint.primary_share:g} %")


def _check_period(footprint: ProductFootprint) -> None:
    ends = []
    for name, text in (("referencePeriodStart", footprint.start), ("referencePeriodEnd", footprint.end)):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            raise InputError(
                "K220", f"`{name}` is `{text[:40]}`; a date was expected", hint="as 2024-01-01T00:00:00Z"
            ) from None
        ends.append(when if when.tzinfo else when.replace(tzinfo=UTC))
    if not ends[0] < ends[1]:
        raise InputError("K220", "the reporting period ends before it starts")


def _present(data: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if data.get(name) is not None:
            return data[name]
    raise InputError(
        "K220", f"the footprint lacks `{names[0]}`", hint="ask the supplier for the whole record"
    )


def _text(data: Mapping[str, Any], *names: str) -> str:
    value = _present(data, names)
    if not isinstance(value, str) or not value.strip():
        raise InputError("K220", f"`{names[0]}` must be a text")
    return value


def _first(data: Mapping[str, Any], *names: str) -> str:
    value = _present(data, names)
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise InputError("K220", f"`{names[0]}` must be a list with at least one identifier")
    return value[0]


def _number(data: Mapping[str, Any], *names: str) -> float:
    value = _present(data, names)
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        raise InputError("K220", f"`{names[0]}` is `{str(value)[:40]}`; a number was expected") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise InputError("K220", f"`{names[0]}` is not finite")
    return number
