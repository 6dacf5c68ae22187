"""Answers for programs: each says on which data it rests and how sure it is, and no neighbour reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from park.programs import Park, code_of, programs_of, stranger
from park.test_answers import described, three

__all__ = ["described"]


@pytest.fixture
def programs(described: object) -> Iterator[Park]:
    """Return programs of a park of three enterprises with approved years."""
    from separatrix_park.answers.jobs import end_process
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    three()
    with whole_park("the tests look up members"):
        one, two = (Enterprise.objects.get(key=key) for key in ("E1", "E2"))
    yield programs_of(one, two)
    end_process()


def test_sums_and_years_agree_and_a_neighbour_reads_its_own_alone(programs: Park) -> None:
    """The park's total is that of its enterprises without what they passed on; each says its version."""
    page = programs.office.ask("get", "page-one").json()
    assert page["data"]["version"] and page["data"]["waiting"] == 0
    (last,) = (y for y in page["years"] if y["year"] == 2025)
    assert (last["sign"], last["complete"], last["whole"], last["members"]) == ("", True, 3, 3)
    lines = programs.auditor.ask("get", "energy?year=2025").json()
    assert lines["data"]["version"] == page["data"]["version"]
    assert sum(u["carbon"] for u in lines["items"] if not u["inside"]) == pytest.approx(last["total"])
    assert sum(u["energy"] or 0 for u in lines["items"] if not u["inside"]) == pytest.approx(last["energy"])
    for own, key, other in ((programs.enters, "E1", "E2"), (programs.neighbour, "E2", "E1")):
        assert {u["enterprise"] for u in own.ask("get", "energy").json()["items"]} == {key}
        assert own.ask("get", f"energy?enterprise={other}").json()["count"] == 0
        years = own.ask("get", f"enterprises/{key}/years").json()
        assert years["data"]["version"] and {y["sign"] for y in years["years"]} == {""}
        assert own.ask("get", f"enterprises/{other}/years").status_code == 404
        assert code_of(own.ask("get", "page-one")) == (403, "W282")


def test_a_year_that_lacks_somebody_does_not_look_whole(programs: Park) -> None:
    """Where an enterprise has not reported a year, its sum bears the sign, and who is missing is named."""
    from park_reports import approve, monthly_bills

    approve("E1", "energy", 2026, monthly_bills(95.0))
    page = programs.office.ask("get", "page-one?year=2026").json()
    (now,) = (y for y in page["years"] if y["year"] == 2026)
    assert (now["sign"], now["complete"]) == ("≥", False)
    assert now["nothing_missing"] == now["whole"] < now["members"]
    assert {m["enterprise"] for m in page["missing"]} >= {"E2", "E3"}


def test_an_answer_is_asked_for_once_and_fetched_when_it_is_there(programs: Park) -> None:
    """It waits, is worked out, and says its version; after an approval it is told as of former data."""
    from park_reports import approve
    from separatrix_park.answers.workers import do_waiting

    asked = {"kind": "measures", "format": "md"}
    approve(
        "E1",
        "measures",
        0,
        [
            {
                "id": "M1",
                "name": "Drives",
                "investment": "100",
                "saving": "30",
                "abatement": "900",
                "life": "10",
            }
        ],
    )
    first = programs.office.ask("post", "answers", asked)
    assert (first.status_code, first.json()["state"]) == (202, "waiting")
    number = first.json()["id"]
    assert programs.auditor.ask("post", "answers", asked).json()["id"] == number
    assert programs.office.ask("get", f"answers/{number}/file").status_code == 404
    do_waiting()
    done = programs.auditor.ask("get", f"answers/{number}").json()
    assert (done["state"], done["progress"], done["current"]) == ("done", 1.0, True)
    file = programs.auditor.ask("get", f"answers/{number}/file")
    assert done["data_version"] in file["Content-Disposition"] and file.content.startswith(b"# ")
    approve("E3", "accounts", 2026, [{"value_added": "900", "output": "9000", "staff": "60"}])
    assert programs.office.ask("get", f"answers/{number}").json()["current"] is False
    for method, address in (("get", f"answers/{number}"), ("get", f"answers/{number}/file")):
        assert code_of(programs.enters.ask(method, address)) == (403, "W282")


def test_what_cannot_be_asked_is_refused_with_its_place(programs: Park) -> None:
    """An unknown kind, an option that the kind does not know and a value that is none are told."""
    office = programs.office
    assert office.ask("post", "answers", {"kind": "weather"}).status_code == 404
    (fault,) = office.ask("post", "answers", {"kind": "path", "options": {"bugdet": 3}}).json()["errors"]
    assert (fault["where"], fault["found"]) == ("body.options", "bugdet")
    (fault,) = office.ask("post", "answers", {"kind": "path", "options": {"by": "soon"}}).json()["errors"]
    assert (fault["where"], fault["found"]) == ("body.options.by", "soon")
    waits = office.ask("post", "answers", {"kind": "diagnosis"}).json()
    assert code_of(programs.auditor.ask("post", f"answers/{waits['id']}/cancel"))[0] == 403
    assert office.ask("get", f"answers/{waits['id']}").json()["state"] == "waiting"
    assert office.ask("post", f"answers/{waits['id']}/cancel").json()["state"] == "cancelled"
    kinds = {k["name"]: k for k in office.ask("get", "answers/kinds").json()}
    assert {"diagnosis", "standard", "path", "exchanges", "measures", "game", "policy", "brief"} <= set(kinds)
    assert "budget" in [o["name"] for o in kinds["path"]["options"]]


def test_publications_are_read_without_a_token_and_made_by_the_office(programs: Park) -> None:
    """What gives somebody away is not published; an export holds what one's own enterprise entered."""
    assert stranger().get("/api/v1/publications").json()["items"] == []
    assert stranger().get("/api/v1/publications/1").status_code == 404
    assert code_of(programs.enters.ask("get", "publications/figures?year=2025")) == (403, "W282")
    figures = programs.office.ask("get", "publications/figures?year=2025")
    made = programs.office.ask("post", "publications", {"year": 2025, "title": "2025"})
    assert figures.status_code == 200, figures.content
    told = figures.json()
    assert told["passes"] == (made.status_code == 201)  # of three, two tell each other the third
    assert not told["passes"] and (told["findings"] or told["small"])
    assert code_of(made) == (422, "W330")
    both = {"year": 2025, "title": "2025", "merged": [["C13", "C22"], ["C22", "C31"]]}
    overlapping = programs.office.ask("post", "publications", both)
    assert code_of(overlapping) == (422, "W289"), overlapping.content
    assert "C22" in overlapping.content.decode()
    assert code_of(programs.office.ask("get", "publications/figures?year=1999")) == (422, "W265")
    assert stranger().get("/api/v1/publications").json()["count"] == 0
    zipped = b"".join(programs.enters.ask("post", "enterprises/E1/export").streaming_content)
    names = zipfile.ZipFile(io.BytesIO(zipped)).namelist()
    assert any(name.startswith("cluster/") for name in names) and "log.csv" in names
    assert programs.neighbour.ask("post", "enterprises/E1/export").status_code == 404
    assert code_of(programs.auditor.ask("post", "enterprises/E1/export")) == (403, "W282")
