"""Answers rest on what is approved, say on which version of it, and never look surer than they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from park.conftest import Join
from park_reports import approve, cluster_of_park, monthly_bills
from separatrix_park.folder import ParkFolder

DESCRIBED = "format: 1\nname: Park of tests\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\n"


@pytest.fixture
def described(park: ParkFolder) -> Iterator[ParkFolder]:
    """Give a park that says which grid and money it has."""
    path = park.path / "cluster.yaml"
    path.write_text(DESCRIBED, "utf-8")
    yield park
    path.unlink()


def three(years: tuple[int, ...] = (2024, 2025)) -> None:
    """Approve the reports of three enterprises, one of which supplies heat to another."""
    for year in years:
        approve("E1", "energy", year, monthly_bills(90.0))
        approve(
            "E2",
            "energy",
            year,
            [
                {"carrier": "electricity", "amount": "5000", "unit": "MWh"},
                {"carrier": "heat", "amount": "12345", "unit": "GJ", "supplier": "E1"},
            ],
        )
        approve("E3", "energy", year, monthly_bills(7.0), sector="C26")
        for key, worth in (("E1", 4000), ("E2", 2500), ("E3", 800)):
            approve(key, "accounts", year, [{"value_added": str(worth), "output": "9000", "staff": "60"}])


def sums(year: int | None = None) -> Any:
    """Return the sums of the park, brought up to date."""
    from separatrix_park.answers.enterprise_accounts import bring_up_to_date
    from separatrix_park.answers.park_totals import park_sums
    from separatrix_park.scope import whole_park

    with whole_park("tests"):
        data, late = bring_up_to_date()
        assert late == 0
        return park_sums(data, year)


@pytest.fixture(scope="module", autouse=True)
def _one_process() -> Iterator[None]:
    """Keep the process that works out answers for all tests of this file."""
    yield
    from separatrix_park.answers.jobs import end_process

    end_process()


def did_all() -> None:
    """Work on the queue until it is empty."""
    from separatrix_park.answers.workers import do_waiting

    do_waiting()


def test_a_park_that_emits_nothing_so_far_is_not_said_to_lack_all(described: ParkFolder) -> None:
    """One uses no electricity, the other told nothing: no share of former years is told."""
    approve("E1", "energy", 2025, [{"carrier": "electricity", "amount": "0", "unit": "MWh"}])
    approve("E2", "accounts", 2025, [{"staff": "9"}])
    year = sums(2025).year
    assert (year.total, year.sign, year.whole, year.members) == (0.0, "≥", 1, 2)
    assert not year.held_told


def test_nothing_to_report_of_energy_is_zero_and_not_missing(described: ParkFolder) -> None:
    """Alone, beside others, and after a year of which there was something: it is told, not left out."""
    approve("E1", "energy", 2025, [])
    year = sums(2025).year
    assert (year.total, year.sign, year.whole, year.members) == (0.0, "", 1, 1)
    approve("E1", "energy", 2024, monthly_bills(9.0))
    approve("E2", "energy", 2025, [{"carrier": "natural_gas", "amount": "1", "unit": "1e4 Nm3"}])
    year = sums(2025).year
    assert year.total > 0 and year.whole == year.members == 2


def test_processes_alone_are_no_whole_year(described: ParkFolder) -> None:
    """Of the energy bought beside them nothing was told; once it is said to be none, the year is whole."""
    approve("E1", "emissions", 2025, [{"kind": "process", "amount": "5", "unit": "t"}])
    year = sums(2025).year
    assert (year.sign, year.whole, year.members) == ("≥", 0, 1)
    approve("E1", "energy", 2025, [])
    year = sums(2025).year
    assert (year.sign, year.whole, year.members) == ("", 1, 1)


def test_what_an_answer_lacks_is_not_told_as_a_command(described: ParkFolder, join: Join) -> None:
    """Where a table is missing the page leads to the deadlines, and names no command of a terminal."""
    office = join("office@example.org", "office")
    approve("E1", "energy", 2025, monthly_bills(9.0))
    for kind, code in (("measures", "K561"), ("exchanges", "K510")):
        office.post(f"/answers/{kind}/")
        did_all()
        page = office.get(f"/answers/{kind}/").content.decode()
        assert code in page and 'href="/deadlines/"' in page
        assert "separatrix cluster" not in page


def test_sums_of_kept_accounts_are_those_of_the_library(described: ParkFolder, tmp_path: Path) -> None:
    """Enterprise by enterprise, heat between two of them counted once, they add up to the accounts of all."""
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.frame.park_indicators import TCE

    three()
    whole = carbon_accounts(cluster_of_park(tmp_path))
    told = sums(2025)
    assert [y.year for y in told.years] == [2024, 2025]
    for year in told.years:
        assert year.total == pytest.approx(whole.total(year.year))
        assert year.energy * TCE == pytest.approx(whole.energy_total(year.year))
        assert (year.whole, year.members, year.complete) == (3, 3, True)
    inside = whole.location[(whole.year == 2025) & whole.internal].sum()
    assert inside > 0
    assert sum(e.carbon for e in told.emitters) == pytest.approx(told.year.total)
    assert sum(s.carbon for s in told.sectors) == pytest.approx(told.year.total)


def test_a_correction_is_in_the_next_sum_and_touches_nobody_else(described: ParkFolder) -> None:
    """What an approval changes is worked out anew: the enterprise, and with whom it hands energy on."""
    from separatrix_park.models import EnterpriseAccount
    from separatrix_park.scope import whole_park

    three()
    before = sums(2025).year.total
    with whole_park("tests"):
        made = dict(EnterpriseAccount.objects.values_list("enterprise__key", "pk"))
    approve("E1", "energy", 2025, monthly_bills(190.0))
    assert sums(2025).year.total > 1.5 * before
    with whole_park("tests"):
        after = dict(EnterpriseAccount.objects.values_list("enterprise__key", "pk"))
    assert {key for key in made if made[key] != after[key]} == {"E1", "E2"}


def test_a_sum_that_lacks_somebody_never_looks_complete(described: ParkFolder, join: Join) -> None:
    """A member without reports, and one with nine months, make the sum the least that it can be."""
    three((2024,))
    approve("E1", "energy", 2025, monthly_bills(90.0, range(1, 10)))
    approve("E3", "energy", 2025, monthly_bills(7.0), sector="C26")
    told = sums(2025)
    assert not told.year.complete
    assert {m.member.key for m in told.missing} >= {"E1", "E2"}
    assert told.year.held < 1
    page = join("office@example.org", "office").get("/answers/?year=2025").content.decode()
    figure = re.search(r'class="figure">([^<]*)<', page)
    assert figure is not None
    assert figure[1].startswith("~")
    assert "of 3 enterprises, 2 have complete data" in page and "(1 in doubt)" in page
    assert "E2" in page
    approve("E1", "energy", 2025, monthly_bills(90.0))
    assert sums(2025).year.sign == "≥"
    approve("E2", "energy", 2025, [{"carrier": "electricity", "amount": "5000", "unit": "MWh"}])
    assert {m.member.key for m in sums(2025).missing} == {"E2"}  # it bought heat in the year before


def test_a_row_that_was_left_out_marks_the_energy_and_its_parts(described: ParkFolder, join: Join) -> None:
    """On page one, the enterprise's own page, the query and the flow no figure of such a year looks whole."""
    mixed = [
        {"carrier": "raw_coal", "amount": "100", "unit": "t"},
        {"carrier": "electricity", "amount": "500", "unit": "t"},
    ]
    approve("E1", "energy", 2025, mixed)
    assert sums(2025).year.energy_sign == "≥"
    office = join("office@example.org", "office")
    for address in ("/answers/?year=2025", "/enterprises/E1/", "/energy/?year=2025", "/energy/flow/"):
        told = office.get(address).content.decode()
        cells = re.findall(r'<td class="number">([^<]*\d[^<]*)</td>', told)
        assert cells, address
        assert all(cell[0] in "≥–" or cell.endswith("%") for cell in cells), (address, cells)
    assert "with incomplete energy data: 1" in told
    assert "total ≥" in office.get("/energy/?year=2025").content.decode()


def test_a_month_without_a_bill_is_not_a_month_without_energy(described: ParkFolder, join: Join) -> None:
    """It is not known; where another has a bill of it, the sum is the least that it can be."""
    from separatrix_park.answers.energy import months_of
    from separatrix_park.scope import whole_park

    approve("E1", "energy", 2025, monthly_bills(90.0, range(1, 7)))
    sums(2025)
    with whole_park("tests"):
        months, _, _ = months_of(2025)
    assert [month.energy is None for month in months] == [False] * 6 + [True] * 6
    approve("E2", "energy", 2025, monthly_bills(9.0))
    sums(2025)
    with whole_park("tests"):
        months, monthly, _ = months_of(2025)
    assert monthly == 2 and all(month.energy and month.sign for month in months)
    page = join("office@example.org", "office").get("/answers/?year=2025").content.decode()
    assert "share of reported total" in page


def test_a_park_that_is_still_to_be_counted_shows_no_sums(described: ParkFolder, join: Join) -> None:
    """Before the first accounts, and while some are missing, nothing looks like a result, as 0 % does."""
    from separatrix_park.answers.approved_data import approved
    from separatrix_park.answers.enterprise_accounts import AT_ONCE, outdated, rework
    from separatrix_park.scope import whole_park

    office = join("office@example.org", "office")
    office.post("/budgets/", {"year": "2025", "carbon": "1000000"})
    for number in range(AT_ONCE + 3):
        approve(f"E{number}", "energy", 2025, monthly_bills(9.0))

    def shown() -> list[str]:
        return [office.get(address).content.decode() for address in ("/answers/", "/budgets/")]

    def counted(pages: list[str]) -> list[str]:
        return [word for page in pages for word in re.findall(r'\d\s*%<|\b0 %|class="figure"', page)]

    assert counted(shown()) == []
    with whole_park("the test works out what a job begins with"):
        data = approved()
        rework(data, sorted(outdated(data))[:1])
    assert counted(shown()) == []
    with whole_park("the test works out what a job would"):
        rework(data, outdated(data))
    assert 'class="figure"' in counted(shown())


def test_like_is_compared_with_like(described: ParkFolder) -> None:
    """An intensity is of those of whom both figures are known, and a change of those whole in both years."""
    three()
    approve("E4", "energy", 2025, monthly_bills(900.0))
    year = sums(2025).year
    assert (year.intensity_of, year.change_of, year.members) == (3, 3, 4)
    assert year.change == pytest.approx(0.0, abs=0.05)
    assert year.intensity * (4000 + 2500 + 800) < year.total


def test_an_answer_says_its_version_and_is_stale_after_an_approval(described: ParkFolder, join: Join) -> None:
    """It is worked out once for a version; after an approval the former one says that it is former."""
    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    three()
    office = join("office@example.org", "office")
    waits = office.get("/answers/standard/").content.decode()
    assert "Queued" in waits
    office.get("/answers/check/")
    office.get("/answers/check/")
    with whole_park("tests"):
        assert sorted(Answer.objects.values_list("kind", flat=True)) == ["check", "standard"]
    did_all()
    refused = office.get("/answers/standard/").content.decode()
    assert "W271" in refused
    done = office.get("/answers/check/").content.decode()
    version = re.search(r"Data version <code>(\w+)</code>", done)
    assert version is not None
    assert 'class="document"' in done
    assert "does not include them" not in done
    approve("E3", "energy", 2025, monthly_bills(8.0), sector="C26")
    former = office.get("/answers/check/").content.decode()
    assert version[1] in former
    assert "does not include them" in former


def test_an_answer_comes_as_a_file_in_both_languages(described: ParkFolder, join: Join) -> None:
    """The office asks for it, waits, and saves it; its name bears the version of the data."""
    three()
    office = join("office@example.org", "office")
    for language, word in (("en", "categories"), ("zh-hans", "类别")):
        office.post("/i18n/setlang/", {"language": language})
        asked = office.post("/answers/inventory/file/", {"format": "md"})
        assert asked.status_code == 302
        assert b"<progress" in office.get(asked["Location"]).content
        assert office.get(f"{asked['Location']}file/").status_code == 404
        did_all()
        assert office.get(asked["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"
        file = office.get(f"{asked['Location']}file/")
        assert re.fullmatch(r'attachment; filename="inventory-[0-9a-f]{16}\.md"', file["Content-Disposition"])
        assert word in file.content.decode().lower()


def test_a_job_is_given_up(described: ParkFolder, join: Join) -> None:
    """One that waits is not begun; its page says so, and asks again on request."""
    three()
    office = join("office@example.org", "office")
    page = office.get("/answers/brief/").content.decode()
    number = re.search(r"/answers/(\d+)/cancel/", page)
    assert number is not None
    assert office.post(f"/answers/{number[1]}/cancel/").status_code == 302
    did_all()
    given_up = office.get("/answers/brief/").content.decode()
    assert "This calculation was cancelled." in given_up
    assert "Queued" in office.get("/answers/brief/?again=1").content.decode()


def test_a_job_that_runs_is_ended_with_its_process(described: ParkFolder) -> None:
    """Once nobody wants it any more the process ends before its work does, and the row says cancelled."""
    from separatrix_park.answers import jobs
    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    three()
    with whole_park("tests"):
        made = jobs.ask("brief", "en", "page", {}, "v", None)
    job = jobs._Job(made.pk)
    assert job.begin()
    jobs.cancel(made)
    job._looked = -1e9
    assert not job.is_wanted()
    with whole_park("tests"):
        Answer.objects.filter(pk=made.pk).update(state=Answer.State.WAITING, cancel=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs._Job, "is_wanted", lambda self: False)
        jobs.work_out.call(made.pk)
    with whole_park("tests"):
        assert Answer.objects.get(pk=made.pk).state == Answer.State.CANCELLED


def test_what_a_killed_server_left_is_begun_anew_once(described: ParkFolder) -> None:
    """A job that is not heard of waits again; where it happens twice it fails with the reason."""
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.answers import jobs
    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    three((2025,))
    with whole_park("tests"):
        made = jobs.ask("check", "en", "page", {}, "v", None)
    for state, seconds in ((Answer.State.RUNNING, 5), (Answer.State.WAITING, 60), (Answer.State.FAILED, 60)):
        assert state == Answer.State.RUNNING or jobs._Job(made.pk).begin() or state == Answer.State.WAITING
        with whole_park("tests"):
            silent = timezone.now() - timedelta(seconds=seconds)
            Answer.objects.filter(pk=made.pk).update(state=Answer.State.RUNNING, seen=silent)
        jobs.recover()
        with whole_park("tests"):
            assert Answer.objects.get(pk=made.pk).state == state
    with whole_park("tests"):
        assert Answer.objects.get(pk=made.pk).result["error"]["code"] == "W115"


def test_places_are_told_of_groups_that_tell_of_nobody(described: ParkFolder, join: Join) -> None:
    """Six enterprises of like size have a place; of three nothing is told, and why."""
    from separatrix_park.answers import jobs
    from separatrix_park.models import Comparison
    from separatrix_park.scope import whole_park

    def compare() -> list[Any]:
        jobs.ask_for_accounts("v")
        did_all()
        with whole_park("tests"):
            told = Comparison.objects.filter(measure="carbon-per-value-added")
            return list(told.select_related("enterprise"))

    three((2025,))
    assert all(c.average is None and c.why["zh"] for c in compare())
    for k in range(6):
        approve(f"F{k}", "energy", 2025, monthly_bills(80.0 + 3.7 * k), sector="C13")
        approve(f"F{k}", "accounts", 2025, [{"value_added": f"{3900 + 40 * k}", "staff": "60"}])
    own = [c for c in compare() if c.enterprise.key.startswith("F")]
    assert len(own) == 6
    assert all(c.others >= 4 and c.average is not None for c in own)
    office = join("office@example.org", "office")
    ours = join("f@f0.example", "entry", "F0", office).get("/enterprise/")
    assert ours.status_code == 200
    assert "in the worse half" in ours.content.decode() or "in the better half" in ours.content.decode()


TOKEN = r"""hx-headers='[^']*'|name="csrfmiddlewaretoken" value="[^"]*\""""
"""The random tokens of a page."""


def test_an_enterprise_sees_its_own_page_and_no_figure_of_a_neighbour(
    described: ParkFolder, join: Join
) -> None:
    """Linked by heat to a neighbour whose reports contradict it, it is told so without their figures."""
    three((2025,))
    approve("E1", "energy", 2025, [{"carrier": "natural_gas", "amount": "1.2345", "unit": "1e4 Nm3"}])
    office = join("office@example.org", "office")
    buyer = join("b@e2.example", "entry", "E2", office)
    page = buyer.get("/enterprise/")
    assert page.status_code == 200
    told = page.content.decode()
    assert "5,000" not in told or "E2" in told
    for canary in ("1.2345", "480.6", "481", "26.", "E1"):
        assert canary not in re.sub(f"<(script|link|meta)[^>]*>|{TOKEN}", "", told).replace("26.7", ""), (
            canary
        )
    assert buyer.get("/enterprises/E1/").status_code == 404
    assert buyer.get("/enterprises/E2/").status_code == 200
    for address in ("/answers/", "/answers/check/", "/benchmarking/", "/budgets/", "/energy/flow/"):
        assert buyer.get(address).status_code == 403
    query = buyer.get("/energy/?enterprise=E1").content.decode()
    assert "No approved data of this kind." in query
    assert b"E1" not in buyer.get("/energy/?as=csv").content


def test_what_rests_on_deleted_data_is_destroyed(described: ParkFolder) -> None:
    """Kept accounts of the enterprise go, and every answer that held its values."""
    from separatrix_park.answers import jobs
    from separatrix_park.answers.enterprise_accounts import forget
    from separatrix_park.models import AccountLine, Answer, Enterprise
    from separatrix_park.scope import whole_park

    three((2025,))
    total = sums(2025).year.total
    with whole_park("tests"):
        jobs.ask("check", "en", "page", {}, "v", None)
        first = Enterprise.objects.get(key="E3")
        forget(first.pk)
        assert not AccountLine.objects.filter(enterprise=first).exists()
        assert not Answer.objects.exists()
        first.report_set.all().delete()
    assert 0 < sums(2025).year.total < total


def test_a_budget_is_used_up_by_what_was_counted(described: ParkFolder, join: Join) -> None:
    """The office sets it, an auditor does not; where somebody is missing at least so much is used."""
    three((2025,))
    office = join("office@example.org", "office")
    auditor = join("a@example.org", "auditor")
    asked = {"year": "2025", "carbon": "1000", "energy": "", "why": "standard"}
    assert auditor.post("/budgets/", asked).status_code == 403
    assert office.post("/budgets/", {**asked, "carbon": "-1"}).status_code == 422
    assert office.post("/budgets/", asked).status_code == 302
    approve("E4", "accounts", 2025, [{"value_added": "1", "staff": "1"}])
    page = auditor.get("/budgets/").content.decode()
    assert "exceeded" in page
    assert "≥&nbsp;" in page


def test_pages_have_their_first_step_where_nothing_is_approved(join: Join) -> None:
    """Nobody meets an error or an empty table in a new park."""
    office = join("office@example.org", "office")
    entry = join("a@e1.example", "entry", "E1", office)
    for client, addresses in (
        (
            office,
            ("/answers/", "/answers/brief/", "/energy/", "/energy/flow/", "/benchmarking/", "/budgets/"),
        ),
        (entry, ("/enterprise/", "/energy/")),
    ):
        for address in addresses:
            page = client.get(address)
            assert page.status_code == 200, address
            assert 'class="empty"' in page.content.decode(), address
    assert office.get("/answers/nothing/").status_code == 404
    assert office.get("/answers/path/?by=never").status_code in (200, 422)


def test_migrations_ask_the_role_that_runs_them(park: ParkFolder) -> None:
    """One of the queue's own does not say on which connection it works, and must not meet the service's."""
    from django_tasks_db.models import DBTaskResult

    from separatrix_park import database

    asked: list[str] = []

    def migrating(*_: Any, database: str, **__: Any) -> None:
        asked.extend((database, DBTaskResult.objects.all().db))
        raise RuntimeError("far enough")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.management.call_command", migrating)
        patch.setattr(database, "as_owner", lambda *_: database.OWNER)
        with pytest.raises(RuntimeError, match="far enough"):
            database.migrate(park)
    assert asked == [database.OWNER, database.OWNER]
    assert DBTaskResult.objects.all().db == "default"


def test_a_description_that_cannot_be_read_is_told_and_nothing_fails(
    described: ParkFolder, join: Join
) -> None:
    """The office meets what is wrong and where, on a page, and a job ends with the same."""
    from separatrix_park.answers import jobs
    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    three((2025,))
    office = join("office@example.org", "office")
    (described.path / "cluster.yaml").write_text("format: 1\nname: Park\ncountri: CN\n", "utf-8")
    page = office.get("/answers/")
    assert page.status_code == 503
    assert "countri" in page.content.decode()
    with whole_park("tests"):
        made = jobs.ask("check", "en", "page", {}, "v", None)
    did_all()
    with whole_park("tests"):
        row = Answer.objects.get(pk=made.pk)
    assert (row.state, row.result["error"]["code"]) == (Answer.State.FAILED, "G107")


def test_two_who_look_at_once_keep_each_account_once(described: ParkFolder) -> None:
    """Both work out what an approval changed; one waits for the other, and no line stands twice."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from separatrix_park.answers.enterprise_accounts import bring_up_to_date
    from separatrix_park.models import AccountLine
    from separatrix_park.scope import whole_park

    def look() -> int:
        try:
            return bring_up_to_date()[1]
        finally:
            connection.close()

    three((2025,))
    for amount in (90.0, 91.0, 92.0):
        approve("E1", "energy", 2025, monthly_bills(amount))
        with ThreadPoolExecutor(2) as both:
            assert [f.result() for f in [both.submit(look), both.submit(look)]] == [0, 0]
    with whole_park("tests"):
        told = list(AccountLine.objects.values_list("enterprise", "year", "carrier", "inside"))
    assert len(told) == len(set(told)) == 6


def test_an_enterprise_that_names_a_new_supplier_is_accounted_for_with_it(
    described: ParkFolder, tmp_path: Path
) -> None:
    """Its page reads only its own reports, and those of whom it is linked to as soon as it names them."""
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_park.answers.enterprise_accounts import bring_one_up_to_date
    from separatrix_park.models import AccountYear, Enterprise
    from separatrix_park.scope import whole_park

    three((2025,))
    with whole_park("tests"):
        buyer = Enterprise.objects.get(key="E2")
    assert bring_one_up_to_date(buyer.pk).component == ["E1", "E2"]
    heat = {"carrier": "heat", "amount": "2345", "unit": "GJ", "supplier": "E3"}
    approve("E2", "energy", 2025, [{"carrier": "electricity", "amount": "5000", "unit": "MWh"}, heat])
    assert "E3" in bring_one_up_to_date(buyer.pk).component
    whole = carbon_accounts(cluster_of_park(tmp_path))
    at = [str(e) for e in whole.enterprises].index("E2")
    inside = whole.location[(whole.enterprise == at) & whole.internal].sum()
    with whole_park("tests"):
        assert AccountYear.objects.get(enterprise=buyer).inside == pytest.approx(inside)
    assert inside > 0


def test_a_check_that_failed_is_told_and_not_begun_by_every_look(described: ParkFolder, join: Join) -> None:
    """Page one says that the sums could not be checked, and the queue stays empty."""
    from django.utils import timezone

    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    three((2025,))
    office = join("office@example.org", "office")
    assert "is being checked" in office.get("/answers/").content.decode()
    with whole_park("tests"):
        told = {"error": {"code": "W114", "told": {"en": {"text": "too much memory", "hint": None}}}}
        Answer.objects.update(state=Answer.State.FAILED, ended=timezone.now(), result=told)
    page = office.get("/answers/").content.decode()
    assert "could not be checked" in page
    assert "too much memory" in page
    with whole_park("tests"):
        assert Answer.objects.count() == 1


def test_a_process_that_something_else_ended_is_begun_anew_once(described: ParkFolder) -> None:
    """An answer is not given up for a process that was ended while it waited; if that comes again, it is."""
    from separatrix.errors import InputError
    from separatrix.studio.worker_process import TaskEnd
    from separatrix_park.answers import jobs
    from separatrix_park.scope import whole_park

    class Ended:
        """A process that is ended so many times before it answers."""

        def __init__(self, times: int) -> None:
            self.times = times

        def run(self, *_: Any) -> tuple[bool, bytes]:
            self.times -= 1
            if self.times >= 0:
                raise TaskEnd(InputError("W115", "ended"), again=True)
            return True, b"42"

    with whole_park("tests"):
        made = jobs.ask("policy", "en", "page", {}, "v", None)
    job = jobs._Job(made.pk)
    assert job.begin()
    told: Any = Ended(1)
    assert jobs._child(told, job, (("cluster.yaml", b""),), "a:b", {}, 1.0, 1) == 42
    told = Ended(2)
    with pytest.raises(TaskEnd, match="W115"):
        jobs._child(told, job, (("cluster.yaml", b""),), "a:b", {}, 1.0, 1)


def test_page_one_tells_of_an_enterprise_the_first_of_what_it_lacks_and_its_page_all(
    park: ParkFolder, join: Join
) -> None:
    """Without a grid a row of electricity is left out for each month, which page one need not name."""
    office = join("a@b.example", "office")
    approve("E1", "energy", 2025, monthly_bills(90.0))
    one = office.get("/answers/").content.decode().split('id="missing"')[1].split("</section>")[0]
    whole = office.get("/enterprises/E1/").content.decode().split("Missing data")[1].split("</ul>")[0]
    assert one.count("(energy.csv, row ") == 8 and whole.count("(energy.csv, row ") == 12
    rest = whole.count("<li>") - 8
    assert f'<a href="/enterprises/E1/">And {rest} more.</a>' in one


def test_a_park_that_says_not_where_it_lies_is_told_what_that_leaves_out(
    park: ParkFolder, join: Join
) -> None:
    """Electricity without a grid is in no sum, and page one says so, not that nothing was approved."""
    office = join("a@b.example", "office")
    empty = office.get("/answers/").content.decode()
    assert "Nothing is approved yet" in empty and "grid_area" not in empty
    approve("E1", "accounts", 2025, [{"value_added": "4000", "output": "9000", "staff": "60"}])
    approve("E1", "energy", 2025, [{"carrier": "electricity", "amount": "5000", "unit": "MWh"}])
    told = office.get("/answers/").content.decode()
    assert "every sum excludes electricity from the grid" in told
    assert "Nothing is approved yet" not in told
    (park.path / "cluster.yaml").write_text(DESCRIBED, "utf-8")
    try:
        assert "grid_area" not in office.get("/answers/").content.decode()
    finally:
        (park.path / "cluster.yaml").unlink()


def test_page_one_says_of_the_year_that_it_shows_what_the_diagnosis_says(
    described: ParkFolder, join: Join, tmp_path: Path
) -> None:
    """Who is complete, and why the others are not: of the year that is shown, not of one of their own."""
    from separatrix_cluster.diagnosis.diagnosis import diagnose

    for year in (2023, 2024, 2025):
        approve("E1", "energy", year, monthly_bills(90.0))
        if year > 2023:
            approve("E2", "energy", year, monthly_bills(9.0, range(1, 10 if year == 2024 else 13)))
        for key in ("E3", "E4"):
            approve(key, "energy", year, monthly_bills(9.0), sector="C26")
    office = join("office@example.org", "office")
    office.get("/answers/")
    before = {m.member.key: m.lacks["en"] for m in sums(2024).missing}
    did_all()
    whole = diagnose(cluster_of_park(tmp_path)).completeness
    for year in (2023, 2024, 2025):
        told = sums(year)
        assert told.year.nothing_missing == int(whole.is_whole(year).sum())
        assert told.year.whole == int(whole.is_comparable(year).sum())
        lacking = {str(e) for e in whole.enterprises[~whole.is_comparable(year)]}
        assert {m.member.key for m in told.missing} == lacking, year
        for one in told.missing:
            for text in one.lacks["en"]:
                years = set(re.findall(r"20\d\d", text))
                assert years <= {str(year)}, text
    after = {m.member.key: m.lacks["en"] for m in sums(2024).missing}
    assert before["E2"] == after["E2"]
    page = office.get("/answers/?year=2024").content.decode()
    count = int(whole.is_whole(2024).sum())
    assert f"of 4 enterprises, {count} have complete data" in page


def test_every_page_has_one_reporting_year_one_total_and_one_completeness(
    described: ParkFolder, join: Join, tmp_path: Path
) -> None:
    """In the newest year one enterprise is silent and bills are missing: all pages report the year before."""
    from separatrix_cluster.diagnosis.diagnosis import diagnose
    from separatrix_park.records import publication as work
    from separatrix_park.releases.publication_table import Wish

    for year in (2023, 2024, 2025):
        approve("E1", "energy", year, monthly_bills(90.0))
        for key in ("E2", "E3", "E4"):
            approve(
                key, "energy", year, monthly_bills(9.0, range(1, 4 if year == 2025 else 13)), sector="C26"
            )
        if year < 2025:
            approve("E5", "energy", year, monthly_bills(9.0), sector="C26")
    office = join("office@example.org", "office")
    office.get("/answers/")
    reason = "other answers report"
    assert reason not in office.get("/answers/?year=2023").content.decode()  # which, only the check shows
    did_all()
    assert reason in office.get("/answers/?year=2023").content.decode()
    diagnosis = diagnose(cluster_of_park(tmp_path))
    shown = sums()
    assert shown.checked
    assert shown.reporting_year == shown.year.year == diagnosis.year == 2024
    whole = diagnosis.completeness
    for one in shown.years:
        estimate = whole.total(one.year)
        assert one.total == pytest.approx(estimate.counted)
        assert (one.low, one.high) == (estimate.low, pytest.approx(estimate.high))
        assert one.share == pytest.approx(whole.share(one.year))
        assert one.whole == int(whole.is_comparable(one.year).sum())
        content = work.figures(Wish(one.year)).content
        assert (content["whole"], content["doubted"]) == (one.whole, one.doubted)
        assert content["signs"] == [one.sign, one.energy_sign]
    for address in ("/energy/", "/energy/flow/", "/benchmarking/"):
        page = office.get(address).content.decode()
        assert re.findall(r'<option(?: value="2024")? selected>(2024)</option>', page) == ["2024"], address
    everything = office.get("/energy/?year=").content.decode()
    assert "<td>2023</td>" in everything and "<td>2025</td>" in everything
