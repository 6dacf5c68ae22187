"""Product carbon footprints: out and in again without loss; what is none is refused by its field."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.pact.schema import faults
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix_cluster.footprints.footprint import (
    ProductFootprint,
    covers,
    parse_footprint,
    parse_footprints,
    read_footprint,
    read_footprints,
)
from separatrix_cluster.footprints.pact import SPEC_VERSION

CEMENT = ProductFootprint(
    company="River Cement",
    company_id="urn:pact:example.com:company:1",
    product="CEM II",
    product_id="urn:gtin:4712345060507",
    unit="kilogram",
    amount=1.0,
    carbon=0.66,
    start="2024-01-01T00:00:00Z",
    end="2025-01-01T00:00:00Z",
    geography="CN",
    primary_share=80.0,
    gwp=("AR6",),
    fossil=0.66,
    fossil_content=0.0,
    biogenic_content=0.0,
    exempted=2.5,
    standards=("PACT-3.0",),
)
RECORD: dict[str, Any] = json.loads(CEMENT.to_json())
TIMBER = replace(
    CEMENT,
    product="Sawn timber",
    unit="cubic meter",
    mass=450.0,
    carbon=5.14,
    fossil=5.14,
    biogenic_content=None,
    including=-14.22,
    gwp=("AR5", "AR6"),
)


@given(
    st.floats(1e-12, 1e15),
    st.floats(0, 1e15),
    st.one_of(st.none(), st.floats(0, 100)),
    st.text(min_size=1).filter(str.strip).filter(lambda t: t.isprintable()),
)
def test_a_footprint_comes_back_as_it_went(
    amount: float, carbon: float, share: float | None, name: str
) -> None:
    """All digits of every number, as decimals of the published schema, and any name."""
    made = replace(CEMENT, amount=amount, carbon=carbon, primary_share=share, company=name, product=name)
    record = json.loads(made.to_json())
    assert faults(record) == []
    assert parse_footprint(record) == made


def test_a_record_names_the_version_of_the_data_model_that_it_holds_to() -> None:
    """3.0.3, and the schema that is published for it finds nothing amiss."""
    assert SPEC_VERSION == RECORD["specVersion"] == "3.0.3" and faults(RECORD) == []


def test_the_factor_is_per_unit_of_measurement() -> None:
    """Half a tonne for a thousand kilograms."""
    assert replace(CEMENT, amount=1000.0, carbon=500.0).factor == 0.5


def test_uptake_is_never_made_of_the_footprint_without_it() -> None:
    """A record of timber keeps its -14.22 on rewriting; where uptake is not known nothing is written."""
    read = parse_footprint(json.loads(TIMBER.to_json()))
    again = json.loads(read.to_json())["pcf"]
    assert (again["pcfExcludingBiogenicUptake"], again["pcfIncludingBiogenicUptake"]) == ("5.14", "-14.22")
    with pytest.raises(InputError, match="including"):
        replace(TIMBER, including=None).to_json()


def test_what_has_no_field_of_its_own_is_kept() -> None:
    """Classifications, comments, further emissions, ratings and extensions go through as they are."""
    record = copy.deepcopy(RECORD)
    record |= {
        "comment": "first estimate",
        "productDescription": "a cement with slag",
        "companyIds": [*record["companyIds"], "urn:uuid:f4b1225a-bd44-4c8e-861d-079e4e1dfd69"],
        "productClassifications": ["urn:pact:productclassification:un-cpc:3744"],
        "validityPeriodStart": "2025-02-01T00:00:00Z",
        "extensions": [
            {"specVersion": "2.0.0", "dataSchema": "https://example.com/a.json", "data": {"a": 1}}
        ],
    }
    record["pcf"] |= {
        "landUseChangeGhgEmissions": "0.10",
        "dqi": {"technologicalDQR": "1.5", "geographicalDQR": "2", "temporalDQR": "3.0"},
        "productOrSectorSpecificRules": [
            {"operator": "Other", "ruleNames": ["TfS"], "otherOperatorName": "TfS"}
        ],
    }
    assert faults(record) == []
    assert json.loads(parse_footprint(record).to_json()) == record


def _of_version_2() -> dict[str, Any]:
    """A record as a platform of version 2.2 hands it out: twelve litres and a half of ethanol."""
    return {
        "id": "91715e5e-fd0b-4d1c-8fab-76290c46e6ed",
        "specVersion": "2.2.0",
        "version": 1,
        "created": "2022-03-01T09:32:20Z",
        "status": "Active",
        "companyName": "Distillers",
        "companyIds": ["urn:epc:id:sgln:562958.00000.4"],
        "productDescription": "ethanol of corn",
        "productIds": ["urn:gtin:5695872369587"],
        "productCategoryCpc": "6398",
        "productNameCompany": "Ethanol",
        "comment": "",
        "pcf": {
            "declaredUnit": "liter",
            "unitaryProductAmount": "12.5",
            "productMassPerDeclaredUnit": "0.8",
            "pCfExcludingBiogenic": "1.6",
            "pCfIncludingBiogenic": "-0.4",
            "fossilGhgEmissions": "1.5",
            "fossilCarbonContent": "0",
            "biogenicCarbonContent": "0.4",
            "dLucGhgEmissions": "0.1",
            "biogenicCarbonWithdrawal": "-2",
            "characterizationFactors": "AR5",
            "ipccCharacterizationFactorsSources": ["AR5"],
            "crossSectoralStandardsUsed": ["GHG Protocol Product standard"],
            "biogenicAccountingMethodology": "GHGP",
            "boundaryProcessesDescription": "all",
            "referencePeriodStart": "2021-01-01T00:00:00Z",
            "referencePeriodEnd": "2022-01-01T00:00:00Z",
            "geographyRegionOrSubregion": "Western Europe",
            "exemptedEmissionsPercent": 1,
            "exemptedEmissionsDescription": "",
            "packagingEmissionsIncluded": False,
            "primaryDataShare": 12.9,
        },
    }


def test_records_of_version_2_are_read_by_their_own_names_and_meanings() -> None:
    """They give numbers for one litre, not for the 12.5 declared; rewritten they are of version 3."""
    read = parse_footprint(_of_version_2())
    assert (read.unit, read.amount, read.factor, read.carbon, read.mass) == ("liter", 12.5, 1.6, 20.0, 10.0)
    assert (read.fossil, read.biogenic_content, read.including) == (18.75, 5.0, None)
    assert (read.with_uptake, read.primary_share, read.exempted) == (-5.0, 12.9, 1.0)
    assert (read.gwp, read.standards, read.geography) == (("AR5",), ("GHGP-Product",), "Western Europe")
    record = json.loads(read.to_json())
    assert faults(record) == [] and record["specVersion"] == "3.0.3"
    assert record["pcf"]["landUseChangeGhgEmissions"] == "1.25"
    assert parse_footprint(record) == read


def test_a_misspelt_name_of_version_2_is_told() -> None:
    """`pcfExcludingBiogenic` is what this program once looked for; the data model has another capital."""
    record = _of_version_2()
    record["pcf"]["pcfExcludingBiogenic"] = record["pcf"].pop("pCfExcludingBiogenic")
    with pytest.raises(InputError, match=r"lacks `pcf.pCfExcludingBiogenic`") as refused:
        parse_footprint(record)
    assert "`pcfExcludingBiogenic` is spelt otherwise" in str(refused.value.hint)


@pytest.mark.parametrize("version", ["1.0.0", "4.0.0", "03.0.0.1", 3, None, "3"])
def test_a_record_of_another_version_says_what_to_do(tmp_path: Path, version: object) -> None:
    """Place, what was found, and whom to ask."""
    path = tmp_path / "steel.json"
    path.write_text(json.dumps({**RECORD, "specVersion": version}), encoding="utf-8")
    with pytest.raises(InputError, match="specVersion") as refused:
        read_footprint(path)
    assert refused.value.code == ("K251" if version in ("1.0.0", "4.0.0") else "K220")
    assert "steel.json" in str(refused.value.where)
    assert refused.value.code == "K220" or "ask the supplier" in str(refused.value.hint)


REFUSED: list[tuple[tuple[str, ...], object, str]] = [
    (("pcf",), None, "no object `pcf`"),
    (("pcf",), [], "no object `pcf`"),
    (("id",), "1", "UUID"),
    (("created",), "2024-01-01", "time and zone"),
    (("status",), "active", "one of Active, Deprecated"),
    (("companyName",), None, "companyName"),
    (("companyName",), {"a": 1}, "a text"),
    (("companyIds",), [], "at least one"),
    (("companyIds",), "urn:x:y", "at least one"),
    (("companyIds",), ["River Cement"], "URN"),
    (("companyIds",), ["urn:a"], "URN"),
    (("companyIds",), ["urn:x:1", "urn:xy:1"], "URN"),
    (("companyIds",), ["urn:xy:1", "urn:xy:1"], "without repetitions"),
    (("productIds",), [5], "URN"),
    (("productIds",), ["urn:gtin:水泥"], "URN"),
    (("precedingPfIds",), [], "at least one"),
    (("pcf", "declaredUnitOfMeasurement"), "stone", "one of"),
    (("pcf", "declaredUnitAmount"), "0", "above 0"),
    (("pcf", "declaredUnitAmount"), "-1", "above 0"),
    (("pcf", "declaredUnitAmount"), 1, "a decimal as a text"),
    (("pcf", "declaredUnitAmount"), "NaN", "a decimal"),
    (("pcf", "declaredUnitAmount"), "1e3", "a decimal"),
    (("pcf", "declaredUnitAmount"), "１", "a decimal"),
    (("pcf", "declaredUnitAmount"), True, "a decimal"),
    (("pcf", "productMassPerDeclaredUnit"), "-1", "from 0 up"),
    (("pcf", "pcfExcludingBiogenicUptake"), "much", "a decimal"),
    (("pcf", "pcfExcludingBiogenicUptake"), "1" * 400, "so large"),
    (("pcf", "pcfExcludingBiogenicUptake"), 10**400, "a decimal"),
    (("pcf", "pcfExcludingBiogenicUptake"), None, "null"),
    (("pcf", "fossilGhgEmissions"), "-0.1", "from 0 up"),
    (("pcf", "biogenicCO2Uptake"), "0.1", "0 at most"),
    (("pcf", "referencePeriodStart"), "soon", "time and zone"),
    (("pcf", "referencePeriodStart"), "2024-01-01", "time and zone"),
    (("pcf", "referencePeriodStart"), "2024-01-01T00:00:00", "time and zone"),
    (("pcf", "referencePeriodStart"), "2024-13-01T00:00:00Z", "time and zone"),
    (("pcf", "referencePeriodEnd"), "2023-01-01T00:00:00Z", "ends before"),
    (("pcf", "geographyCountry"), "China", "two letters"),
    (("pcf", "geographyCountry"), "cn", "two letters"),
    (("pcf", "geographyCountry"), {}, "two letters"),
    (("pcf", "geographyCountry"), [], "two letters"),
    (("status",), {}, "one of Active, Deprecated"),
    (("pcf", "ipccCharacterizationFactors"), [{}], "AR6"),
    (("pcf", "geographyCountry"), "ZZ", "two letters"),
    (("pcf", "geographyCountrySubdivision"), "US-CA", "one of them at most"),
    (("pcf", "ipccCharacterizationFactors"), ["AR7"], "AR6"),
    (("pcf", "ipccCharacterizationFactors"), "AR6", "a list"),
    (("pcf", "ipccCharacterizationFactors"), [], "at least one"),
    (("pcf", "crossSectoralStandards"), [], "at least one"),
    (("pcf", "exemptedEmissionsPercent"), 2.5, "a decimal as a text"),
    (("pcf", "primaryDataShare"), "120", "100 at most"),
    (("pcf", "dqi"), {"technologicalDQR": "6"}, "geographicalDQR"),
    (("pcf", "verification"), {"coverage": "all"}, "coverage"),
    (("pcf", "packagingEmissionsIncluded"), "no", "true or false"),
    (("extensions",), [{}], "specVersion"),
]


@pytest.mark.parametrize(("where", "value", "words"), REFUSED)
def test_records_that_are_no_footprint(
    tmp_path: Path, where: tuple[str, ...], value: object, words: str
) -> None:
    """The message names the field, in the reader's language, and the file when there is one."""
    record = copy.deepcopy(RECORD)
    at = record
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    with pytest.raises(InputError) as refused:
        parse_footprint(record)
    assert refused.value.code == "K220" and words in str(refused.value)
    translated = language_of("zh").tell(refused.value.message)
    # Beside what stands in backticks no more than a name of a standard is left in Latin letters.
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", re.sub(r"`[^`]*`", "", translated)), translated
    if value != 10**400:
        path = tmp_path / "pcf.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(InputError) as refused:
            read_footprint(path)
        assert "pcf.json" in str(refused.value.where)


BEYOND = {"ends before", "one of them at most", "URN", "two letters", "AR6", "100 at most", "so large"}
"""What the published schema cannot tell, or tells more loosely than the text of the protocol does."""

LOOSE = {"productMassPerDeclaredUnit", "productIds"}


@pytest.mark.parametrize(
    ("where", "value", "words"), [r for r in REFUSED if r[2] not in BEYOND and r[0][-1] not in LOOSE]
)
def test_what_we_refuse_the_published_schema_refuses(
    where: tuple[str, ...], value: object, words: str
) -> None:
    """No record is turned away that the protocol would take."""
    record = copy.deepcopy(RECORD)
    at = record if len(where) == 1 else record["pcf"]
    at[where[-1]] = value
    assert faults(record) != []


@pytest.mark.parametrize("name", sorted({*RECORD, *RECORD["pcf"]}))
def test_what_the_published_schema_needs_we_need(name: str) -> None:
    """Without any one property our rules and the schema agree."""
    record = copy.deepcopy(RECORD)
    (record if name in record else record["pcf"]).pop(name)
    refused = False
    try:
        parse_footprint(record)
    except InputError:
        refused = True
    assert refused is (faults(record) != [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b"[" * 100_000,
        b'{"pcf": ' + b"9" * 10_000 + b"}",
        b"\x00\x01",
        b"\xff\xfea",
        b'"text"',
        b'{"data": []}',
        b'{"data": {"data": {}}}',
    ],
)
def test_files_that_are_no_footprint(tmp_path: Path, content: bytes) -> None:
    """No JSON, another JSON, nested without end, a number of thousands of digits, binary data."""
    path = tmp_path / "pcf.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_footprint(path)
    assert refused.value.code in ("K220", "G102")


def test_lists_envelopes_and_a_missing_file(tmp_path: Path) -> None:
    """Platforms hand out records in lists and in an envelope; where one is needed several are refused."""
    path = tmp_path / "pcf.json"
    for whole in (RECORD, [RECORD], {"data": RECORD}, {"data": [RECORD]}):
        path.write_text("\ufeff" + json.dumps(whole), encoding="utf-8")
        assert read_footprint(path) == CEMENT
    path.write_text(json.dumps({"data": [RECORD, RECORD, _of_version_2()]}), encoding="utf-8")
    assert [f.product for f in read_footprints(path)] == ["CEM II", "CEM II", "Ethanol"]
    with pytest.raises(InputError, match="holds 3 records") as refused:
        read_footprint(path)
    assert refused.value.code == "K252"
    with pytest.raises(InputError, match=r"record 2 of 2: .*companyName"):
        parse_footprints([RECORD, {**RECORD, "companyName": ""}])
    with pytest.raises(InputError) as refused:
        read_footprint(tmp_path / "none.json")
    assert refused.value.code == "G100"


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "stone"},
        {"amount": 0.0},
        {"amount": float("inf")},
        {"carbon": float("nan")},
        {"start": "2026-01-01T00:00:00Z"},
        {"start": "2024-01-01"},
        {"primary_share": -1.0},
        {"company_id": "E01"},
        {"product_id": "urn:s"},
        {"geography": "China"},
        {"geography": "CHN"},
        {"gwp": ()},
        {"gwp": ("AR7",)},
        {"gwp": ("AR6", "AR6")},
        {"fossil": None},
        {"fossil_content": None},
        {"fossil_content": -1.0},
        {"biogenic_content": None},
        {"exempted": None},
        {"exempted": 101.0},
        {"standards": ()},
        {"unit": "liter"},
        {"unit": "cubic meter"},
        {"unit": "square meter"},
        {"unit": "piece"},
        {"unit": "liter", "mass": -1.0},
        {"company": " "},
        {"standards": "PACT-3.0"},
        {"gwp": "AR6"},
        {"amount": 1000.0, "mass": 1.0},
    ],
)
def test_nothing_false_is_handed_out(change: dict[str, Any]) -> None:
    """What would be refused on reading, or is lacking, is refused on writing."""
    with pytest.raises(InputError) as refused:
        replace(CEMENT, **change).to_json()
    assert refused.value.code == "K220"


def test_a_unit_that_is_none_is_named_before_what_would_follow_from_it() -> None:
    """Of kg no mass is asked for: the unit is what is wrong, and the message lists those that there are."""
    with pytest.raises(InputError, match=r"`kg`.*kilogram"):
        replace(CEMENT, unit="kg").to_json()
    assert replace(CEMENT, amount=2.0, mass=2.0).to_record()["pcf"]["productMassPerDeclaredUnit"] == "2"


def test_no_standard_is_claimed_unasked() -> None:
    """Those that were named stand in the record, and no others."""
    assert RECORD["pcf"]["crossSectoralStandards"] == ["PACT-3.0"]


@pytest.mark.parametrize(
    ("unit", "amount", "mass", "told"),
    [
        ("kilogram", 1.0, None, "1"),
        ("kilogram", 1000.0, None, "1000"),
        ("kilowatt hour", 5.0, None, "0"),
        ("liter", 12.5, 10.5, "10.5"),
        ("piece", 1.0, 80.0, "80"),
    ],
)
def test_the_mass_is_that_of_the_whole_declared_unit(
    unit: str, amount: float, mass: float | None, told: str
) -> None:
    """The declared unit is the amount times the unit of measurement; energy has no mass."""
    made = replace(CEMENT, unit=unit, amount=amount, mass=mass)
    record = json.loads(made.to_json())
    assert record["pcf"]["productMassPerDeclaredUnit"] == told
    assert parse_footprint(record) == made


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("CN", "geographyCountry"),
        ("CN-JS", "geographyCountrySubdivision"),
        ("Eastern Asia", "geographyRegionOrSubregion"),
        ("", None),
    ],
)
def test_a_place_stands_in_the_property_of_its_kind(place: str, name: str | None) -> None:
    """A country, a part of one, a region; the whole world in none."""
    record = json.loads(replace(CEMENT, geography=place).to_json())
    assert faults(record) == []
    assert [k for k in record["pcf"] if k.startswith("geography")] == ([name] if name else [])


def test_a_record_is_good_for_three_years_after_its_period() -> None:
    """As long as it names no other end."""
    assert [y for y in range(2020, 2032) if covers(CEMENT, y)] == [2024, 2025, 2026, 2027]
    short = replace(CEMENT, about={"validityPeriodEnd": "2025-06-01T00:00:00Z"})
    assert [y for y in range(2020, 2032) if covers(short, y)] == [2024, 2025]
