"""The office takes in spreadsheets of many enterprises: all of it, or nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from park.reporting.conftest import Cast

HEAD = "企业名称,年份,能源品种,数量,单位\n"
TEXT = f"{HEAD}East Lake Cement,2022,原煤,100,t\nE01,2023,原煤,110,t\nE02,2023,热,50,GJ\n"


def read(cast: Cast, text: str, person: Any = None, table: str = "energy", new: Any = ()) -> Any:
    """Read a CSV as the office."""
    from separatrix_park.reporting.park_import import read_import
    from separatrix_park.reporting.tables import reported_table

    return read_import(
        cast.park, person or cast.office, reported_table(table), "all.csv", text.encode(), newcomers=new
    )


def count() -> int:
    """Return how many reports there are."""
    from separatrix_park.models import Report
    from separatrix_park.scope import whole_park

    with whole_park("the test counts"):
        return int(Report.objects.count())


def test_reports_wait_for_each_enterprise_and_no_other_sees_them(cast: Cast) -> None:
    """Two enterprises, three reports; each approves its own."""
    from separatrix_park.models import Report
    from separatrix_park.reporting.park_import import keep_import
    from separatrix_park.reporting.versions import judge_report

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
    from separatrix_park.models import LogEntry, Report
    from separatrix_park.reporting.park_import import keep_import
    from separatrix_park.scope import whole_park

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
    from separatrix_park.reporting.park_import import keep_import

    with cast.as_(cast.office):
        found = read(cast, TEXT + wrong)
        assert not found.sound
        assert {r.row for r in found.sheet.errors} == {5}
        with pytest.raises(InputError, match="W251"):
            keep_import(cast.office, found, history=False, why="")
    assert count() == 0


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ("E01,2023,1,原煤,5,t\nE01,2023,2,raw_coal,5,t\nE01,2023,,原煤,99,t\n", "W243", 4),
        ("E01,2023,1,原煤,5,t\nE01,2023,1,disel,5,t\n", "K214", 3),
    ],
)
def test_what_no_form_lets_pass_is_not_taken_in(cast: Cast, rows: str, code: str, row: int) -> None:
    """A year beside its months would count twice, and a carrier that nobody knows not at all."""
    with cast.as_(cast.office):
        found = read(cast, "企业名称,年份,月份,能源品种,数量,单位\n" + rows)
        assert [(e.code, e.row) for e in found.sheet.errors] == [(code, row)] and not found.sound


def test_a_carrier_of_the_factors_of_the_office_is_taken_in(cast: Cast) -> None:
    """Whatever it is called: the newest table of factors that the office keeps knows it."""
    from separatrix_park.models import OfficeTable

    with cast.as_(cast.office):
        text = f"{HEAD}E01,2022,Peat briquettes of here,100,t\n"
        assert not read(cast, text).sound
        OfficeTable.objects.create(name="factors", version=1, rows=[{"carrier": "peat briquettes of here"}])
        assert read(cast, text).sound


def test_nothing_is_put_over_a_report_that_is_being_written(cast: Cast) -> None:
    """It is told which; also where it was begun after the file was read."""
    from separatrix.errors import InputError
    from separatrix_park.reporting.park_import import keep_import
    from separatrix_park.reporting.versions import save_draft

    with cast.as_(cast.office):
        before = read(cast, TEXT)
        assert before.sound
    with cast.as_(cast.enters):
        save_draft(cast.enters, "energy", 2023, [{"carrier": "heat", "amount": "1", "unit": "GJ"}], "")
    with cast.as_(cast.office):
        again = read(cast, TEXT)
        assert again.in_the_way == (("E01", 2023),)
        assert [p.values["enterprise"] for p in again.problems] == ["East Lake Cement"]
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
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the test looks at sectors"):
        return list(Enterprise.objects.order_by("key").values_list("sector", flat=True))


def test_a_sector_that_is_reported_is_that_of_the_enterprise_everywhere(cast: Cast) -> None:
    """Taken in as history at once, else once it is approved; who said it last counts; deleted it is gone."""
    from separatrix_park.answers.approved_data import approved, cluster_files
    from separatrix_park.members import rename
    from separatrix_park.models import Report
    from separatrix_park.records.export import delete_report
    from separatrix_park.reporting.park_import import keep_import
    from separatrix_park.reporting.versions import judge_report

    with cast.as_(cast.office):
        told = read(cast, "id,sector\nE01,C30\n", table="enterprises")
        keep_import(cast.office, told, history=True, why="as the register has it")
        assert sectors() == ["C30", "D35"]
        again = read(cast, "id,sector\nE01,C31\nE02,\n", table="enterprises")
        keep_import(cast.office, again, history=False, why="the register of this year")
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


UNKNOWN = f"{TEXT}E09,2023,原煤,1,t\nNew Works (Ltd.),2023,原煤,2,t\ne09,2022,热,3,GJ\n合计,2023,原煤,3,t\n"


def members() -> dict[str, str]:
    """Return the names of the members of the park by their ids."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the test looks at the members"):
        return dict(Enterprise.objects.values_list("key", "name"))


def test_unknown_enterprises_are_proposed_once_each_with_a_free_id(cast: Cast) -> None:
    """However often and in whatever letters they are named; a sum is none, and one near a member says so."""
    with cast.as_(cast.office):
        found = read(cast, UNKNOWN + "East Lake Cemnt,2023,热,1,GJ\n").proposals
        listed = read(cast, "id,name,sector\nE01,,C23\nE08,New,C31\n", table="enterprises").proposals
    assert [(n.text, n.key, n.rows, n.like) for n in found] == [
        ("E09", "E09", (5, 7), ""),
        ("New Works (Ltd.)", "New-Works-Ltd", (6,), ""),
        ("East Lake Cemnt", "East-Lake-Cemnt", (9,), "East Lake Cement"),
    ]
    assert [(n.key, n.name) for n in listed] == [("E08", "New")]


def test_the_name_of_a_measure_is_not_that_of_its_enterprise(cast: Cast) -> None:
    """A row without an enterprise says so, and an unknown one is not proposed by the name of its measure."""
    head = "id,enterprise,name,investment,abatement,life,carrier\n"
    rows = "M1,,LED lighting,20,1500,10,electricity\nM2,E09,boiler,100,500,10,raw_coal\n"
    with cast.as_(cast.office):
        found = read(cast, head + rows, table="measures")
    assert [(e.code, e.row) for e in found.sheet.errors] == [("W245", 2), ("K130", 3)]
    assert [(n.text, n.name) for n in found.proposals] == [("E09", "E09")]


def test_confirmed_enterprises_are_admitted_with_the_file(cast: Cast) -> None:
    """Under the ids and names that the office chose, logged before the reports that name them."""
    from separatrix_park.models import LogEntry, Report
    from separatrix_park.reporting.park_import import Newcomer, keep_import
    from separatrix_park.scope import whole_park

    new = (Newcomer("E09", "E09", "North Works"), Newcomer("New Works (Ltd.)", "NW", "New Works (Ltd.)"))
    idle = (Newcomer("E01", "E50", "a member already"), Newcomer("Nobody", "E51", "in no row"))
    with cast.as_(cast.office):
        found = read(cast, UNKNOWN.replace("合计,2023,原煤,3,t\n", ""), new=new + idle)
        assert [str(r.what) for r in found.sheet.errors] == []
        assert found.sound and not found.proposals and found.newcomers == new
        assert keep_import(cast.office, found, history=True, why="the old register") == 6
        assert set(Report.objects.values_list("enterprise__key", "year")) >= {("E09", 2022), ("NW", 2023)}
    assert members() == {
        "E01": "East Lake Cement",
        "E02": "West Lake Heat",
        "E09": "North Works",
        "NW": "New Works (Ltd.)",
    }
    with whole_park("the test reads the log"):
        actions = [e.action for e in LogEntry.objects.order_by("pk")]
    assert actions == ["enterprise admitted"] * 2 + ["history taken in"] * 6


@pytest.mark.parametrize("key", ["E01", "..", "twice"])
def test_nobody_is_admitted_where_one_of_them_cannot_be(cast: Cast, key: str) -> None:
    """An id that a member has, that cannot be one, or that two share: no enterprise, no report, no entry."""
    from separatrix.errors import InputError
    from separatrix_park.models import LogEntry
    from separatrix_park.reporting.park_import import Newcomer, keep_import
    from separatrix_park.scope import whole_park

    new = (Newcomer("E09", "twice", "One"), Newcomer("New Works (Ltd.)", key, "Two"))
    before = members()
    with cast.as_(cast.office):
        found = read(cast, UNKNOWN.replace("合计,2023,原煤,3,t\n", ""), new=new)
        with pytest.raises(InputError, match="W294"):
            keep_import(cast.office, found, history=False, why="")
    assert members() == before and count() == 0
    with whole_park("the test reads the log"):
        assert not LogEntry.objects.exists()


def test_the_page_lists_unknown_enterprises_and_admits_them_after_one_confirmation(cast: Cast) -> None:
    """The button for it alone does; a mere second sending admits nobody, and only the office may."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    text = f"{HEAD}E01,2023,原煤,1,t\nE09,2023,原煤,1,t\n"
    confirmed = {"new-text": ["E09"], "new-id": ["E09"], "new-name": ["North Works"]}

    def send(person: Any, **more: Any) -> Any:
        form = {"table": "energy", "year": "", "history": "no", "why": "", **more}
        form["file"] = SimpleUploadedFile("all.csv", text.encode())
        return cast.browser(person).post("/import/", form)

    listed = send(cast.office)
    assert listed.status_code == 422 and b'name="new-id" value="E09"' in listed.content
    assert send(cast.office, **confirmed).status_code == 422
    for person in (cast.enters, cast.approves, cast.auditor):
        assert send(person, **confirmed, admit="yes").status_code == 403
    assert set(members()) == {"E01", "E02"} and count() == 0
    taken = send(cast.office, **{**confirmed, "new-id": ["E01"]}, admit="yes")
    assert taken.status_code == 422 and b'name="new-text" value="E09"' in taken.content
    assert send(cast.office, **confirmed, admit="yes").status_code == 302
    assert members()["E09"] == "North Works" and count() == 2


@pytest.mark.parametrize(("year", "sound"), [(1989, False), (1990, True), (2023, True), (2150, False)])
def test_a_year_that_no_page_shows_is_not_taken_in(cast: Cast, year: int, sound: bool) -> None:
    """Its report would wait for ever: nobody could open it to approve it."""
    with cast.as_(cast.office):
        found = read(cast, f"{HEAD}E01,{year},原煤,1,t\n")
    assert found.sound == sound
    assert {r.row for r in found.sheet.errors} == (set() if sound else {2})


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("E01,2023,原煤,1,t\n,2023,热,5,GJ\nE02,2023,原煤,1,t\n", "K173"),
        ("E01,2023,原煤,1,t\nE02,2023,原煤,2,t\n合计,2023,原煤,300,t\n", "K151"),
    ],
)
def test_what_was_decided_of_rows_is_told_when_they_are_taken_in(cast: Cast, rows: str, code: str) -> None:
    """An enterprise from the row above, a total that is not that of its rows: no report tells it later."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("all.csv", (HEAD + rows).encode())
    sent = {"table": "energy", "year": "2023", "file": file}
    page = cast.browser(cast.office).post("/import/", sent, follow=True)
    assert count() == 2 and f"({code})" in page.content.decode()


CHANGED = TEXT.replace("110,t", "111,t")


def versions() -> list[tuple[str, int, int, str]]:
    """Return which versions of reports there are: enterprise, year, number and state."""
    from separatrix_park.models import Report
    from separatrix_park.scope import whole_park

    with whole_park("the test looks at versions"):
        rows = Report.objects.values_list("enterprise__key", "year", "version", "state")
        return sorted((key, year, version, str(state)) for key, year, version, state in rows)


def keep(cast: Cast, text: str, *, history: bool = True, **more: str) -> int:
    """Take a CSV in as the office."""
    from separatrix_park.reporting.park_import import keep_import

    with cast.as_(cast.office):
        found = read(cast, text)
        return keep_import(cast.office, found, history=history, **{"why": "the old system", **more})


@pytest.mark.parametrize("history", [True, False])
def test_the_same_file_again_is_nothing_new(cast: Cast, history: bool) -> None:
    """However its rows are ordered and its carriers are spelt: no version more, and no entry in the log."""
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    more = TEXT + "E01,2023,热,7,GJ\n"
    assert keep(cast, more, history=history) == 3
    before = versions()
    lines = more.replace("原煤", "Raw coal").replace("100,t", "100.0,t").splitlines()
    again = "\n".join([lines[0], *reversed(lines[1:])])
    with cast.as_(cast.office):
        found = read(cast, again)
    assert (found.sound, len(found.unchanged), found.replaced, found.confirmation) == (True, 3, (), "")
    assert keep(cast, again, history=history) == 0 and versions() == before
    with whole_park("the test counts entries"):
        assert LogEntry.objects.count() == 3


def test_history_replaces_history_only_where_the_office_has_confirmed_which(cast: Cast) -> None:
    """Each report with other rows is named; a confirmation of another file, or of older versions, is none."""
    from separatrix.errors import InputError

    keep(cast, TEXT)
    with cast.as_(cast.office):
        found = read(cast, CHANGED)
        other = read(cast, CHANGED.replace("111", "112"))
    assert [(r.enterprise, r.year, r.version, r.rows, r.by_enterprise) for r in found.replaced] == [
        ("E01", 2023, 1, 1, False)
    ]
    for confirmation in ("", "yes", other.confirmation):
        with pytest.raises(InputError, match="W295"):
            keep(cast, CHANGED, confirmation=confirmation)
    assert len(versions()) == 3
    assert keep(cast, CHANGED, confirmation=found.confirmation) == 1
    assert ("E01", 2023, 2, "approved") in versions() and len(versions()) == 4
    keep(cast, TEXT, confirmation=read_confirmation(cast, TEXT))
    with pytest.raises(InputError, match="W295"):
        keep(cast, CHANGED, confirmation=found.confirmation)


def read_confirmation(cast: Cast, text: str) -> str:
    """Return what confirms that a file replaces what it replaces."""
    with cast.as_(cast.office):
        return str(read(cast, text).confirmation)


def test_what_an_enterprise_approved_no_history_replaces(cast: Cast) -> None:
    """Its correction waits for the enterprise, with a reason; until then the old one counts."""
    from separatrix.errors import InputError
    from separatrix_park.models import Report
    from separatrix_park.reporting.versions import judge_report, standing_report

    keep(cast, TEXT, history=False)
    with cast.as_(cast.approves):
        waits = Report.objects.get(year=2023, state="submitted")
        judge_report(cast.approves, waits.pk, waits.stamp, approve=True)
    with pytest.raises(InputError, match="W296"):
        keep(cast, CHANGED, confirmation=read_confirmation(cast, CHANGED))
    with pytest.raises(InputError, match="W251"):
        keep(cast, CHANGED, history=False, why="")
    assert len(versions()) == 3
    assert keep(cast, CHANGED, history=False) == 1
    with cast.as_(cast.approves):
        standing = standing_report(cast.approves.enterprise_id, "energy", 2023)
        assert standing is not None and standing.version == 1
    assert ("E01", 2023, 2, "submitted") in versions()


def test_the_page_names_what_history_would_replace_and_takes_one_confirmation(cast: Cast) -> None:
    """The box for it holds what was looked at; without it nothing is replaced."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    keep(cast, TEXT)
    browser = cast.browser(cast.office)

    def send(text: str, **more: str) -> Any:
        file = SimpleUploadedFile("all.csv", text.encode())
        form = {"table": "energy", "year": "", "history": "yes", "why": "mended", "file": file, **more}
        return browser.post("/import/", form, follow=True)

    listed = send(CHANGED)
    box = re.search(r'name="confirmation"[^>]* value="([0-9a-f]{64})"', listed.content.decode())
    assert (
        listed.status_code == 422 and box is not None and "East Lake Cement (E01)" in listed.content.decode()
    )
    assert len(versions()) == 3
    assert send(CHANGED, confirmation=box[1]).status_code == 200 and len(versions()) == 4
    assert "Nothing new" in send(CHANGED).content.decode() and len(versions()) == 4
