"""The office takes in spreadsheets of many enterprises: all of it, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from serve.park.reporting.conftest import Cast

HEAD = "企业名称,年份,能源品种,数量,单位\n"
TEXT = f"{HEAD}East Lake Cement,2022,原煤,100,t\nE01,2023,原煤,110,t\nE02,2023,热,50,GJ\n"


def read(cast: Cast, text: str, person: Any = None, table: str = "energy") -> Any:
    """Read a CSV as the office."""
    from separatrix.serve.park.reporting.park_import import read_import
    from separatrix.serve.park.reporting.reported_table import reported_table

    return read_import(cast.park, person or cast.office, reported_table(table), "all.csv", text.encode())


def count() -> int:
    """Return how many reports there are."""
    from separatrix.serve.park.models import Report
    from separatrix.serve.park.scope import whole_park

    with whole_park("the test counts"):
        return int(Report.objects.count())


def test_reports_wait_for_each_enterprise_and_no_other_sees_them(cast: Cast) -> None:
    """Two enterprises, three reports; each approves its own."""
    from separatrix.serve.park.models import Report
    from separatrix.serve.park.reporting.park_import import keep_import
    from separatrix.serve.park.reporting.report_versions import judge_report

    with cast.as_(cast.office):
        assert keep_import(cast.office, read(cast, TEXT), history=False, why="") == 3
    with cast.as_(cast.approves):
        own = list(Report.objects.order_by("year"))
        assert [(r.year, r.state, r.rows[0]["carrier"]) for r in own] == [
            (2022, "submitted", "raw_coal"),
            (2023, "submitted", "raw_coal"),
        ]
        assert judge_report(cast.approves, own[0].pk, own[0].stamp, approve=True).state == "approved"
    with cast.as_(cast.neighbour):
        assert [r.rows[0]["amount"] for r in Report.objects.all()] == ["50"]


def test_history_is_approved_with_its_reason(cast: Cast) -> None:
    """Without one it is refused; the reason stands in each report, and the log says what it was."""
    from separatrix.errors import InputError
    from separatrix.serve.park.models import LogEntry, Report
    from separatrix.serve.park.reporting.park_import import keep_import
    from separatrix.serve.park.scope import whole_park

    with cast.as_(cast.office):
        found = read(cast, TEXT)
        with pytest.raises(InputError, match="W251"):
            keep_import(cast.office, found, history=True, why=" ")
        assert count() == 0
        keep_import(cast.office, found, history=True, why="bills of the old system")
        assert {(r.state, r.why, r.origin) for r in Report.objects.all()} == {
            ("approved", "bills of the old system", "history")
        }
    with whole_park("the test reads the log"):
        assert [e.action for e in LogEntry.objects.all()] == ["history taken in"] * 3


@pytest.mark.parametrize(
    "wrong", ["E01,2023,原煤,lots,t\n", "E09,2023,原煤,1,t\n", "E01,,原煤,1,t\n", "E01,2023,原煤,1,parsec\n"]
)
def test_one_wrong_row_keeps_all_of_it_out(cast: Cast, wrong: str) -> None:
    """Nothing is half stored: the sound rows wait with the wrong one."""
    from separatrix.errors import InputError
    from separatrix.serve.park.reporting.park_import import keep_import

    with cast.as_(cast.office):
        found = read(cast, TEXT + wrong)
        assert not found.sound
        assert {r.row for r in found.sheet.errors} == {5}
        with pytest.raises(InputError, match="W251"):
            keep_import(cast.office, found, history=False, why="")
    assert count() == 0


def test_nothing_is_put_over_a_report_that_is_being_written(cast: Cast) -> None:
    """It is told which; also where it was begun after the file was read."""
    from separatrix.errors import InputError
    from separatrix.serve.park.reporting.park_import import keep_import
    from separatrix.serve.park.reporting.report_versions import save_draft

    with cast.as_(cast.office):
        before = read(cast, TEXT)
        assert before.sound
    with cast.as_(cast.enters):
        save_draft(cast.enters, "energy", 2023, [{"carrier": "heat", "amount": "1", "unit": "GJ"}], "")
    with cast.as_(cast.office):
        assert read(cast, TEXT).in_the_way == (("E01", 2023),)
        with pytest.raises(InputError, match="W251"):
            keep_import(cast.office, before, history=False, why="")
    assert count() == 1


def test_only_the_office_takes_in(cast: Cast) -> None:
    """Neither an enterprise nor the auditor does."""
    from django.core.exceptions import PermissionDenied

    for person in (cast.enters, cast.approves, cast.auditor):
        with cast.as_(person), pytest.raises(PermissionDenied):
            read(cast, TEXT, person)


def sectors() -> list[str]:
    """Return which sectors the two members of the park are in, as all pages have it."""
    from separatrix.serve.park.models import Enterprise
    from separatrix.serve.park.scope import whole_park

    with whole_park("the test looks at sectors"):
        return list(Enterprise.objects.order_by("key").values_list("sector", flat=True))


def test_a_sector_that_is_reported_is_that_of_the_enterprise_everywhere(cast: Cast) -> None:
    """Taken in as history at once, else once it is approved; who said it last counts; deleted it is gone."""
    from separatrix.serve.park.answers.approved_data import approved, cluster_files
    from separatrix.serve.park.keeping.deletion import delete_report
    from separatrix.serve.park.members import rename
    from separatrix.serve.park.models import Report
    from separatrix.serve.park.reporting.park_import import keep_import
    from separatrix.serve.park.reporting.report_versions import judge_report

    with cast.as_(cast.office):
        told = read(cast, "id,sector\nE01,C30\n", table="enterprises")
        keep_import(cast.office, told, history=True, why="as the register has it")
        assert sectors() == ["C30", "D35"]
        again = read(cast, "id,sector\nE01,C31\nE02,\n", table="enterprises")
        keep_import(cast.office, again, history=False, why="")
        assert sectors() == ["C30", "D35"]
    with cast.as_(cast.approves):
        waits = Report.objects.get(state="submitted")
        judge_report(cast.approves, waits.pk, waits.stamp, approve=True)
        member = waits.enterprise
    assert sectors() == ["C31", "D35"]
    with cast.as_(cast.office):
        rename(member, member.name, "C26", cast.office)
        files = dict(cluster_files(approved()))
        assert b"C26" in files["enterprises.csv"]
        assert b"C31" not in files["enterprises.csv"]
        rename(member, member.name, "C31", cast.office)
        delete_report(cast.park, member.pk, "enterprises", 0, "office", "asked for it")
    assert sectors() == ["", "D35"]


@pytest.mark.parametrize(
    ("table", "text", "rows"),
    [
        ("enterprises", "id,name,sector\nE01,East Lake Cement,C30\nE08,New,C31\nE09,,C31\n", {3, 4}),
        ("enterprises", "id,name,sector\nE08,New,C31\n", {2}),
        ("enterprises", "name,sector\nEast Lake Cement,C30\nNew,C31\n", {3}),
        ("energy", f"{HEAD}E01,2023,原煤,1,t\nE09,2023,原煤,1,t\n,2023,原煤,1,t\n", {3, 4}),
        ("measures", "enterprise,id,name,kind\nE01,M1,a,efficiency\n,M2,b,efficiency\n", {3}),
        ("awareness", "enterprise,year,score\nE09,2023,3\n", {2}),
    ],
)
def test_no_row_of_an_unknown_enterprise_is_left_out_in_silence(
    cast: Cast, table: str, text: str, rows: set[int]
) -> None:
    """In every table, the list of enterprises among them, each such row is an error at its place."""
    with cast.as_(cast.office):
        found = read(cast, text, table=table)
    assert rows <= {r.row for r in found.sheet.errors} and not found.sound
    assert {row.number for row in found.sheet.rows}.isdisjoint(rows)
