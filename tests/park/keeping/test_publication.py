"""Publications: sums that give nobody away, also beside earlier ones, with the head of the log."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
from django.utils import timezone

from park.conftest import Join
from park.keeping.filled_park import AMOUNTS, account, fill
from park_reports import approve
from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder


def office() -> Any:
    """Return somebody of the park office."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return Person.objects.create_user("office@example.org", "office")


def correct(enterprise: Any, amount: float) -> None:
    """Approve a new version of the energy of an enterprise."""
    from separatrix_park.models import LogEntry, Report
    from separatrix_park.scope import whole_park

    with whole_park("the tests correct a report"):
        last = Report.objects.filter(enterprise=enterprise).order_by("-version").first()
        last.pk, last.version, last.salt = None, last.version + 1, secrets.token_bytes(32)
        last.rows = [{**last.rows[0], "amount": str(amount)}]
        last._state.adding = True
        last.save()
        LogEntry.append("tests", "approved", last.digest(), about=enterprise.pk)


def test_the_sums_are_those_of_the_library_and_everybody_is_in_one_group(park: ParkFolder) -> None:
    """Energy is what the reports say, carbon 56.1 kg a GJ of it; four of one sector stand by themselves."""
    from separatrix_park.models import LogEntry
    from separatrix_park.records.chain import Head
    from separatrix_park.records.publication import figures, publish, years
    from separatrix_park.releases.publication_table import Wish

    fill(park.path)
    assert years() == [2025]
    made = publish(Wish(2025), "Energy and carbon", office())
    content = made.content
    assert content["told"] == content["members"] == len(AMOUNTS)
    assert content["amounts"]["energy"] == sum(AMOUNTS)
    assert content["amounts"]["total"] == round(sum(AMOUNTS) * 0.0561)
    by_sector = {part["sector"]: part for part in content["groups"]}
    assert by_sector["C31"]["amounts"]["energy"] == sum(AMOUNTS[:4])
    for count in ("told", "whole", "members"):
        assert sum(part[count] for part in content["groups"]) == content[count]
    for quantity in content["quantities"]:
        parts = sum(part["amounts"][quantity] for part in content["groups"])
        assert abs(parts - content["amounts"][quantity]) <= len(content["groups"])
    last = LogEntry.objects.order_by("-number").first()
    assert Head(made.chain_number, made.chain_head) == Head(last.number, last.digest)
    assert (last.action, last.subject) == ("published", made.digest())
    assert figures(Wish(2025)).content == content


@pytest.mark.parametrize("amounts", [(500,), (500, 400), (500, 400, 300), (50_000, 4, 3, 2), (0, 0, 0, 0)])
def test_sums_that_give_an_enterprise_away_are_not_published(
    park: ParkFolder, amounts: tuple[float, ...]
) -> None:
    """One, two, three of whom two tell each other, one who has almost all, and four who have nothing."""
    from separatrix_park.models import Publication, Release
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    fill(park.path, amounts)
    checked = figures(Wish(2025)).checked
    assert not checked.passes and checked.merging is None and checked.withholding is None
    with pytest.raises(InputError, match="W330") as problem:
        publish(Wish(2025), "no", office())
    assert not re.search(r"E\d|钢铁", str(problem.value))
    with whole_park("the tests look on"):
        assert not Publication.objects.exists() and not Release.objects.exists()


def test_a_year_of_which_nobody_has_told_is_not_published(park: ParkFolder) -> None:
    """There is nothing to look at."""
    from separatrix_park.records.publication import figures
    from separatrix_park.releases.publication_table import Wish

    fill(park.path)
    with pytest.raises(InputError, match="W265"):
        figures(Wish(1999))


def test_a_small_sector_is_merged_or_its_figures_withheld_as_is_proposed(park: ParkFolder) -> None:
    """Where one sector has two members, its sum and the difference are not told; each way out passes."""
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import ALL, Wish

    fill(park.path, (500, 400, 300, 450, 900, 800))
    checked = figures(Wish(2025)).checked
    assert not checked.passes and (("C22",), "energy") in checked.small
    assert checked.merging == Wish(2025, (("C22", "C31"),))
    merged = figures(checked.merging)
    assert merged.checked.passes and merged.content["groups"] == []
    assert merged.content["amounts"]["energy"] == 3350
    assert checked.withholding is not None
    kept = figures(checked.withholding)
    assert kept.checked.passes
    withheld = {line for line in checked.withholding.withheld if line[1] == "energy"}
    assert (("C22",), "energy") in withheld and withheld & {(("C31",), "energy"), (ALL, "energy")}
    made = publish(checked.withholding, "without the small one", office())
    told = {part["sector"]: part["amounts"].get("energy") for part in made.content["groups"]}
    assert told["C22"] is None


def test_a_second_publication_does_not_show_by_the_difference_who_changed(park: ParkFolder) -> None:
    """After one correction it is refused, after four of a sector it stands; unchanged it may come again."""
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish

    enterprises = fill(park.path)
    person = office()
    first = publish(Wish(2025), "First", person)
    assert publish(Wish(2025), "Again", person).content == first.content
    for k, amount in enumerate((600, 480, 390)):
        correct(enterprises[k], amount)
        checked = figures(Wish(2025)).checked
        assert not checked.passes and checked.disclosures[0].cell.enterprise in {
            str(e.pk) for e in enterprises[: k + 1]
        }
    correct(enterprises[3], 540)
    assert figures(Wish(2025)).content["amounts"]["energy"] == sum(AMOUNTS) + 360
    assert figures(Wish(2025)).checked.passes


@pytest.mark.parametrize("scope_2", [45, 35])
def test_a_sum_of_both_scopes_does_not_show_by_the_difference_what_both_were_corrected_by(
    park: ParkFolder, scope_2: int
) -> None:
    """Neither where both rose nor where one fell, though neither scope by itself can be reckoned from it."""
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.disclosure_findings import findings_of
    from separatrix_park.releases.publication_table import ALL, Wish

    def told(key: str, *tonnes: int) -> None:
        rows = [
            {"kind": kind, "amount": str(amount), "unit": "t"}
            for kind, amount in zip(("verified", "scope 2"), tonnes, strict=True)
        ]
        approve(key, "emissions", 2025, rows)

    for k in range(6):
        told(f"E{k}", 100 + k, 40)
    only_sums = Wish(2025, (), frozenset((ALL, quantity) for quantity in ("scope_1", "scope_2")))
    account()
    publish(only_sums, "Carbon", office())
    told("E0", 120, scope_2)
    account()
    found = figures(only_sums)
    assert found.content["quantities"] == ["total"]
    one = findings_of(found.checked)[0]
    assert not found.checked.passes
    assert (one.enterprise, one.attackers, one.quantities) == ("E0", [], ["scope_1", "scope_2"])
    assert one.correction and one.low <= abs(20 + scope_2 - 40) <= (one.high or 0)
    for k in range(1, 6):
        told(f"E{k}", 120 + k, scope_2)
    account()
    assert figures(only_sums).checked.passes


def test_what_changed_since_it_was_looked_at_is_not_published(
    park: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that is deleted while somebody publishes would stand in sums from which it is gone."""
    from separatrix_park.models import Publication
    from separatrix_park.records import publication as work
    from separatrix_park.records.export import delete_report
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    enterprises = fill(park.path)
    looked_at = work.figures(Wish(2025))
    assert looked_at.checked.passes
    delete_report(park, enterprises[0].pk, "energy", 2025, "tests", "by mistake")
    monkeypatch.setattr(work, "figures", lambda wish: looked_at)
    with pytest.raises(InputError, match="changed in the meantime"):
        work.publish(Wish(2025), "too late", office())
    with whole_park("the tests look on"):
        assert not Publication.objects.exists()


def test_another_table_than_the_one_that_was_looked_at_is_not_published(park: ParkFolder) -> None:
    """Neither on other data, nor one that has not the line that was to be withheld or merged."""
    from separatrix_park.models import Publication
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    enterprises = fill(park.path)
    seen = figures(Wish(2025)).data_version
    correct(enterprises[0], 510)
    with pytest.raises(InputError, match="changed in the meantime"):
        publish(Wish(2025), "on other data", office(), seen)
    for wish in (
        Wish(2025, (("C22", "C99"),)),
        Wish(2025, (), frozenset({(("C99",), "energy")})),
        Wish(2025, (), frozenset({(("C22",), "enrgy")})),
        Wish(2025, (("C22", "C31"),), frozenset({(("C22",), "energy")})),
    ):
        with pytest.raises(InputError, match="W265"):
            publish(wish, "passed over in part", enterprises[0])
    with whole_park("the tests look on"):
        assert not Publication.objects.exists()


def test_an_audit_that_failed_is_told_and_not_begun_anew_by_each_look(
    park: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the page would say for ever that the table is being audited."""
    from separatrix_park.answers import jobs
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.models import Answer
    from separatrix_park.records import publication as work
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    def fails(*asked: Any) -> Any:
        raise InputError("K258", "no number")

    fill(park.path)
    monkeypatch.setattr(work, "AT_ONCE", 0)
    monkeypatch.setattr(jobs, "check", fails)
    assert not work.figures(Wish(2025)).checked.audited
    do_waiting()
    for _ in range(2):
        with pytest.raises(InputError, match="K258"):
            work.figures(Wish(2025))
    with whole_park("the tests look on"):
        assert Answer.objects.filter(kind=jobs.AUDIT).count() == 1
        Answer.objects.update(ended=timezone.now() - 2 * jobs.NOT_AGAIN)
    assert not work.figures(Wish(2025)).checked.audited  # it is tried again


def test_the_page_says_what_a_park_of_few_of_zeros_and_of_no_sector_may_publish(
    park: ParkFolder, join: Join
) -> None:
    """Of nobody, of three, of four who have nothing: each is told as what it is, and no zero is shown."""
    from separatrix_park.models import Enterprise
    from separatrix_park.records.export import delete_report
    from separatrix_park.scope import whole_park

    desk = join("office@example.org", "office")

    def page(year: int = 2025) -> str:
        found = desk.get(f"/published/new/?year={year}")
        assert found.status_code == 200
        return str(found.content.decode())

    assert "No approved figures yet" in page() and "would reveal an enterprise" not in page()
    those = fill(park.path, (500, 400, 300))
    assert "would reveal an enterprise" in page() and "Who could infer what" in page()
    for one in those:
        delete_report(park, one.pk, "energy", 2025, "tests", "other years")
    approve_of(those, 2024, 0.0)
    assert "Nothing to publish" in page(2024) and "would reveal an" not in page(2024)
    with whole_park("the tests take their sectors away"):
        Enterprise.objects.update(sector="")
        Enterprise.objects.create(key="E3", name="Fourth", sector="")
        those = list(Enterprise.objects.order_by("key"))
    approve_of(those, 2023, 300.0)
    assert "no one can infer" in page(2023) and "1,260" in page(2023)
    assert "no enterprise has approved figures for 1999" in page(1999)


def approve_of(those: Any, year: int, amount: float) -> None:
    """Approve a bill of gas of each for a year, each a little more than the last."""
    for k, one in enumerate(those):
        bill = {"carrier": "natural_gas", "amount": f"{amount + 10 * k * bool(amount):.0f}", "unit": "GJ"}
        approve(one.key, "energy", year, [bill], sector=one.sector)


def test_one_who_joins_is_not_shown_by_the_difference(park: ParkFolder) -> None:
    """The second publication is this one's value more than the first; it waits until others have joined."""
    from separatrix_park.models import Enterprise, Report
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    enterprises = fill(park.path)
    publish(Wish(2025), "First", office())
    with whole_park("the tests admit one more"):
        late = Enterprise.objects.create(key="E8", name="late", sector="C31")
        report = Report.objects.filter(enterprise=enterprises[0]).first()
        report.pk, report.enterprise, report.salt = None, late, secrets.token_bytes(32)
        report._state.adding = True
        report.save()
    checked = figures(Wish(2025)).checked
    assert checked.disclosures[0].cell.enterprise == str(late.pk) and checked.disclosures[0].attackers == ()
    assert not checked.passes


@pytest.mark.parametrize(("table", "year"), [("measures", 0), ("awareness", 2025), ("energy", 2024)])
def test_a_report_that_is_deleted_ends_no_publication_that_does_not_rest_on_it(
    park: ParkFolder, table: str, year: int
) -> None:
    """Neither one of no year, nor one of the year that nothing published is made of, nor another year."""
    from separatrix_park.models import Publication
    from separatrix_park.records.export import delete_report
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    enterprises = fill(park.path)
    approve("E0", table, year, [])
    publish(Wish(2025), "First", office())
    assert delete_report(park, enterprises[0].pk, table, year, "office", "asked for it").publications == 0
    with whole_park("the tests look on"):
        assert Publication.objects.get().deleted == 0
    account()
    assert figures(Wish(2025)).checked.passes


def test_data_that_were_deleted_are_not_shown_by_the_next_publication(park: ParkFolder) -> None:
    """The publication says that they are gone, and no other one of the year follows."""
    from separatrix_park.models import Publication, ReleasedValue
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.export import delete_report
    from separatrix_park.records.publication import figures, publish
    from separatrix_park.releases.publication_table import Wish
    from separatrix_park.scope import whole_park

    enterprises = fill(park.path)
    made = publish(Wish(2025), "First", office())
    gone = delete_report(park, enterprises[0].pk, "energy", 2025, "tests", "by mistake")
    assert gone.publications == 1
    with whole_park("the tests look at the publication"):
        kept = Publication.objects.get(pk=made.pk)
        assert not ReleasedValue.objects.filter(enterprise=enterprises[0]).exists()
        assert ReleasedValue.objects.filter(enterprise=enterprises[1]).exists()
    assert (kept.deleted, kept.content) == (1, made.content) and kept.deleted_at is not None
    with pytest.raises(InputError, match="been deleted"):
        figures(Wish(2025))
    assert check_log().whole


def test_everybody_reads_publications_and_the_office_alone_makes_them(park: ParkFolder, join: Join) -> None:
    """A stranger sees sums, the head and what became of it; no name and no value of an enterprise."""
    from django.test import Client

    enterprises = fill(park.path)
    desk = join("office@example.org", "office")
    auditor = join("auditor@example.org", "auditor")
    page = desk.get("/published/new/?year=2025").content.decode()
    assert f"{sum(AMOUNTS)}" in page.replace(",", "").replace("\u202f", "")
    assert auditor.get("/published/new/").status_code == 403
    assert auditor.post("/published/new/", {"year": "2025", "title": "x"}).status_code == 403
    answer = desk.post("/published/new/", {"year": "2025", "title": "Energy <b> of 2025"})
    assert answer.status_code == 302 and answer["Location"] == "/published/1/"
    stranger = Client(SERVER_NAME="localhost")
    page = stranger.get("/published/1/").content.decode()
    assert "Energy &lt;b&gt; of 2025" in page and re.search(r"\d+:[0-9a-f]{64}", page)
    assert "Withdraw" not in page
    for enterprise in enterprises:
        assert enterprise.name not in page and str(enterprise.pk) not in page
    assert f">{AMOUNTS[0]}<" not in page
    assert "/published/1/" in stranger.get("/published/").content.decode()
    assert stranger.get("/published/2/").status_code == 404
    assert stranger.post("/published/1/withdraw/", {"why": "x"}).status_code == 302
    assert auditor.post("/published/1/withdraw/", {"why": "x"}).status_code == 403
    assert desk.post("/published/1/withdraw/", {"why": "a table was wrong"}).status_code == 302
    page = stranger.get("/published/1/").content.decode()
    assert "Withdrawn on" in page and "a table was wrong" in page


def test_a_sector_of_which_somebody_is_missing_does_not_look_complete(park: ParkFolder, join: Join) -> None:
    """Its sum is marked as the least that it can be, and says of how many it is."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    fill(park.path)
    with whole_park("the tests admit somebody who reports nothing"):
        Enterprise.objects.create(key="E99", name="Silent", sector="C31")
    page = join("office@example.org", "office").get("/published/new/?year=2025").content.decode()
    assert "4 of 5, 4 complete" in page and "8 of 9, 8 complete" in page
    assert f"≥\xa0{sum(AMOUNTS[:4]):,}" in page and f"≥\xa0{sum(AMOUNTS):,}" in page
    assert f'<td class="number">{sum(AMOUNTS[4:]):,}' in page


def test_the_audit_of_many_enterprises_is_a_job(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is done nothing is published; then it says what one at once says, of that table alone."""
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.records import publication as work
    from separatrix_park.releases.publication_table import Wish

    fill(park.path, (500, 400, 300, 450, 900, 800))
    at_once = work.figures(Wish(2025)).checked
    monkeypatch.setattr(work, "AT_ONCE", 0)
    assert not work.figures(Wish(2025)).checked.audited
    with pytest.raises(InputError, match="being audited"):
        work.publish(Wish(2025), "too early", office())
    do_waiting()
    found = work.figures(Wish(2025)).checked
    assert found == at_once and found.merging is not None
    assert not work.figures(found.merging).checked.audited
    do_waiting()
    person = office_again()
    made = work.publish(found.merging, "Merged", person)
    assert made.content["amounts"]["energy"] == 3350
    assert not work.figures(found.merging).checked.audited  # something was told since


def office_again() -> Any:
    """Return the person of the park office who is there."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return Person.objects.get(email="office@example.org")
