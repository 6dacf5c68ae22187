"""The tables that the park office keeps itself."""

from __future__ import annotations

import io
from typing import Any

from park.reporting.conftest import Cast

FACTORS = "能源品种,因子,单位,类别\nraw_coal,1.98,tCO2/t,燃烧\n"


def send(client: Any, text: str, table: str = "factors") -> Any:
    """Send a spreadsheet of a table."""
    stream = io.BytesIO(text.encode())
    stream.name = "factors.csv"
    return client.post("/tables/", {"table": table, "file": stream})


def test_a_table_is_taken_in_as_a_whole_and_answers_rest_on_it(cast: Cast) -> None:
    """The next one takes its place; what is handed out can be sent again."""
    from separatrix_park.answers.approved_data import approved
    from separatrix_park.reporting.office_table import newest_tables

    office = cast.browser(cast.office)
    with cast.as_(cast.office):
        before = approved().version
    assert send(office, FACTORS).status_code == 302
    with cast.as_(cast.office):
        assert approved().version != before
    shown = office.get("/tables/factors/").content.decode("utf-8-sig")
    assert "raw_coal" in shown and "combustion" in shown
    assert send(office, shown).status_code == 302
    with cast.as_(cast.office):
        assert newest_tables()["factors"].version == 1  # it is what there is already
        assert [dict(row) for row in newest_tables()["factors"].rows] == [
            {"carrier": "raw_coal", "factor": "1.98", "unit": "tCO2/t", "kind": "combustion"}
        ]


def test_a_wrong_row_keeps_all_of_it_out(cast: Cast) -> None:
    """It is told by row and column."""
    from separatrix_park.models import OfficeTable

    answer = send(cast.browser(cast.office), f"{FACTORS}diesel,a lot,tCO2/t,燃烧\n")
    assert answer.status_code == 422
    assert "row 3" in answer.content.decode()
    with cast.as_(cast.office):
        assert not OfficeTable.objects.exists()


def test_enterprises_see_none_of_it_and_auditors_change_none(cast: Cast) -> None:
    """Neither the page nor a file, and not by another name either."""
    send(cast.browser(cast.office), FACTORS)
    auditor = cast.browser(cast.auditor)
    assert auditor.get("/tables/factors/").status_code == 200
    assert send(auditor, FACTORS).status_code == 403
    for person in (cast.enters, cast.approves):
        for address in ("/tables/", "/tables/factors/"):
            assert cast.browser(person).get(address).status_code == 403
    assert auditor.get("/tables/energy/").status_code == 404
    assert auditor.get("/tables/region/").content[:2] == b"PK"
