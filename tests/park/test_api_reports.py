"""Reporting by programs: what the pages allow and no more, with the second of two told."""

from __future__ import annotations

from typing import Any

import pytest

from park.programs import ENERGY, ROWS, Park, Program, bearer, code_of, stranger


def test_a_program_reports_and_another_approves(programs: Park) -> None:
    """A draft is saved, submitted and approved; a neighbour sees nothing of it, the office reads it."""
    from separatrix_park.answers.approved_data import approved
    from separatrix_park.scope import whole_park

    saved = programs.enters.save(ROWS)
    assert (saved.status_code, saved.json()["state"], saved.json()["origin"]) == (200, "draft", "program")
    assert saved.json()["rows"][0]["amount"] == "900"
    number = saved.json()["id"]
    sent = programs.enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    assert sent.json()["state"] == "submitted"
    for method, address in (
        ("get", f"reports/{number}"),
        ("get", f"reports/{number}/changes"),
        ("get", f"reports/{number}/evidence"),
        ("post", f"reports/{number}/approve"),
        ("post", f"reports/{number}/withdraw"),
        ("get", ENERGY),
    ):
        assert code_of(programs.neighbour.ask(method, address, tag=sent["ETag"])) == (404, "W283")
    assert programs.neighbour.ask("get", "reports").json() == {"items": [], "count": 0, "next": None}
    done = programs.approves.ask("post", f"reports/{number}/approve", tag=sent["ETag"])
    assert (done.json()["state"], done.json()["judge"]) == ("approved", "b@e1.example")
    for reader in (programs.office, programs.auditor):
        assert reader.ask("get", f"reports/{number}").json()["rows"] == done.json()["rows"]
        assert code_of(reader.ask("post", f"reports/{number}/approve")) == (403, "W282")
    with whole_park("the test compares"):
        counted = [a.report for own in approved().of.values() for a in own]
    assert counted == [number]


def test_the_second_of_two_is_told_and_nothing_is_lost(programs: Park) -> None:
    """Without the tag of what there is, or with an old one, nothing is written; the new one is told."""
    first = programs.enters.save(ROWS)
    assert code_of(programs.approves.save(ROWS[:1])) == (428, "W286")
    stale = programs.approves.save(ROWS[:1], tag='"of yesterday"')
    assert code_of(stale) == (412, "W286")
    assert stale["ETag"] == first["ETag"]
    second = programs.approves.save(ROWS[:1], tag=stale["ETag"])
    assert second.status_code == 200
    assert code_of(programs.enters.save(ROWS, tag=first["ETag"])) == (412, "W286")
    assert code_of(programs.enters.ask("delete", ENERGY, tag=first["ETag"])) == (412, "W286")
    assert code_of(programs.enters.ask("post", f"{ENERGY}/submit", tag=first["ETag"])) == (412, "W286")
    unchanged = programs.enters.ask("get", ENERGY, headers={"If-None-Match": second["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    kept = programs.enters.ask("get", ENERGY)
    assert (kept["ETag"], len(kept.json()["rows"])) == (second["ETag"], 1)
    assert programs.enters.ask("delete", ENERGY, tag=second["ETag"]).status_code == 204
    assert programs.enters.ask("get", ENERGY).status_code == 404


def test_nobody_approves_what_they_had_a_hand_in(programs: Park) -> None:
    """Who approves may enter too, but not both of one report; a return has a reason and begins a version."""
    saved = programs.approves.save(ROWS)
    sent = programs.approves.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    number = sent.json()["id"]
    assert code_of(programs.approves.ask("post", f"reports/{number}/approve", tag=sent["ETag"])) == (
        403,
        "W249",
    )
    drawn = programs.enters.ask("post", f"reports/{number}/withdraw")
    assert drawn.json()["state"] == "draft"
    assert code_of(programs.enters.ask("post", f"reports/{number}/withdraw")) == (409, "W247")
    assert programs.enters.ask("delete", ENERGY, tag=drawn["ETag"]).status_code == 204
    saved = programs.enters.save(ROWS)
    sent = programs.enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    back = f"reports/{sent.json()['id']}/return"
    assert code_of(programs.approves.ask("post", back, {"reason": ""}, tag=sent["ETag"])) == (422, "W289")
    returned = programs.approves.ask("post", back, {"reason": "July is missing"}, tag=sent["ETag"])
    assert (returned.json()["state"], returned.json()["judgement"]) == ("returned", "July is missing")
    again = programs.enters.save(ROWS[:1], tag=returned["ETag"])
    assert again.json()["version"] == 2
    changes = programs.office.ask("get", f"reports/{again.json()['id']}/changes").json()
    assert [(c["key"], c["after"]) for c in changes] == [(["heat"], None)]


def test_rows_are_refused_where_they_would_be_lost_or_misread(programs: Park) -> None:
    """A misspelt column, a value that is no text or number, a formula: each with its row and column."""
    enters = programs.enters
    misspelt = enters.save([ROWS[0], {"carier": "heat"}])
    (fault,) = misspelt.json()["errors"]
    assert (misspelt.status_code, fault["where"], fault["found"]) == (422, "body.rows[1]", "carier")
    assert "`carrier`" in fault["hint"]
    for value in (True, None, ["900"], {"of": 900}, "9" * 501):
        (fault,) = enters.save([{"carrier": "heat", "amount": value}]).json()["errors"]
        assert fault["where"] == "body.rows[0].amount"
    assert enters.ask("get", ENERGY).status_code == 404
    doubtful = [{"carrier": "heat", "amount": "12 t", "unit": "GJ"}, {"carrier": "heat", "amount": "=A1"}]
    checked = enters.ask("post", f"{ENERGY}/check", {"rows": doubtful}).json()
    assert {(f["row"], f["column"]) for f in checked if f["severity"] == "error"} >= {
        (0, "amount"),
        (1, "amount"),
    }
    saved = enters.save(doubtful)
    refused = enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    assert code_of(refused) == (422, "W248")
    told = [(e["where"], e["found"]) for e in refused.json()["errors"][1:]]
    assert ("rows[0].amount", "12 t") in told
    for address in ("drafts/energy/0", "drafts/streams/2025", "drafts/nothing/2025", "drafts/energy/12025"):
        assert enters.ask("put", address, {"rows": []}).status_code == 404


def test_evidence_is_handed_in_once_and_seen_by_those_who_may(programs: Park) -> None:
    """The same key gives the same file, another request under it is refused; a neighbour finds nothing."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    number = programs.enters.save(ROWS).json()["id"]

    def hand_in(program: Program, name: str = "bill.pdf", data: bytes = b"%PDF-1.7 of July") -> Any:
        file = SimpleUploadedFile(name, data)
        return stranger().post(
            f"/api/v1/reports/{number}/evidence",
            {"file": file},
            headers=bearer(program.secret) | {"Idempotency-Key": "july"},
        )

    first, again = hand_in(programs.enters), hand_in(programs.enters)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert code_of(hand_in(programs.enters, "other.pdf")) == (409, "W285")
    assert hand_in(programs.neighbour).status_code == 404
    assert code_of(hand_in(programs.office)) == (403, "W282")
    assert hand_in(programs.approves, data=b"MZ a program").status_code == 422
    file = f"evidence/{first.json()['id']}"
    assert "evidence added" in str(programs.enters.ask("get", "log").json())
    assert len(programs.auditor.ask("get", f"reports/{number}/evidence").json()) == 1
    content = programs.approves.ask("get", f"{file}/content")
    assert content.getvalue() == b"%PDF-1.7 of July"
    assert content["Content-Disposition"].startswith("attachment")
    assert content["X-Content-Type-Options"] == "nosniff"
    for method, address in (("get", file), ("get", f"{file}/content"), ("delete", file)):
        assert programs.neighbour.ask(method, address).status_code == 404
    assert programs.enters.ask("delete", file).status_code == 204
    assert programs.enters.ask("get", file).status_code == 404


def test_the_office_takes_in_a_spreadsheet_as_a_whole_or_not_at_all(programs: Park) -> None:
    """A file with one wrong row keeps nothing and names it; a sound one is kept once, whoever asks again."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    head = "enterprise,year,carrier,amount,unit\n"
    sound = f"{head}E01,2024,heat,5,GJ\nE02,2024,heat,7,GJ\nE02,2023,heat,6,GJ\n"

    def take_in(program: Program, text: str, key: str = "", **asked: str) -> Any:
        file = SimpleUploadedFile("heat.csv", text.encode())
        headers = bearer(program.secret) | ({"Idempotency-Key": key} if key else {})
        return stranger().post("/api/v1/imports/energy", {"file": file, **asked}, headers=headers)

    assert code_of(take_in(programs.enters, sound)) == (403, "W282")
    wrong = take_in(programs.office, sound.replace("E02,2023,heat,6", "E09,2023,heat,six"), "one")
    assert code_of(wrong) == (422, "W251")
    assert any("heat.csv:4" in str(e["where"]) for e in wrong.json()["errors"])
    misspelt = take_in(programs.office, sound, onlycheck="true")  # which would have kept it
    assert (code_of(misspelt), misspelt.json()["errors"][0]["found"]) == ((400, "W280"), "onlycheck")
    checked = take_in(programs.office, sound, only_check="true")
    assert (checked.status_code, checked.json()["reports"], checked.json()["kept"]) == (200, 3, False)
    assert programs.office.ask("get", "reports").json()["count"] == 0
    for _ in range(2):
        kept = take_in(programs.office, sound, "one")
        assert (kept.status_code, kept.json()["rows"], kept.json()["reports"]) == (201, 3, 3)
    again = take_in(programs.office, sound, "two").json()
    assert (again["unchanged"], again["replaced"]) == (3, [])
    assert code_of(take_in(programs.office, sound.replace("heat,5", "heat,4"), "three")) == (422, "W251")
    reports = programs.office.ask("get", "reports?state=submitted").json()
    assert reports["count"] == 3
    assert {r["enterprise"] for r in reports["items"]} == {"E01", "E02"}
    assert programs.neighbour.ask("get", "reports").json()["count"] == 2
    board = programs.auditor.ask("get", "board?year=2024").json()
    states = {m["enterprise"]: [d["state"] for d in m["duties"]] for m in board["items"]}
    assert states == {"E01": ["submitted"], "E02": ["submitted"]}
    assert [d["year"] for d in programs.neighbour.ask("get", "duties").json()["duties"]] == [2024, 2023]


def test_a_program_of_the_office_confirms_which_history_it_replaces(programs: Park) -> None:
    """What `only_check` answered for this file confirms it, and nothing else does."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    head = "enterprise,year,carrier,amount,unit\n"
    text = f"{head}E01,2024,heat,5,GJ\nE02,2024,heat,7,GJ\n"

    def take_in(text: str, **asked: str) -> Any:
        file = SimpleUploadedFile("heat.csv", text.encode())
        form = {"file": file, "history": "true", "why": "the old system", **asked}
        return stranger().post("/api/v1/imports/energy", form, headers=bearer(programs.office.secret))

    assert take_in(text).status_code == 201
    changed = text.replace("GJ\n", "MWh\n", 1)
    assert code_of(take_in(changed)) == (422, "W295")
    checked = take_in(changed, only_check="true").json()
    one = {"enterprise": "E01", "year": 2024, "version": 1, "by_enterprise": False}
    assert (checked["replaced"], checked["unchanged"]) == ([one], 1)
    assert code_of(take_in(text.replace("5", "6"), confirmation=checked["confirmation"])) == (422, "W295")
    assert take_in(changed, confirmation=checked["confirmation"]).status_code == 201
    assert programs.office.ask("get", "reports").json()["count"] == 3


def test_a_program_of_the_office_admits_unknown_enterprises_with_the_file(programs: Park) -> None:
    """Where it says so, once; else they are listed, and nothing is kept."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    text = "enterprise,year,carrier,amount,unit\nE01,2024,heat,5,GJ\nNorth Works,2024,heat,7,GJ\n"

    def take_in(**asked: str) -> Any:
        headers = bearer(programs.office.secret) | {"Idempotency-Key": str(sorted(asked))}
        file = SimpleUploadedFile("heat.csv", text.encode())
        return stranger().post("/api/v1/imports/energy", {"file": file, **asked}, headers=headers)

    north = [{"text": "North Works", "key": "North-Works", "name": "North Works"}]
    checked = take_in(only_check="true").json()
    assert (checked["unknown"], checked["admitted"]) == (north, [])
    assert code_of(take_in()) == (422, "W251")
    assert programs.office.ask("get", "enterprises/North-Works").status_code == 404
    for _ in range(2):
        kept = take_in(admit="true")
        assert (kept.status_code, kept.json()["admitted"], kept.json()["unknown"]) == (201, north, [])
    assert programs.office.ask("get", "enterprises/North-Works").json()["name"] == "North Works"
    assert programs.office.ask("get", "reports").json()["count"] == 2


def test_lists_come_in_pages_that_follow_each_other(programs: Park) -> None:
    """Together the pages hold each report once; filters narrow them, an unknown enterprise gives none."""
    for year in range(2020, 2025):
        programs.enters.ask("put", f"drafts/energy/{year}", {"rows": ROWS})
    seen, offset = [], 0
    while offset is not None:
        page = programs.office.ask("get", f"reports?limit=2&offset={offset}").json()
        assert page["count"] == 5
        seen += [r["year"] for r in page["items"]]
        offset = page["next"]
    assert seen == [2024, 2023, 2022, 2021, 2020]
    assert programs.office.ask("get", "reports?enterprise=E01&year=2021").json()["count"] == 1
    assert programs.office.ask("get", "reports?enterprise=nobody").json()["count"] == 0


def test_an_enterprise_reads_what_another_shares_and_no_more(programs: Park) -> None:
    """It sees the approved rows and who shares them, not who wrote what; the end of it is the end."""
    saved = programs.enters.save(ROWS)
    sent = programs.enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    number = sent.json()["id"]
    programs.approves.ask("post", f"reports/{number}/approve", tag=sent["ETag"])
    wanted = {"recipient": "E02", "table": "energy", "since": 2025}
    assert code_of(programs.enters.ask("post", "sharings", wanted)) == (403, "W282")
    assert code_of(programs.approves.ask("post", "sharings", wanted | {"recipient": "E01"})) == (422, "W252")
    assert code_of(programs.approves.ask("post", "sharings", wanted | {"recipient": "  "})) == (422, "W252")
    assert code_of(programs.approves.ask("post", "sharings", wanted | {"since": 0})) == (422, "W289")
    shared = programs.approves.ask("post", "sharings", wanted)
    assert (shared.status_code, shared.json()["recipient"]) == (201, "E02")
    seen = programs.neighbour.ask("get", f"reports/{number}").json()
    assert [r["carrier"] for r in seen["rows"]] == ["electricity", "heat"]
    assert (seen["enterprise_name"], seen["enterprise"]) == ("E01", None)
    assert "e1.example" not in str(seen)
    assert programs.neighbour.ask("get", "reports").json()["count"] == 1
    sharing = f"sharings/{shared.json()['id']}"
    assert programs.neighbour.ask("get", "sharings").json() == programs.auditor.ask("get", "sharings").json()
    assert programs.neighbour.ask("delete", sharing).status_code == 404
    assert programs.approves.ask("delete", sharing).status_code == 204
    assert programs.neighbour.ask("get", f"reports/{number}").status_code == 404


def test_whoever_shares_is_not_told_who_is_there(programs: Park) -> None:
    """An id or a name of a member and one of nobody get the same answers, then and in every list."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the test gives the neighbour a name that its id does not tell"):
        Enterprise.objects.filter(key="E02").update(name="West Lake Heat")
    bodies = []
    for called in ("E02", "West Lake Heat", "E99", "East Lake Heat"):
        for since in (2025, 2024):  # the second time changes the year, of the same sharing
            given = {"recipient": called, "table": "energy", "since": since}
            answer = programs.approves.ask("post", "sharings", given)
            assert answer.status_code == 201
            bodies.append(answer.json())
    plain = [{k: v for k, v in body.items() if k not in ("id", "made")} for body in bodies]
    assert plain == [
        {"enterprise": "E01", "recipient": called, "table": "energy", "since": since}
        for called in ("E02", "West Lake Heat", "E99", "East Lake Heat")
        for since in (2025, 2024)
    ]
    assert programs.approves.ask("get", "sharings").json() == bodies[1::2]
    seen = programs.neighbour.ask("get", "sharings").json()
    assert [one["recipient"] for one in seen] == ["West Lake Heat"] * 2
    assert [programs.approves.ask("delete", f"sharings/{b['id']}").status_code for b in bodies[1::2]] == [
        204
    ] * 4


def test_a_workbook_goes_out_and_comes_back_as_drafts(programs: Park) -> None:
    """What was handed out to fill in is read back; a draft with rows is replaced only where that is said."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    saved = programs.enters.save(ROWS)
    book = programs.enters.ask("get", f"{ENERGY}/workbook").content

    def send(program: Program, data: bytes, name: str = "energy.xlsx", **asked: str) -> Any:
        return stranger().post(
            f"/api/v1/{ENERGY}/spreadsheet",
            {"file": SimpleUploadedFile(name, data), **asked},
            headers=bearer(program.secret),
        )

    assert code_of(send(programs.enters, book)) == (422, "W251")
    assert send(programs.enters, book, only_check="true").json()["rows"] == 2
    kept = send(programs.enters, book, replace="true")
    assert (kept.status_code, kept.json()["drafts"]) == (201, [{"id": saved.json()["id"], "year": 2025}])
    assert programs.enters.ask("get", ENERGY).json()["rows"] == saved.json()["rows"]
    wrong = send(programs.neighbour, b"carrier,amount,unit\nheat,=A1,GJ\n", "energy.csv")
    assert code_of(wrong) == (422, "W251")
    fault = wrong.json()["errors"][1]
    assert (fault["where"], fault["found"]) == ("energy.csv:2:amount", "=A1")
    assert programs.neighbour.ask("get", ENERGY).status_code == 404


def test_the_office_sets_deadlines_and_everybody_reads_them(programs: Park) -> None:
    """A deadline without a time zone would be another one elsewhere, and is refused; others set none."""
    due = {"due": "2026-03-31T23:59:59+08:00", "note": "with the bills"}
    assert code_of(programs.approves.ask("put", "deadlines/energy/2025", due)) == (403, "W282")
    bare = programs.office.ask("put", "deadlines/energy/2025", {"due": "2026-03-31T23:59:59"})
    assert code_of(bare) == (422, "W289")
    assert programs.office.ask("put", "deadlines/energy/2025", due).status_code == 200
    (duty,) = programs.enters.ask("get", "duties").json()["duties"]
    assert (duty["table"], duty["state"], duty["note"]) == ("energy", "missing", "with the bills")
    assert duty["overdue"] is True  # by the clock of the server
    assert len(programs.neighbour.ask("get", "deadlines").json()) == 1
    assert programs.office.ask("delete", "deadlines/energy/2025").status_code == 204
    assert programs.office.ask("delete", "deadlines/energy/2025").status_code == 404


@pytest.mark.parametrize(("name", "full"), [("SQLITE_BUSY", False), ("SQLITE_FULL", True)])
def test_a_program_hears_whether_to_wait_or_that_the_disk_is_full(
    programs: Park, monkeypatch: pytest.MonkeyPatch, name: str, full: bool
) -> None:
    """Both are a 503; who waits on a full disk would wait for ever."""
    import sqlite3

    from django.db import OperationalError

    from separatrix_park.api import drafts

    def broken(*_: object, **__: object) -> None:
        cause = sqlite3.OperationalError("a secret 4711")
        cause.sqlite_errorname = name
        raise OperationalError("a secret 4711") from cause

    monkeypatch.setattr(drafts, "save_draft", broken)
    answer = programs.enters.save(ROWS)
    assert code_of(answer) == (503, "W292") and "4711" not in answer.content.decode()
    assert ("disk" in answer.json()["errors"][0]["message"]) == full
