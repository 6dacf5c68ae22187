"""What enterprises are told of their places: audited, kept, left out where it would give somebody away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from park_reports import approve, monthly_bills
from park_set_up import park_on
from separatrix_park.folder import ParkFolder

DESCRIBED = "format: 1\nname: Park of tests\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\n"


@pytest.fixture
def park(request: pytest.FixtureRequest) -> Any:
    """Give a park that says which money it has; places are worked out alike on both databases."""
    with park_on("sqlite") as folder:
        path = folder.path / "cluster.yaml"
        path.write_text(DESCRIBED, "utf-8")
        yield folder
        path.unlink()


def fill(count: int = 6) -> None:
    """Approve the reports of enterprises of one sector, of like size."""
    for k in range(count):
        approve(f"F{k}", "energy", 2025, monthly_bills(80.0 + 3.7 * k), sector="C13")
        worth = {"value_added": f"{3900 + 40 * k}", "staff": "60"}
        approve(f"F{k}", "accounts", 2025, [worth])


def told() -> list[Any]:
    """Work out what everybody is told now, and return it."""
    from separatrix_park.answers import jobs
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.models import Comparison
    from separatrix_park.scope import whole_park

    jobs.ask_for_accounts("v")
    do_waiting()
    with whole_park("tests"):
        return list(Comparison.objects.select_related("enterprise").order_by("pk"))


def releases() -> list[Any]:
    """Return what was kept of it."""
    from separatrix_park.models import Release
    from separatrix_park.scope import whole_park

    with whole_park("tests"):
        return list(Release.objects.order_by("pk"))


def a_month_later() -> None:
    """Let what was told be a month old."""
    from separatrix_park.models import Release
    from separatrix_park.releases.rankings import AGAIN
    from separatrix_park.scope import whole_park

    with whole_park("tests"):
        for release in Release.objects.all():
            release.made -= AGAIN + timedelta(days=1)
            release.save()


def test_averages_and_places_are_kept_as_what_they_say(park: ParkFolder) -> None:
    """Each average is bounded as it was told and holds of the values; the audit of it all is clean."""
    from separatrix_cluster.disclosure.audit import audit
    from separatrix_park.releases.ledger import Ledger
    from separatrix_park.scope import whole_park

    fill()
    averages = {c.measure: c.average for c in told()}
    (release,) = releases()
    assert release.publication is None and release.year == 2025
    with whole_park("tests"):
        ledger = Ledger(2025)
    figures = ledger.figures()
    assert len(averages) == 3 and None not in averages.values()
    assert audit(ledger.values, figures).safe  # which refuses figures that the values contradict
    value = {
        q: sum(v for c, v in ledger.values.items() if c.quantity.startswith(q)) for q in ("scope", "value")
    }
    ratio = value["scope"] / (value["value"] / 1e4)
    assert ratio == pytest.approx(averages["carbon-per-value-added"], rel=0.05)


def test_of_a_small_group_nothing_is_told(park: ParkFolder) -> None:
    """Of three others nobody is told an average; nothing is kept, for nothing was told."""
    fill(4)
    for one in told():
        assert one.average is None and one.place == "" and one.why["zh"] and one.why["en"]
    assert not releases()


def test_what_would_give_somebody_away_is_not_told(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the audit refuses an average its readers hear so, and what else is told passes the audit."""
    from dataclasses import replace

    from django.conf import settings

    from separatrix_cluster.disclosure.audit import audit
    from separatrix_park.access import Protection
    from separatrix_park.releases.ledger import Ledger
    from separatrix_park.scope import whole_park

    monkeypatch.setattr(settings, "PARK", replace(settings.PARK, publication=Protection(0.95, 3)))
    fill(5)
    found = told()
    withheld = [c for c in found if c.average is None]
    assert withheld and all(
        "earlier averages" in c.why["en"] and c.why["zh"] != c.why["en"] for c in withheld
    )
    assert all(c.place == "" and c.others == 0 for c in withheld)
    with whole_park("tests"):
        ledger = Ledger(2025)
    assert audit(ledger.values, ledger.figures(), protection=0.95, colluders=3).safe


def test_places_are_told_anew_only_now_and_then(park: ParkFolder) -> None:
    """A correction shows on its own page at once and in what others are told a month later."""
    fill()
    first = {c.enterprise.key: c.average for c in told()}
    approve("F0", "accounts", 2025, [{"value_added": "3900", "staff": "95"}])
    assert {c.enterprise.key: c.average for c in told()} == first and len(releases()) == 1
    a_month_later()
    told()
    kept = releases()
    assert len(kept) == 2
    assert 0 < len(kept[1].figures) < len(kept[0].figures)  # what is as it was is not told twice


def test_the_audit_of_a_publication_knows_what_was_told_of_places(park: ParkFolder) -> None:
    """The same values stand in both, so that nobody takes one from the other unseen."""
    from separatrix_park.records.publication import figures
    from separatrix_park.releases.publication_table import Wish

    fill()
    told()
    found = figures(Wish(2025))
    cells = {c for figure in found.checked.shown.values() for c in figure.terms}
    before = {c for figure in found.ledger.figures() for c in figure.terms}
    assert cells <= before and found.checked.passes


def test_deleted_data_end_what_is_told_of_the_year(park: ParkFolder) -> None:
    """No average follows that would show by the difference what was deleted; the page says why."""
    from separatrix_park.models import Enterprise, ReleasedValue
    from separatrix_park.records.export import delete_report
    from separatrix_park.scope import whole_park

    fill(7)
    assert any(c.average is not None for c in told())
    with whole_park("tests"):
        one = Enterprise.objects.get(key="F3").pk
    delete_report(park, one, "energy", 2025, "tests", "by mistake")
    with whole_park("tests"):
        assert not ReleasedValue.objects.filter(enterprise_id=one).exists()
    after = told()
    assert after and all(c.average is None for c in after)
    assert any("deleted" in c.why["en"] for c in after)


def test_what_is_deleted_while_it_is_audited_is_not_told(
    park: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No average of it is shown, and none of its values is kept among those that were told."""
    from separatrix_park.answers import jobs
    from separatrix_park.models import Enterprise, ReleasedValue
    from separatrix_park.records.export import delete_report
    from separatrix_park.scope import whole_park

    fill()
    with whole_park("tests"):
        one = Enterprise.objects.get(key="F3").pk
    answer, audited = jobs._child, []

    def child(*asked: Any, **named: Any) -> Any:
        answered = answer(*asked, **named)
        if jobs._OPEN_LINES in asked:
            audited.append(answered)
            delete_report(park, one, "energy", 2025, "tests", "by mistake")
        return answered

    monkeypatch.setattr(jobs, "_child", child)
    assert told() == [] and not releases()
    assert audited == [{"withheld": []}]
    with whole_park("tests"):
        assert not ReleasedValue.objects.exists()


def test_a_place_that_changes_tells_of_nobody_where_it_stands(park: ParkFolder) -> None:
    """Once somebody was corrected no place is told, changed or not, until so many were that it may be any."""
    from separatrix_park.models import Comparison

    def places() -> dict[str, str]:
        found: list[Comparison] = told()
        return {c.enterprise.key: c.place for c in found if c.measure == "value-added-per-worker"}

    def correct(key: str, staff: int) -> None:
        approve(key, "accounts", 2025, [{"value_added": "3900", "staff": str(staff)}])

    fill(8)
    first = places()
    assert all(first.values()) and len(set(first.values())) == 2
    correct("F7", 67)
    a_month_later()
    after = places()
    assert [key for key, place in after.items() if place] == ["F7"]  # whose own figure alone has changed
    a_month_later()
    assert places() == after
    correct("F6", 64)
    a_month_later()
    assert not any(places().values())
    correct("F5", 58)
    a_month_later()
    assert all(places().values())
    correct("F4", 59)
    a_month_later()
    assert [key for key, place in places().items() if place] == ["F4"]
