"""What a record of PACT's data model must hold; by it records are refused on the way out and on the way in.

Names and kinds of the properties are those of the public data model of the Partnership for Carbon
Transparency (PACT, hosted by WBCSD), Technical Specifications for PCF Data Exchange, version 3.0.3, and, for
records that are read, 2.0 to 2.3.  Texts and schemas of the specification are its owners'; none is used here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from separatrix.errors import InputError, nearest
from separatrix.sentences import Sentence, say
from separatrix_cluster.footprints.pact_types import (
    GEOGRAPHIES,
    UNITS,
    Check,
    instant,
    is_decimal,
    is_flag,
    is_instant,
    is_list,
    is_number,
    is_object,
    is_one_of,
    is_report,
    is_rule,
    is_said,
    is_set_of,
    is_text,
    is_uri,
    is_urn,
    is_uuid,
    record_of,
    value_text,
)
from separatrix_cluster.tables.cells import short

__all__ = ["SPEC_VERSION", "require_record", "version_of"]

SPEC_VERSION = "3.0.3"


def version_of(record: Mapping[str, Any]) -> int:
    """Return the major version of the data model that a record is of, 2 or 3.

    Raises
    ------
    InputError
        K251 for any other.
    """
    told = record.get("specVersion")
    if told is None:
        raise InputError("K220", say("the record lacks {names}", names="`specVersion`"), hint=say("as 3.0.3"))
    if not isinstance(told, str) or not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9]{8})?", told):
        raise InputError("K220", _expectation_sentence("specVersion", told, say("a version as 3.0.3")))
    major = int(told.partition(".")[0][:9])
    if major not in (2, 3):
        raise InputError(
            "K251",
            say(
                "`specVersion` is {version}; this version of the program reads "
                "records of PACT's data model 2 "
                "and 3",
                version=short(told),
            ),
            hint=say("ask the supplier for a record of version 3")
            if major < 2
            else say(
                "a newer version of separatrix may read it, or ask the supplier for a record of version 3"
            ),
        )
    return major


def require_record(record: Mapping[str, Any], version: int) -> None:
    """Refuse a record that PACT's data model of that version refuses.

    Raises
    ------
    InputError
        K220 with the property, what it holds and what was expected.
    """
    pcf = record.get("pcf")
    if not isinstance(pcf, Mapping):
        raise InputError("K220", say("this is not a product footprint: it has no object `pcf`"))
    top, inner, needed = (_TOP, _PCF, _NEEDED) if version == 3 else (_TOP_2, _PCF_2, _NEEDED_2)
    _hold(record, top, needed[0], "")
    _hold(pcf, inner, needed[1], "pcf.")
    _hold_geography(pcf)
    if not instant(pcf["referencePeriodStart"]) < instant(pcf["referencePeriodEnd"]):
        raise InputError("K220", say("the reporting period ends before it starts"))
    starts, ends = record.get("validityPeriodStart"), record.get("validityPeriodEnd")
    if starts is not None and ends is not None and not instant(starts) < instant(ends):
        raise InputError("K220", say("the period of validity ends before it starts"))
    if pcf.get("packagingEmissionsIncluded") is False and "packagingGhgEmissions" in pcf:
        _exclude("packagingEmissionsIncluded", "packagingGhgEmissions")
    for name in ("ccsTechnologicalCO2Capture", "technologicalCO2Removals", "technologicalCO2CaptureOrigin"):
        if pcf.get("ccsTechnologicalCO2CaptureIncluded") is False and name in pcf:
            _exclude("ccsTechnologicalCO2CaptureIncluded", name)


def _exclude(flag: str, name: str) -> None:
    what = say("`pcf.{name}` is given, and `pcf.{flag}` says that there is none of it", name=name, flag=flag)
    raise InputError("K220", what)


def _expectation_sentence(name: str, value: Any, expected: str) -> Sentence:
    return say(
        "`{name}` is {value}; expected: {expected}", name=name, value=value_text(value), expected=expected
    )


def _hold(record: Mapping[str, Any], rules: Mapping[str, Check], needed: tuple[str, ...], at: str) -> None:
    lacking = [name for name in needed if name not in record]
    if lacking:
        # A name that differs in spelling alone is the likeliest reason why one is lacking.
        spelt = {name.casefold(): name for name in record if isinstance(name, str)}
        like = spelt.get(lacking[0].casefold()) or nearest(lacking[0], list(spelt.values()), least=0.9)
        raise InputError(
            "K220",
            say("the record lacks {names}", names=", ".join(f"`{at}{name}`" for name in lacking)),
            hint=say("`{like}` is spelt otherwise than the data model has it", like=short(like))
            if like and like not in rules
            else say("ask the supplier for the whole record"),
        )
    for name, value in record.items():
        check = rules.get(name)
        expected = None if check is None else check(value)
        if expected is not None:
            raise InputError("K220", _expectation_sentence(f"{at}{name}", value, expected))


def _hold_geography(pcf: Mapping[str, Any]) -> None:
    told = [name for name in GEOGRAPHIES if name in pcf]
    if len(told) > 1:
        raise InputError(
            "K220",
            say(
                "the record names {names}; one of them at most is allowed",
                names=", ".join(f"`pcf.{name}`" for name in told),
            ),
        )


# ----------------------------------------------------------------------------- the properties of version 3

_POSITIVE, _NEGATIVE, _ANY = is_decimal(0), is_decimal(None, 0), is_decimal()
_RATING = is_decimal(1, 5)

_is_extension = record_of(
    {"specVersion": is_text, "dataSchema": is_uri, "documentation": is_uri, "data": is_object},
    "specVersion",
    "dataSchema",
    "data",
)
_TOP: dict[str, Check] = {
    "id": is_uuid,
    "specVersion": is_said,
    "precedingPfIds": is_set_of(is_uuid),
    "created": is_instant,
    "status": is_one_of("Active", "Deprecated"),
    "validityPeriodStart": is_instant,
    "validityPeriodEnd": is_instant,
    "companyName": is_said,
    "companyIds": is_set_of(is_urn),
    "productDescription": is_text,
    "productIds": is_set_of(is_urn),
    "productClassifications": is_set_of(is_urn),
    "productNameCompany": is_said,
    "comment": is_text,
    "extensions": lambda value: (
        is_list(value) if not value or not isinstance(value, list) else is_set_of(_is_extension)(value)
    ),
}
_PCF: dict[str, Check] = {
    "declaredUnitOfMeasurement": is_one_of(*UNITS),
    "declaredUnitAmount": is_decimal(0, above=True),
    "productMassPerDeclaredUnit": _POSITIVE,
    "referencePeriodStart": is_instant,
    "referencePeriodEnd": is_instant,
    **GEOGRAPHIES,
    "boundaryProcessesDescription": is_text,
    "pcfExcludingBiogenicUptake": _ANY,
    "pcfIncludingBiogenicUptake": _ANY,
    "fossilCarbonContent": _POSITIVE,
    "biogenicCarbonContent": _POSITIVE,
    "recycledCarbonContent": _POSITIVE,
    "fossilGhgEmissions": _POSITIVE,
    "landUseChangeGhgEmissions": _POSITIVE,
    "landCarbonLeakage": _POSITIVE,
    "landManagementFossilGhgEmissions": _POSITIVE,
    "landManagementBiogenicCO2Emissions": _POSITIVE,
    "landManagementBiogenicCO2Removals": _NEGATIVE,
    "biogenicCO2Uptake": _NEGATIVE,
    "biogenicNonCO2Emissions": _POSITIVE,
    "landAreaOccupation": _POSITIVE,
    "aircraftGhgEmissions": _POSITIVE,
    "packagingEmissionsIncluded": is_flag,
    "packagingGhgEmissions": _POSITIVE,
    "packagingBiogenicCarbonContent": _POSITIVE,
    "outboundLogisticsGhgEmissions": _POSITIVE,
    "ccsTechnologicalCO2CaptureIncluded": is_flag,
    "ccsTechnologicalCO2Capture": _NEGATIVE,
    "technologicalCO2CaptureOrigin": is_text,
    "technologicalCO2Removals": _NEGATIVE,
    "ccuCarbonContent": _POSITIVE,
    "ccuCalculationApproach": is_one_of("Cut-off", "Credit"),
    "ccuCreditCertification": is_uri,
    "ipccCharacterizationFactors": is_set_of(is_report),
    "crossSectoralStandards": is_set_of(is_said),
    "productOrSectorSpecificRules": is_set_of(is_rule),
    "exemptedEmissionsPercent": is_decimal(0, 100),
    "exemptedEmissionsDescription": is_text,
    "allocationRulesDescription": is_text,
    "secondaryEmissionFactorSources": is_set_of(
        record_of({"name": is_said, "version": is_said}, "name", "version")
    ),
    "primaryDataShare": is_decimal(0, 100),
    "dqi": record_of(
        {"technologicalDQR": _RATING, "geographicalDQR": _RATING, "temporalDQR": _RATING},
        "technologicalDQR",
        "geographicalDQR",
        "temporalDQR",
    ),
    "verification": record_of(
        {
            "coverage": is_one_of("PCF calculation model", "PCF program", "product level"),
            "providerName": is_text,
            "completedAt": is_instant,
            "standardName": is_text,
            "comments": is_text,
        }
    ),
}
_NEEDED = (
    (
        "id",
        "specVersion",
        "created",
        "status",
        "companyName",
        "companyIds",
        "productDescription",
        "productIds",
        "productNameCompany",
        "pcf",
    ),
    (
        "declaredUnitOfMeasurement",
        "declaredUnitAmount",
        "productMassPerDeclaredUnit",
        "referencePeriodStart",
        "referencePeriodEnd",
        "pcfExcludingBiogenicUptake",
        "pcfIncludingBiogenicUptake",
        "fossilGhgEmissions",
        "fossilCarbonContent",
        "ipccCharacterizationFactors",
        "crossSectoralStandards",
        "exemptedEmissionsPercent",
    ),
)

# ----------------------------------------------------------------------------- the properties of version 2

_TOP_2 = {name: check for name, check in _TOP.items() if name != "extensions"}
_PCF_2: dict[str, Check] = {
    "declaredUnit": is_one_of(*UNITS),
    "unitaryProductAmount": is_decimal(0, above=True),
    "productMassPerDeclaredUnit": _POSITIVE,
    "referencePeriodStart": is_instant,
    "referencePeriodEnd": is_instant,
    **GEOGRAPHIES,
    "pCfExcludingBiogenic": _POSITIVE,
    "pCfIncludingBiogenic": _ANY,
    "fossilGhgEmissions": _POSITIVE,
    "fossilCarbonContent": _POSITIVE,
    "biogenicCarbonContent": _POSITIVE,
    "biogenicCarbonWithdrawal": _NEGATIVE,
    "characterizationFactors": is_report,
    "ipccCharacterizationFactorsSources": is_set_of(is_report),
    "exemptedEmissionsPercent": is_number(0, 100),
    "primaryDataShare": is_number(0, 100),
}
_NEEDED_2 = (
    _NEEDED[0],
    (
        "declaredUnit",
        "unitaryProductAmount",
        "referencePeriodStart",
        "referencePeriodEnd",
        "pCfExcludingBiogenic",
        "fossilGhgEmissions",
        "fossilCarbonContent",
    ),
)
