"""Deletion: the value is nowhere any more, the log still holds, and what rested on it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from park.keeping.filled_park import fill
from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder
from separatrix_park.records.archive import EVIDENCE


def whole_database() -> str:
    """Return all rows of all tables as text."""
    from separatrix_park.records.health import applied_steps, lines_of, tables_at
    from separatrix_park.scope import whole_park_on

    with whole_park_on("default", "the tests look for what is deleted"):
        tables = tables_at("default", applied_steps("default"))
        return "".join(line.decode() for model in tables for line in lines_of(model, "default"))


def bytes_on_disk(park: ParkFolder) -> bytes:
    """Return all files of a park on SQLite, and none where it is on PostgreSQL."""
    files = park.path.glob("park.sqlite3*") if park.database == "sqlite" else ()
    return b"".join(Path(f).read_bytes() for f in files)


def test_a_report_that_is_deleted_is_nowhere_and_the_log_holds(park: ParkFolder) -> None:
    """All versions lose value and salt; their hashes stay in the log, and the number is not used again."""
    from separatrix_park.models import Evidence, LogEntry, Report
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.export import delete_report
    from separatrix_park.scope import whole_park

    first, second, *_ = fill(park.path)
    with whole_park("the tests look at the report"):
        report = Report.objects.get(enterprise=first)
        digest, file = report.digest(), Evidence.objects.get(enterprise=first).sha256
    assert "secret-0" in whole_database()
    deleted = delete_report(park, first.pk, "energy", 2025, "tests", "entered by mistake")
    assert (deleted.reports, deleted.files) == (1, 1)
    assert "secret-0" not in whole_database() and "secret-1" in whole_database()
    assert b"secret-0" not in bytes_on_disk(park)
    assert not (park.path / EVIDENCE / file).exists()
    found = check_log()
    assert found.whole
    assert [e.action for e in LogEntry.objects.filter(subject=digest).order_by("number")] == [
        "approved",
        "deleted",
    ]
    with whole_park("the tests look at what is left"):
        left = Report.objects.get(enterprise=first)
    assert (left.state, left.rows, bytes(left.salt), left.version) == ("deleted", [], b"", 1)
    assert left.why == "entered by mistake"
    assert left.digest() != digest
    with pytest.raises(InputError, match="W264"):
        delete_report(park, first.pk, "energy", 2025, "tests", "again")
    with pytest.raises(InputError, match="W264"):
        delete_report(park, second.pk, "energy", 2025, "tests", " ")


def test_an_enterprise_leaves_with_all_that_it_entered(park: ParkFolder) -> None:
    """Its rows, people and files are gone; others keep theirs, also a file of the same content."""
    from separatrix_park.models import Enterprise, Evidence, LogEntry, Person, Report
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.export import delete_enterprise
    from separatrix_park.scope import whole_park

    first, second, *others = fill(park.path)
    with whole_park("the tests give two enterprises one file"):
        shared = Evidence.objects.get(enterprise=second)
        own = Evidence.objects.get(enterprise=first)
        Evidence.objects.create(
            enterprise=first,
            report=own.report,
            name="x",
            media_type="",
            size=1,
            sha256=shared.sha256,
            salt=b"s",
        )
    entries = LogEntry.objects.count()
    deleted = delete_enterprise(park, first.pk, "tests")
    assert (deleted.reports, deleted.files) == (1, 2)
    assert not (park.path / EVIDENCE / own.sha256).exists()
    assert (park.path / EVIDENCE / shared.sha256).exists()
    text = whole_database()
    for gone in ("secret-0", "a0@e.example", "b0@e.example", '"E0"'):
        assert gone not in text
    with whole_park("the tests count what is left"):
        assert Report.objects.count() == Enterprise.objects.count() == len(others) + 1
    with whole_park("the tests look on"):
        assert Person.objects.count() == 2 * (len(others) + 1)
    assert LogEntry.objects.count() == entries + 2
    assert check_log().whole
    with pytest.raises(InputError, match="W264"):
        delete_enterprise(park, first.pk, "tests")


def test_every_table_of_tenants_has_a_rule_for_deletion(park: ParkFolder) -> None:
    """What only jobs write was worked out and goes with the reports it rests on; the rest people entered."""
    from django.apps import apps

    from separatrix_park.models.tenant import TenantRow

    tables: set[Any] = {m for m in apps.get_models() if issubclass(m, TenantRow)}
    derived = {m.__name__ for m in tables if m.DERIVED}
    assert derived == {m.__name__ for m in tables if not m.WRITERS} - {"ReleasedValue"}
    assert {"Answer", "AccountYear", "ProductRollUp"} <= derived


def test_a_deletion_that_fails_deletes_nothing(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log cannot be written, value, salt and file stay."""
    from separatrix_park.models import LogEntry
    from separatrix_park.records.export import delete_enterprise

    first, *_ = fill(park.path)
    before = whole_database()
    files = sorted(p.name for p in (park.path / EVIDENCE).iterdir())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LogEntry, "append", full)
    with pytest.raises(OSError, match="No space"):
        delete_enterprise(park, first.pk, "tests")
    assert whole_database() == before
    assert sorted(p.name for p in (park.path / EVIDENCE).iterdir()) == files


def _roll_up(enterprise: Any, product: str, *suppliers: Any, carbon: float = 1.0) -> Any:
    """Return a roll-up of an enterprise, into which products of members went."""
    from separatrix_park.models import ProductRollUp, RollUpInput

    made = ProductRollUp.objects.create(
        enterprise=enterprise,
        year=2025,
        product_id=product,
        product=product,
        version=1,
        basis="b",
        whole=True,
    )
    for supplier in suppliers:
        RollUpInput.objects.create(
            enterprise=enterprise,
            roll_up=made,
            supplier=supplier.key,
            product_id="p",
            product="p",
            amount=1,
            unit="kilogram",
            carbon=carbon,
        )
    return made


@pytest.mark.parametrize("whole", [False, True])
def test_footprints_that_rest_on_what_is_deleted_go_too(park: ParkFolder, whole: bool) -> None:
    """Also those of members who bought from it and from these, and proposals; what partners have stays."""
    from separatrix_park.models import Partner, ProductRollUp, PublishedFootprint, SupplyLink
    from separatrix_park.records.export import delete_enterprise, delete_report
    from separatrix_park.scope import whole_park

    first, second, third, fourth, fifth, *_ = fill(park.path)
    with whole_park("the tests fill a park"):
        own = _roll_up(first, "own", third)  # in a circle
        _roll_up(second, "of the own", first, carbon=77031.5)
        of_that = _roll_up(third, "of that", second)
        _roll_up(fourth, "of others", third)
        _roll_up(second, "in a circle", fourth)
        of_none = _roll_up(fourth, "of none of them", fifth)
        partner = Partner.objects.create(enterprise=first, name="leaving-partner", client_id="c")
        SupplyLink.objects.create(enterprise=second, member=first, input="i", product_id="p")
        for state, roll_up in (("draft", own), ("published", own), ("draft", None)):
            PublishedFootprint.objects.create(
                enterprise=first,
                product_id=f"{state}-{roll_up is not None}",
                product="p",
                state=state,
                roll_up=roll_up,
            )
        for roll_up in (of_that, of_none):
            PublishedFootprint.objects.create(
                enterprise=roll_up.enterprise, product_id=roll_up.product, state="draft", roll_up=roll_up
            )
        assert partner.pk
    if whole:
        delete_enterprise(park, first.pk, "tests")
    else:
        delete_report(park, first.pk, "energy", 2025, "tests", "by mistake")
    with whole_park("the tests look at what is left"):
        assert [one.product for one in ProductRollUp.objects.all()] == ["of none of them"]
        left = set(PublishedFootprint.objects.values_list("product_id", flat=True))
        assert left == {"of none of them"} | (set() if whole else {"published-True", "draft-False"})
        assert SupplyLink.objects.exists() is not whole
    text = whole_database()
    assert "77031.5" not in text
    assert ("leaving-partner" in text) is not whole
