"""Records of version 2 of PACT's data model, in the names and meanings of version 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from separatrix_cluster.footprints.pact_kinds import decimal_text

__all__ = ["in_version_3"]

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
