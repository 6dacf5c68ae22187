"""Product carbon footprints: out and in again without loss; what is none is refused by its field."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.cluster.accounts.footprint import ProductFootprint, parse_footprint, read_footprint
from separatrix.errors import InputError

CEMENT = ProductFootprint(
    "River Cement",
    "urn:example:company:1",
    "CEM II",
    "urn:example:product:7",
    "kilogram",
    1.0,
    0.66,
    "2024-01-01T00:00:00Z",
    "2025-01-01T00:00:00Z",
    "CN",
    80.0,
)
RECORD: dict[str, Any] = json.loads(CEMENT.to_json())


@given(
    st.floats(1e-12, 1e15),
    st.floats(0, 1e15),
    st.one_of(st.none(), st.floats(0, 100)),
    st.text(min_size=1).filter(str.strip).filter(lambda t: t.isprintable()),
)
def test_a_footprint_comes_back_as_it_went(
    amount: float, carbon: float, share: float | None, name: str
) -> None:
    """All digits of every number, written without exponents as the data model has decimals, and any name."""
    made = replace(CEMENT, amount=amount, carbon=carbon, primary_share=share, company=name, product=name)
    text = made.to_json()
    assert parse_footprint(json.loads(text)) == made
    pcf = json.loads(text)["pcf"]
    assert (
        "e" not in pcf["declaredUnitAmount"].lower() and "e" not in pcf["pcfExcludingBiogenicUptake"].lower()
    )


def test_the_factor_is_per_declared_unit() -> None:
    """Half a tonne for a thousand kilograms."""
    assert replace(CEMENT, amount=1000.0, carbon=500.0).factor == 0.5


def test_records_of_version_2_are_read() -> None:
    """They name unit, amount and footprint otherwise."""
    old = copy.deepcopy(RECORD)
    for new, then in (
        ("declaredUnitOfMeasurement", "declaredUnit"),
        ("declaredUnitAmount", "unitaryProductAmount"),
        ("pcfExcludingBiogenicUptake", "pcfExcludingBiogenic"),
    ):
        old["pcf"][then] = old["pcf"].pop(new)
    assert parse_footprint(old) == CEMENT


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        (("pcf",), None, "no object `pcf`"),
        (("pcf",), [], "no object `pcf`"),
        (("companyName",), None, "companyName"),
        (("companyName",), {"a": 1}, "must be a text"),
        (("companyName",), " ", "must be a text"),
        (("companyIds",), [], "at least one"),
        (("companyIds",), "urn:x", "at least one"),
        (("productIds",), [5], "at least one"),
        (("pcf", "declaredUnitOfMeasurement"), "stone", "none of"),
        (("pcf", "declaredUnitAmount"), "0", "above zero"),
        (("pcf", "declaredUnitAmount"), "-1", "above zero"),
        (("pcf", "declaredUnitAmount"), "NaN", "not finite"),
        (("pcf", "declaredUnitAmount"), True, "a number was expected"),
        (("pcf", "declaredUnitAmount"), [1], "a number was expected"),
        (("pcf", "pcfExcludingBiogenicUptake"), "much", "a number was expected"),
        (("pcf", "pcfExcludingBiogenicUptake"), "1e999", "not finite"),
        (("pcf", "pcfExcludingBiogenicUptake"), 10**400, "a number was expected"),
        (("pcf", "pcfExcludingBiogenicUptake"), None, "lacks"),
        (("pcf", "referencePeriodStart"), "soon", "a date was expected"),
        (("pcf", "referencePeriodEnd"), "2023-01-01T00:00:00Z", "ends before"),
        (("pcf", "primaryDataShare"), "120", "120 %"),
    ],
)
def test_records_that_are_no_footprint(
    tmp_path: Path, where: tuple[str, ...], value: object, words: str
) -> None:
    """The message names the field, and the file when there is one."""
    record = copy.deepcopy(RECORD)
    at = record
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    with pytest.raises(InputError) as refused:
        parse_footprint(record)
    assert refused.value.code == "K220" and words in str(refused.value)
    if value != 10**400:
        path = tmp_path / "pcf.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(InputError) as refused:
            read_footprint(path)
        assert "pcf.json" in str(refused.value.where)


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
    ],
)
def test_files_that_are_no_footprint(tmp_path: Path, content: bytes) -> None:
    """No JSON, another JSON, nested without end, a number of thousands of digits, binary data."""
    path = tmp_path / "pcf.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_footprint(path)
    assert refused.value.code in ("K220", "G102")


def test_a_list_of_one_record_and_a_missing_file(tmp_path: Path) -> None:
    """Platforms hand out lists; one record in it is the record."""
    path = tmp_path / "pcf.json"
    path.write_text("\ufeff" + json.dumps([RECORD]), encoding="utf-8")
    assert read_footprint(path) == CEMENT
    path.write_text(json.dumps([RECORD, RECORD]), encoding="utf-8")
    with pytest.raises(InputError):
        read_footprint(path)
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
        {"start": "2026-01-01"},
        {"primary_share": -1.0},
    ],
)
def test_nothing_false_is_handed_out(change: dict[str, Any]) -> None:
    """What would be refused on reading is refused on writing."""
    with pytest.raises(InputError):
        replace(CEMENT, **change).to_json()


@pytest.mark.parametrize(
    ("unit", "mass", "told"),
    [
        ("kilogram", None, "1"),
        ("kilowatt hour", None, "0"),
        ("liter", None, None),
        ("liter", 0.84, "0.84"),
        ("piece", 12.5, "12.5"),
    ],
)
def test_the_mass_of_a_declared_unit_is_told_or_left_out(
    unit: str, mass: float | None, told: str | None
) -> None:
    """A litre of solvent does not weigh nothing; before, every unit but the kilogram did."""
    made = replace(CEMENT, unit=unit, mass=mass, gwp="AR6")
    record = json.loads(made.to_json())
    assert record["pcf"].get("productMassPerDeclaredUnit") == told
    assert record["pcf"]["ipccCharacterizationFactors"] == ["AR6"]
    assert parse_footprint(record) == made


def test_a_mass_below_zero_is_refused() -> None:
    """On the way out and on the way in."""
    with pytest.raises(InputError, match="mass of a declared unit"):
        replace(CEMENT, unit="liter", mass=-1.0).to_json()
