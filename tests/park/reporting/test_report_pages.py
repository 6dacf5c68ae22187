"""The pages on which people report: forms, checks, uploads, judgement, deadlines and sharing."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest

from park.report_steps import ENERGY, approve, enter, number_of, stamp_on
from park.reporting.conftest import Cast

ADDRESS = "/reports/energy/2024/"
DIESEL = {"layout": "grid", "carrier": ["diesel"], "unit": ["t"], "m0": ["1000"]}


def text_of(answer: Any) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def file_of(text: str | bytes, name: str = "list.csv") -> io.BytesIO:
    """Return a file as a browser sends it."""
    stream = io.BytesIO(text.encode() if isinstance(text, str) else text)
    stream.name = name
    return stream


def in_chinese(client: Any) -> Any:
    """Return a browser that reads Chinese."""
    client.cookies["django_language"] = "zh-hans"
    return client


def test_from_an_empty_form_to_an_approved_report_and_its_correction(cast: Cast) -> None:
    """Saved, submitted, approved by another; the correction shows what it changes and why."""
    enters, approves = cast.browser(cast.enters), cast.browser(cast.approves)
    assert enter(enters, ADDRESS, DIESEL, "save")["Location"] == ADDRESS
    assert 'value="1000"' in enters.get(ADDRESS).content.decode()
    number = number_of(enter(enters, ADDRESS, DIESEL))
    assert f"/reports/{number}/" in approves.get("/reports/").content.decode()
    assert approve(approves, number).status_code == 302
    changed = enter(enters, ADDRESS, {**DIESEL, "m0": ["1100"], "why": "a bill was missing"})
    page = text_of(approves.get(f"/reports/{number_of(changed)}/"))
    assert "diesel Amount 1000 1100" in page
    assert "a bill was missing" in page
    assert "version 2" in page


def test_what_is_wrong_with_a_line_is_told_once(cast: Cast) -> None:
    """Each month of a line is a row of its own, and an unknown carrier is wrong in all of them."""
    enters = cast.browser(cast.enters)
    wrong = enter(
        enters, ADDRESS, DIESEL | {"carrier": ["unobtainium"], "m0": [""], "m1": ["5"], "m2": ["6"]}
    )
    page = text_of(wrong)
    assert "1 error to correct before you can submit" in page
    assert page.count("is not a known carrier") == 2  # beside its field, and in the list of errors


def test_a_doubt_stays_with_a_reason_and_an_error_does_not(cast: Cast) -> None:
    """The page of the refusal is the form itself, with the error at its field."""
    enters, approves = cast.browser(cast.enters), cast.browser(cast.approves)
    for year in (2021, 2022, 2023):
        approve(approves, number_of(enter(enters, f"/reports/energy/{year}/", DIESEL)))
    wrong = enter(enters, ADDRESS, {**DIESEL, "m0": ["a lot"]})
    assert wrong.status_code == 422
    field = re.search(r'<input name="m0" id="m0-1"[^>]*>', wrong.content.decode())
    assert field is not None
    assert 'aria-invalid="true"' in field[0] and 'aria-describedby="says-m0-1"' in field[0]
    assert 'value="a lot"' in field[0]
    tenfold = {**DIESEL, "m0": ["10000"]}
    odd = enter(enters, ADDRESS, tenfold)
    assert odd.status_code == 422
    reasons = re.findall(r'name="(reason:[0-9a-f]+)"', odd.content.decode())
    assert reasons
    kept = enter(enters, ADDRESS, {**tenfold, **dict.fromkeys(reasons, "a second kiln")})
    assert kept.status_code == 302
    assert "a second kiln" in text_of(approves.get(f"/reports/{number_of(kept)}/"))


def test_the_checks_speak_while_one_types_and_keep_nothing(cast: Cast) -> None:
    """The panel tells errors with links to their fields, and sums beside the year before."""
    from separatrix_park.models import Report

    enters = cast.browser(cast.enters)
    answer = enters.post(f"{ADDRESS}check/", {**DIESEL, "m0": ["-4"]})
    assert 'href="#m0-1"' in answer.content.decode()
    fine = text_of(enters.post(f"{ADDRESS}check/", DIESEL))
    assert "no errors and no doubts" in fine
    assert "diesel · t 1,000 –" in fine
    with cast.as_(cast.enters):
        assert not Report.objects.exists()
    enters.cookies.clear()
    assert enters.post(f"{ADDRESS}check/", DIESEL).status_code == 401


def test_the_second_of_two_at_one_form_sees_both_and_loses_nothing(cast: Cast) -> None:
    """Their own figures stand in the form, the other's beside them; then they save knowingly."""
    enters, approves = cast.browser(cast.enters), cast.browser(cast.approves)
    enter(enters, ADDRESS, DIESEL, "save")
    stamp = stamp_on(enters.get(ADDRESS))
    enter(approves, ADDRESS, {**DIESEL, "m0": ["2222"]}, "save")
    late = enters.post(ADDRESS, {**DIESEL, "m0": ["3333"], "stamp": stamp, "action": "save"})
    assert late.status_code == 409
    assert 'value="3333"' in late.content.decode()
    assert "diesel Amount 2222 3333" in text_of(late)
    assert "approves@e01.example" in text_of(late)
    assert 'value="2222"' in approves.get(ADDRESS).content.decode()
    again = enters.post(ADDRESS, {**DIESEL, "m0": ["3333"], "stamp": stamp_on(late), "action": "save"})
    assert again.status_code == 302
    assert 'value="3333"' in approves.get(ADDRESS).content.decode()


def test_a_spreadsheet_with_errors_is_told_by_row_and_kept_out(cast: Cast) -> None:
    """Mended, it becomes the draft; what it tells of another year, that year's."""
    from separatrix_park.models import Report

    enters = cast.browser(cast.enters)
    head = "年份,能源品种,数量,单位\n"
    wrong = enters.post(f"{ADDRESS}upload/", {"file": file_of(f"{head}2024,原煤,10,吨\n2023,原煤,zehn,吨\n")})
    assert wrong.status_code == 422
    assert "row 3" in text_of(wrong) and "zehn" in text_of(wrong)
    with cast.as_(cast.enters):
        assert not Report.objects.exists()
    right = enters.post(f"{ADDRESS}upload/", {"file": file_of(f"{head}2024,原煤,10,吨\n2023,原煤,11,吨\n")})
    assert right["Location"] == "/reports/"
    with cast.as_(cast.enters):
        assert [(r.year, r.state, r.rows[0]["amount"]) for r in Report.objects.order_by("year")] == [
            (2023, "draft", "11"),
            (2024, "draft", "10"),
        ]
    again = {"file": file_of(f"{head}2024,原煤,12,吨\n")}
    assert enters.post(f"{ADDRESS}upload/", again).status_code == 422
    replaced = {"file": file_of(f"{head}2024,原煤,12,吨\n"), "replace": "on"}
    assert enters.post(f"{ADDRESS}upload/", replaced)["Location"] == ADDRESS


def test_a_spreadsheet_of_more_rows_than_a_report_holds_is_refused(cast: Cast) -> None:
    """It says how many there are and how many may be; of no year is anything kept, nor by the form."""
    from separatrix_park.models import Report

    enters = cast.browser(cast.enters)
    rows = ["年份,能源品种,数量,单位", "2023,原煤,1,吨", *(f"2024,原煤,{k + 1},吨" for k in range(2001))]
    refused = enters.post(f"{ADDRESS}upload/", {"file": file_of("\n".join(rows))})
    assert refused.status_code == 422
    assert "W241" in text_of(refused) and "2000" in text_of(refused) and "2001" in text_of(refused)
    count = 2001
    many = {name: values * count for name, values in DIESEL.items() if isinstance(values, list)}
    single = {name: value for name, value in DIESEL.items() if not isinstance(value, list)}
    form = enters.post(ADDRESS, {**single, **many, "action": "save"})
    assert form.status_code == 422 and "W241" in text_of(form)
    with cast.as_(cast.enters):
        assert not Report.objects.exists()
    most = {"file": file_of("\n".join(rows[:-1]))}
    assert enters.post(f"{ADDRESS}upload/", most)["Location"] == "/reports/"


def test_how_a_spreadsheet_was_understood_is_told_when_its_rows_are_kept(cast: Cast) -> None:
    """What was passed over stands on the next page, for nothing else would tell of it."""
    enters = cast.browser(cast.enters)
    sent = {"file": file_of('能源品种,数量,单位,鞋码\n原煤,"1,234",吨,44\n')}
    assert enters.post(f"{ADDRESS}upload/", sent)["Location"] == ADDRESS
    page = text_of(enters.get(ADDRESS))
    assert "may be thousands or a decimal" in page and "(K112)" in page
    assert "鞋码" in page and "(K121)" in page


def test_rows_with_errors_can_be_mended_in_the_form(cast: Cast) -> None:
    """The form opens with the rows of the file and the error at its field; nothing is kept yet."""
    from separatrix_park.models import Report

    enters = cast.browser(cast.enters)
    page = enters.post(f"{ADDRESS}upload/", {"file": file_of("carrier,amount,unit\nraw_coal,zehn,t\n")})
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()):
        if name != "csrfmiddlewaretoken":
            sent.setdefault(name, []).append(unescape(value))
    form = enters.post(ADDRESS, sent)
    assert form.status_code == 200
    assert re.search(r'id="m0-1" value="zehn"[^>]*aria-invalid', form.content.decode())
    with cast.as_(cast.enters):
        assert not Report.objects.exists()


@pytest.mark.parametrize("name", ["accounts", "streams", "measures", "awareness", "links", "enterprises"])
def test_every_table_has_a_form_a_template_and_an_upload(cast: Cast, name: str) -> None:
    """In both languages."""
    from separatrix_park.reporting.tables import reported_table

    client = cast.browser(cast.enters)
    address = f"/reports/{name}/{2024 if reported_table(name).dated else 0}/"
    for browser in (client, in_chinese(client)):
        for path in (address, f"{address}template/", f"{address}upload/"):
            assert browser.get(path).status_code == 200
    assert client.get(f"/reports/{name}/1800/").status_code == 404
    assert client.get("/reports/region/2024/").status_code == 404


def test_deadlines_say_who_owes_what_and_by_when(cast: Cast) -> None:
    """The office sets one, the enterprise sees it, the board shows it, also to the auditor."""
    office, enters, auditor = map(cast.browser, (cast.office, cast.enters, cast.auditor))
    due = {"table": "energy", "year": "2024", "due": "2025-03-31", "note": "with bills"}
    assert office.post("/deadlines/", {**due, "year": ""}).status_code == 422
    assert office.post("/deadlines/", due).status_code == 302
    page = text_of(enters.get("/reports/"))
    assert "Energy 2024" in page and "31 March 2025" in page and "overdue" in page and "with bills" in page
    for browser in (office, auditor):
        board = text_of(browser.get("/board/?year=2024"))
        assert "East Lake Cement E01 missing overdue" in board and "West Lake Heat" in board
    assert "East Lake Cement" not in text_of(office.get("/board/?year=2024&q=E02"))
    enter(enters, ADDRESS, DIESEL)
    assert "East Lake Cement E01 waiting for approval" in text_of(office.get("/board/?year=2024"))
    for person in (enters, auditor):
        assert person.post("/deadlines/", due).status_code == 403
    assert enters.get("/board/").status_code == 403


@pytest.mark.parametrize("year", ["", "²⁰²⁵", "-1", "9" * 1200])
def test_what_is_no_year_is_none_that_was_chosen(cast: Cast, year: str) -> None:
    """A page shows another year or that there is none; it never fails over what was typed in its address."""
    office, enters = cast.browser(cast.office), cast.browser(cast.enters)
    asked = {"year": year}
    for address in ("/board/", "/answers/", "/energy/", "/published/new/"):
        assert office.get(address, asked).status_code == 200, address
    assert enters.get("/enterprise/", asked).status_code == 200
    assert enters.get("/reports/begin/", {"table": "energy", **asked}).status_code == 404
    sent = {"table": "energy", **asked, "file": file_of("enterprise,carrier,amount,unit\n")}
    assert office.post("/import/", sent).status_code == 422
    number = number_of(enter(enters, ADDRESS, DIESEL))
    assert enters.get(f"/reports/{number}/", {"against": year}).status_code == 200


def test_what_is_shared_is_read_by_the_other_one_until_it_is_ended(cast: Cast) -> None:
    """Approved reports of the table, from the year on; no other, no evidence, and no names of people."""
    enters, approves, neighbour = map(cast.browser, (cast.enters, cast.approves, cast.neighbour))
    numbers = {}
    for year in (2022, 2024):
        numbers[year] = number_of(enter(enters, f"/reports/energy/{year}/", {**DIESEL, "m0": [f"4{year}"]}))
        approve(approves, numbers[year])
    share = {"recipient": "west lake heat", "table": "energy", "since": "2023"}
    assert enters.post("/sharing/", share).status_code == 403
    assert approves.post("/sharing/", {**share, "recipient": "E01"}).status_code == 422
    assert neighbour.get(f"/reports/{numbers[2024]}/").status_code == 404
    assert approves.post("/sharing/", share).status_code == 302
    assert "East Lake Cement" in text_of(neighbour.get("/sharing/"))
    shown = neighbour.get(f"/reports/{numbers[2024]}/")
    assert "42024" in text_of(shown) and "e01.example" not in shown.content.decode()
    assert neighbour.get(f"/reports/{numbers[2022]}/").status_code == 404
    (ending,) = re.findall(r'action="(/sharing/\d+/end/)"', approves.get("/sharing/").content.decode())
    assert neighbour.post(ending).status_code == 404
    assert approves.post(ending).status_code == 302
    assert neighbour.get(f"/reports/{numbers[2024]}/").status_code == 404


def test_the_office_takes_in_a_spreadsheet_or_is_told_its_errors(cast: Cast) -> None:
    """By row; all of it or nothing; history with its reason."""
    from separatrix_park.models import Report

    office = cast.browser(cast.office)
    head = "enterprise,year,carrier,amount,unit\n"
    send = {"table": "energy", "history": "yes", "why": "old bills", "year": ""}
    wrong = office.post(
        "/import/", {**send, "file": file_of(f"{head}E01,2022,raw_coal,1,t\nE77,2022,heat,1,GJ\n")}
    )
    assert wrong.status_code == 422
    assert "row 3" in text_of(wrong) and "E77" in text_of(wrong)
    right = {**send, "file": file_of(f"{head}E01,2022,raw_coal,1,t\nE02,2022,heat,1,GJ\n")}
    assert office.post("/import/", {**right, "why": ""}).status_code == 422
    with cast.as_(cast.office):
        assert not Report.objects.exists()
    right["file"] = file_of(f"{head}E01,2022,raw_coal,1,t\nE02,2022,heat,1,GJ\n")
    assert office.post("/import/", right).status_code == 302
    with cast.as_(cast.office):
        assert Report.objects.filter(state="approved").count() == 2
    assert cast.browser(cast.enters).get("/import/").status_code == 403


def test_a_supplier_is_known_without_a_list_of_neighbours(cast: Cast) -> None:
    """Who is named and is there may be named; a name that nobody has is an error without a proposal."""
    enters = cast.browser(cast.enters)
    heat = {"layout": "grid", "carrier": ["heat"], "unit": ["GJ"], "m0": ["5"]}
    for name in ("E02", "West Lake Heat", "outside"):
        assert "no errors and no doubts" in text_of(
            enters.post(f"{ADDRESS}check/", {**heat, "supplier": [name]})
        )
    wrong = text_of(enters.post(f"{ADDRESS}check/", {**heat, "supplier": ["West Lake Heet"]}))
    assert "is not an enterprise" in wrong
    assert "West Lake Heat" not in wrong
    assert "West Lake Heat" not in enters.get(ADDRESS).content.decode()


def test_sentences_of_the_checks_are_told_in_chinese(cast: Cast) -> None:
    """What the library finds is told in the language of the page."""
    client = in_chinese(cast.browser(cast.enters))
    page = text_of(client.post(f"{ADDRESS}check/", {**DIESEL, "m0": ["很多"], "unit": ["t"]}))
    assert "不是数字" in page and "is not a number" not in page
    assert "柴油" in text_of(client.post(f"{ADDRESS}check/", DIESEL))


def test_the_energy_of_the_steps_has_no_doubt(cast: Cast) -> None:
    """What other tests report passes the checks."""
    assert enter(cast.browser(cast.enters), ADDRESS, ENERGY).status_code == 302


@pytest.mark.parametrize("amount", ["1e99999999", "1e-99999999", "1e999", "sNaN", "-inf", "9" * 5000])
def test_a_number_past_all_bounds_takes_no_page_with_it(cast: Cast, amount: str) -> None:
    """It is told as wrong; the draft that holds it opens again, as a form and as a workbook."""
    client, report = cast.browser(cast.enters), "/reports/energy/2025/"
    told = {"carrier": "electricity", "m0": amount, "unit": "MWh", "layout": "grid"}
    assert client.post(f"{report}check/", told).status_code == 200
    assert client.post(report, told | {"action": "save"}).status_code in (302, 422)
    assert client.get(report).status_code == 200
    assert client.get(f"{report}template/").status_code == 200


def test_the_form_takes_a_carrier_that_the_factors_of_the_office_know(cast: Cast) -> None:
    """Without them it is refused; with them an enterprise, which cannot read them, hands it in."""
    from separatrix_park.models import OfficeTable

    enters = cast.browser(cast.enters)
    peat = {**DIESEL, "carrier": ["peat briquettes of here"]}
    assert enter(enters, ADDRESS, peat).status_code == 422
    factors = {"carrier": "peat briquettes of here", "kind": "combustion", "factor": "1.6", "unit": "tCO2/t"}
    with cast.as_(cast.office):
        OfficeTable.objects.create(name="factors", version=1, rows=[{"carrier": "bagasse of here"}])
        OfficeTable.objects.create(name="factors", version=2, rows=[factors])
    assert enter(enters, ADDRESS, peat).status_code == 302
