"""The kinds of values in PACT's data model, such as decimals, date-times and URNs, and their checks.

Records of version 2 of PACT's data model, in the names and meanings of version 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from separatrix.sentences import say
from separatrix_cluster.tables.cells import short

__all__ = [
    "Check",
    "GEOGRAPHIES",
    "MASSLESS",
    "REGIONS",
    "REPORTS",
    "UNITS",
    "decimal_text",
    "geography_property",
    "in_version_3",
    "instant",
    "is_decimal",
    "is_flag",
    "is_instant",
    "is_list",
    "is_number",
    "is_object",
    "is_one_of",
    "is_report",
    "is_rule",
    "is_said",
    "is_set_of",
    "is_text",
    "is_uri",
    "is_urn",
    "is_uuid",
    "record_of",
    "unit_name",
    "value_text",
]

_COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
    YT ZA ZM ZW
    """.split()
)
"""The two letters of countries and territories (ISO 3166-1 alpha-2, officially assigned)."""

_UNIT_NAMES = {
    "liter": say("liter"),
    "kilogram": say("kilogram"),
    "cubic meter": say("cubic meter"),
    "kilowatt hour": say("kilowatt hour"),
    "megajoule": say("megajoule"),
    "ton kilometer": say("ton kilometer"),
    "square meter": say("square meter"),
    "piece": say("piece"),
    "hour": say("hour"),
    "megabit second": say("megabit second"),
}
UNITS = tuple(_UNIT_NAMES)
MASSLESS = ("kilowatt hour", "megajoule", "ton kilometer", "hour", "megabit second")
"""Declared units of energy, transport and services, whose products have no mass."""

REPORTS = ("AR1", "AR2", "AR3", "AR4", "AR5", "AR6")
"""The assessment reports of the IPCC that exist."""

REGIONS = (
    "Africa",
    "Americas",
    "Asia",
    "Europe",
    "Oceania",
    "Australia and New Zealand",
    "Central Asia",
    "Eastern Asia",
    "Eastern Europe",
    "Latin America and the Caribbean",
    "Melanesia",
    "Micronesia",
    "Northern Africa",
    "Northern America",
    "Northern Europe",
    "Polynesia",
    "South-eastern Asia",
    "Southern Asia",
    "Southern Europe",
    "Sub-Saharan Africa",
    "Western Asia",
    "Western Europe",
)
"""The regions and subregions of the United Nations' M49 that a record may be about."""

_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_URN = re.compile(  # RFC 8141, section 2, with r-, q- and f-component
    r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:(?:[a-z0-9._~!$&'()*+,;=:@-]|%[0-9a-f]{2})"
    r"(?:[a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*"
    r"(?:[?#](?:[a-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE,
)
_LONGEST = 4000
"""The most digits of a decimal, or characters of an identifier, that are accepted."""

Check = Callable[[Any], str | None]
"""A check returns what was expected where a value does not hold to it."""


def value_text(value: Any) -> str:
    """Return a value as an error shows it."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return say("an object of {n}", n=len(value))
    if isinstance(value, list):
        return say("a list of {n}", n=len(value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**40:
        return say("a number of more than forty digits")
    return f"`{short(str(value))}`"


def decimal_text(value: float) -> str:
    """Return a number with all its digits and without an exponent, as PACT writes decimals.

    Examples
    --------
    >>> decimal_text(1e-7), decimal_text(660)
    ('0.0000001', '660')
    """
    text = format(Decimal(repr(float(value))), "f")
    return text.removesuffix(".0")


def instant(text: str) -> datetime:
    """Return the moment that a date-time with its zone names (RFC 3339).

    Examples
    --------
    >>> instant("2024-01-01T08:00:00+08:00") == instant("2024-01-01T00:00:00Z")
    True
    """
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def is_instant(value: Any) -> str | None:
    """Return the expectation where a value is not a date with time and zone (RFC 3339)."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            instant(value)
        except (ValueError, OverflowError):
            pass
        else:
            return None
    return say("a date with time and zone, as 2024-01-01T00:00:00Z")


def is_decimal(low: float | None = None, high: float | None = None, *, above: bool = False) -> Check:
    """Return the check that a value is a decimal, as a text, within bounds."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str) or len(value) > _LONGEST or not _DECIMAL.fullmatch(value):
            return say('a decimal as a text, such as "0.66"')
        number = float(value)
        if abs(number) == float("inf"):
            return say("a number that is not so large")
        if low is not None and (number < low or (above and number == low)):
            least = f"{low:g}"
            return (
                say("a decimal above {low}", low=least)
                if above
                else say("a decimal from {low} up", low=least)
            )
        if high is not None and number > high:
            return say("a decimal of {high} at most", high=f"{high:g}")
        return None

    return check


def is_number(low: float, high: float | None = None) -> Check:
    """Return the check of what was a number in version 2 and is a decimal in 3; both are taken."""
    held = is_decimal(low, high)

    def check(value: Any) -> str | None:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if abs(value) >= 1e300 or value != value:
                return say("a finite number")
            return held(decimal_text(float(value)))
        return held(value)

    return check


def is_text(value: Any) -> str | None:
    """Return the expectation where a value is not text."""
    return None if isinstance(value, str) else say("a text")


def is_said(value: Any) -> str | None:
    """Return the expectation where a value is not text, or is empty."""
    return None if isinstance(value, str) and value.strip() else say("a text that is not empty")


def is_flag(value: Any) -> str | None:
    """Return what was expected where a value is neither true nor false."""
    return None if isinstance(value, bool) else say("true or false")


def is_object(value: Any) -> str | None:
    """Return the expectation where a value is not an object."""
    return None if isinstance(value, Mapping) else say("an object")


def is_uuid(value: Any) -> str | None:
    """Return the expectation where a value is not a UUID."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        UUID(value)
        return None
    return say("a UUID")


def is_urn(value: Any) -> str | None:
    """Return the expectation where a value is not a URN (RFC 8141)."""
    if isinstance(value, str) and len(value) <= _LONGEST and _URN.fullmatch(value):
        return None
    return say("a URN (RFC 8141), as urn:gtin:4712345060507")


def is_uri(value: Any) -> str | None:
    """Return the expectation where a value is not an address."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", value):
        return None
    return say("an address (URI)")


def is_one_of(*known: str) -> Check:
    """Return the check that a value is one of these."""
    return lambda value: None if value in known else say("one of {names}", names=", ".join(known))


def is_set_of(check: Check) -> Check:
    """Return the check that a value is a list of one item or more, all different, that hold to a check."""

    def whole(value: Any) -> str | None:
        if not isinstance(value, list) or not value:
            return say("a list with at least one item")
        for item in value:
            expected = check(item)
            if expected is not None:
                return say(
                    "a list in which each is {expected} (and not {found})",
                    expected=expected,
                    found=value_text(item),
                )
        if any(item in value[:i] for i, item in enumerate(value)):
            return say("a list without repetitions")
        return None

    return whole


def is_list(value: Any) -> str | None:
    """Return the expectation where a value is not a list."""
    return None if isinstance(value, list) else say("a list")


def _is_country(value: Any) -> str | None:
    return (
        None
        if isinstance(value, str) and value in _COUNTRIES
        else say("a country's two letters (ISO 3166-1), as CN")
    )


def _is_subdivision(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", value) and value[:2] in _COUNTRIES:
        return None
    return say("a part of a country (ISO 3166-2), as US-CA")


def is_report(value: Any) -> str | None:
    """Return what was expected where a value names no report of the IPCC."""
    return None if value in REPORTS else say("one of the IPCC's reports {names}", names=", ".join(REPORTS))


def record_of(rules: Mapping[str, Check], *needed: str) -> Check:
    """Return the check that a value is an object whose properties hold to rules."""

    def check(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return say("an object")
        for name in needed:
            if name not in value:
                return say("an object with `{name}`", name=name)
        for name, held in value.items():
            expected = rules[name](held) if name in rules else None
            if expected is not None:
                return say(
                    "an object whose `{name}` is {expected} (and not {found})",
                    name=name,
                    expected=expected,
                    found=value_text(held),
                )
        return None

    return check


def is_rule(value: Any) -> str | None:
    """Return the expectation where a value is not a rule of a product or a sector."""
    held = record_of(
        {
            "operator": is_one_of("PEF", "EPD International", "Other"),
            "ruleNames": is_set_of(is_said),
            "otherOperatorName": is_said,
        },
        "operator",
        "ruleNames",
    )
    return held(value)


def geography_property(text: str) -> str | None:
    """Return which property holds a country, a part of one or a region; None where it is none of these.

    Examples
    --------
    >>> geography_property("CN"), geography_property("Eastern Asia"), geography_property("China")
    ('geographyCountry', 'geographyRegionOrSubregion', None)
    """
    return next((name for name, check in GEOGRAPHIES.items() if check(text) is None), None)


GEOGRAPHIES: dict[str, Check] = {
    "geographyCountry": _is_country,
    "geographyCountrySubdivision": _is_subdivision,
    "geographyRegionOrSubregion": is_one_of(*REGIONS),
}


def unit_name(unit: str) -> str:
    """Return what a declared unit is called, as a sentence that other languages translate.

    Examples
    --------
    >>> unit_name("cubic meter")
    'cubic meter'
    """
    return _UNIT_NAMES.get(unit, unit)


_RENAMED = {
    "declaredUnit": "declaredUnitOfMeasurement",
    "unitaryProductAmount": "declaredUnitAmount",
    "pCfExcludingBiogenic": "pcfExcludingBiogenicUptake",
    "pCfIncludingBiogenic": "pcfIncludingBiogenicUptake",
    "dLucGhgEmissions": "landUseChangeGhgEmissions",
    "biogenicCarbonWithdrawal": "biogenicCO2Uptake",
    "ipccCharacterizationFactorsSources": "ipccCharacterizationFactors",
}
"""Properties of version 2 by their names in version 3, where they mean the same."""

_FOR_ONE = (
    "productMassPerDeclaredUnit",
    "pcfExcludingBiogenicUptake",
    "pcfIncludingBiogenicUptake",
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "biogenicCarbonContent",
    "landUseChangeGhgEmissions",
    "biogenicCO2Uptake",
    "aircraftGhgEmissions",
    "packagingGhgEmissions",
)
"""What version 2 gives for one unit of measurement, and version 3 for the declared amount of them."""

_STANDARDS_2 = {
    "GHG Protocol Product standard": "GHGP-Product",
    "ISO Standard 14067": "ISO14067",
    "ISO Standard 14044": "ISO14040-44",
}


def in_version_3(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of version 2 in the names and meanings of version 3, as far as it has them."""
    old = record["pcf"]
    pcf = {_RENAMED[name]: value for name, value in old.items() if name in _RENAMED}
    for name in (*_SAME, *_FOR_ONE):
        if name in old and name not in pcf:
            pcf[name] = old[name]
    amount = float(pcf["declaredUnitAmount"])
    for name in _FOR_ONE:
        if pcf.get(name) is not None:
            pcf[name] = decimal_text(float(pcf[name]) * amount)
    for name in ("exemptedEmissionsPercent", "primaryDataShare"):
        if pcf.get(name) is not None:
            pcf[name] = decimal_text(float(pcf[name]))
    named = old.get("crossSectoralStandardsUsed") or old.get("crossSectoralStandards") or []
    pcf["crossSectoralStandards"] = [_STANDARDS_2.get(name, name) for name in named if isinstance(name, str)]
    earliest = old.get("characterizationFactors")
    pcf.setdefault("ipccCharacterizationFactors", [] if earliest is None else [earliest])
    top = {name: value for name, value in record.items() if name not in ("pcf", "extensions", *_GONE)}
    return {**top, "pcf": pcf}


_GONE = ("version", "updated", "statusComment", "productCategoryCpc")
"""Properties of a record of version 2 that version 3 has no more."""

_SAME = (
    "referencePeriodStart",
    "referencePeriodEnd",
    "geographyCountry",
    "geographyCountrySubdivision",
    "geographyRegionOrSubregion",
    "exemptedEmissionsPercent",
    "primaryDataShare",
    "exemptedEmissionsDescription",
    "boundaryProcessesDescription",
    "allocationRulesDescription",
)
"""Properties of version 2 that kept name and meaning; of others version 3 has none, or another meaning."""
