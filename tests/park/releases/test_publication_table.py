"""The table of a publication: what is proposed where sectors cannot stand by themselves."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from park_set_up import park_on


def test_a_job_audits_the_wish_that_it_was_asked_about() -> None:
    """Whatever the wish: groups that overlap, sectors that nobody is of; else another table would pass."""
    with park_on("sqlite"):
        from separatrix_park.releases.publication_table import ALL, Wish

        wish = Wish(
            2025,
            (("B", "A"), ("A", "", "*"), ()),
            frozenset({(ALL, "energy"), (("A", "B"), "?")}),
        )
        assert Wish.from_dict(json.loads(json.dumps(wish.to_dict()))) == wish


def test_a_sector_of_any_name_is_not_taken_for_everybody() -> None:
    """Not even one that is called like a wild card, and none without a name."""
    from separatrix_park.access import Protection

    names = [UUID(int=k + 1) for k in range(10)]
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import ALL, Wish, YearAmounts, check
        from separatrix_park.scope import whole_park

        has = {e: {"scope_1": 50.0 + k, "scope_2": 0.0, "energy": 900.0} for k, e in enumerate(names)}
        sectors = {e: "*" if k < 5 else "" for k, e in enumerate(names)}
        with whole_park("the tests look at a table"):
            source = YearAmounts(has, sectors, dict.fromkeys(names, ""))
            found = check(Wish(2025), source, Ledger(2025), Protection(0.15, 2))
    assert found.passes
    energy = {group: len(figure.terms) for (group, q), figure in found.shown.items() if q == "energy"}
    assert energy == {("*",): 5, ("",): 5, ALL: 10}


def test_sectors_in_each_of_which_one_has_almost_all_are_merged_in_pairs() -> None:
    """Two that cannot stand may do so together: not all of them become one."""
    from separatrix_park.access import Protection

    amounts = (8000.0, 500.0, 450.0, 400.0, 350.0, 300.0)
    names = [UUID(int=k + 1) for k in range(4 * len(amounts))]
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import Wish, YearAmounts, check
        from separatrix_park.scope import whole_park

        has = {
            e: {"scope_1": amount, "scope_2": 0.0, "energy": amount / 0.0561}
            for e, amount in zip(names, 4 * amounts, strict=True)
        }
        sectors = {e: "ABCD"[k // len(amounts)] for k, e in enumerate(names)}
        source = YearAmounts(has, sectors, dict.fromkeys(names, ""))
        with whole_park("the tests look at a table"):
            found = check(Wish(2025), source, Ledger(2025), Protection(0.15, 2))
    assert len(found.small) == 8 and not found.passes
    assert found.merging is not None
    assert sorted(len(group) for group in found.merging.merged) == [2, 2]


def test_a_quantity_that_one_has_almost_alone_is_left_out_and_the_rest_is_published() -> None:
    """A kiln with 84 % of scope 1 stands in no sum of it; scope 2 is told by sector, as an audit agrees."""
    from separatrix_cluster.disclosure.audit import audit
    from separatrix_park.access import Protection

    names = [UUID(int=k + 1) for k in range(24)]
    amounts = {
        e: (40.0 + 3 * (k % 7) if k else 6000.0, 300.0 + 17 * (k % 5) + 11 * (k // 6))
        for k, e in enumerate(names)
    }
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import ALL, QUANTITIES, Wish, YearAmounts, check
        from separatrix_park.scope import whole_park
        from separatrix_park.views.publications import _left_out

        has = {
            e: {"scope_1": gas, "scope_2": power, "energy": gas / 0.0561 + power / 0.5 * 3.6}
            for e, (gas, power) in amounts.items()
        }
        sectors = {e: "ABCD"[k // 6] for k, e in enumerate(names)}
        source = YearAmounts(has, sectors, dict.fromkeys(names, ""))
        with whole_park("the tests look at a table"):
            ledger = Ledger(2025)
            found = check(Wish(2025), source, ledger, Protection(0.15, 2))
            assert found.dominated == ("scope_1",) and (ALL, "scope_1") in found.small
            assert found.merging is not None
            made = check(found.merging, source, ledger, Protection(0.15, 2))
        words = _left_out(found, found.merging)
    assert made.passes and not audit(ledger.values, made.said, protection=0.15, colluders=2).disclosures
    quantities = {q for _, q in made.shown}
    # What is told of both others would tell scope 1 by their difference.
    assert "scope_1" not in quantities and not quantities >= {"scope_2", "total"}
    assert {group for group, _ in made.shown} >= {ALL, ("B",), ("C",)}
    assert len(words) == len(QUANTITIES) - len(quantities) and "one enterprise" in words[0]
    assert words[1].endswith("would reveal Scope 1.")


def test_beside_a_quantity_that_is_left_out_small_sectors_are_merged() -> None:
    """Two of two enterprises each stand together, the others by themselves, without scope 1."""
    from separatrix_park.access import Protection

    names = [UUID(int=k + 1) for k in range(28)]
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import ALL, Wish, YearAmounts, check
        from separatrix_park.scope import whole_park

        has = {}
        for k, e in enumerate(names):
            gas, power = 40.0 + 3 * (k % 7) if k else 7000.0, 300.0 + 17 * (k % 5) + 11 * (k // 6)
            has[e] = {"scope_1": gas, "scope_2": power, "energy": gas / 0.0561 + power / 0.5 * 3.6}
        sectors = {e: {1: "S", 2: "S", 3: "T", 4: "T"}.get(k, "ABC"[k % 3]) for k, e in enumerate(names)}
        source = YearAmounts(has, sectors, dict.fromkeys(names, ""))
        with whole_park("the tests look at a table"):
            ledger, protection = Ledger(2025), Protection(0.15, 2)
            found = check(Wish(2025), source, ledger, protection).merging
            assert found is not None and check(found, source, ledger, protection).passes
    assert found.merged == (("S", "T"),) and (ALL, "scope_1") in found.withheld
    # Of scope 2 and both together the one would tell scope 1 by the other.
    left = {quantity for group, quantity in found.withheld if group == ("S", "T")}
    assert "scope_1" in left and len(left & {"scope_2", "total"}) == 1


def test_a_figure_that_one_has_almost_alone_does_not_follow_from_those_that_are_shown() -> None:
    """Scope 2 of a sector, 77 % of it one's, is not what is left of both scopes: more is withheld."""
    from separatrix_park.access import Protection

    names = [UUID(int=k + 1) for k in range(18)]
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import ALL, Wish, YearAmounts, check
        from separatrix_park.scope import whole_park

        has = {
            e: {"scope_1": 300.0 + 13 * (k % 5), "scope_2": 120.0 + 7 * (k % 4), "energy": 0.0}
            for k, e in enumerate(names)
        }
        has[names[0]] = {"scope_1": 500.0, "scope_2": 2200.0, "energy": 0.0}
        sectors = {e: "AB"[k // 6] if k < 12 else "C" for k, e in enumerate(names)}
        source = YearAmounts(has, sectors, dict.fromkeys(names, ""))
        with whole_park("the tests look at a table"):
            ledger, protection = Ledger(2025), Protection(0.15, 2)
            found = check(Wish(2025), source, ledger, protection)
            alone = check(Wish(2025, (), frozenset({(("A",), "scope_2")})), source, ledger, protection)
            assert found.withholding is not None
            made = check(found.withholding, source, ledger, protection)
    assert found.small == ((("A",), "scope_2"),)
    assert not alone.passes and not alone.small
    assert {d.cell.enterprise for d in alone.disclosures} == {str(names[0])}
    assert made.passes
    both = {(("A",), quantity) for quantity in ("scope_1", "total")}
    others = {(group, "scope_2") for group in (("B",), ("C",), ALL)}
    assert both - made.shown.keys() and others - made.shown.keys()


def test_energy_reckoned_from_both_scopes_is_called_that_and_not_told_twice() -> None:
    """A weighted sum of both scopes is in GJ: no tonnes, and no second line beside energy itself."""
    from separatrix_cluster.disclosure.audit import Disclosure
    from separatrix_cluster.disclosure.released_figure import Cell

    with park_on("sqlite"):
        from separatrix_park.releases.disclosure_findings import findings_of
        from separatrix_park.releases.publication_table import Checked, Wish

        def quantities(*told: tuple[str, str]) -> list[list[str]]:
            found = tuple(Disclosure(Cell(e, q), (), 1.0, 2.0, ()) for e, q in told)
            return [one.quantities for one in findings_of(Checked(Wish(2025), (), {}, (), found))]

        both = "17.8 × scope_1 1 + 6.8 × scope_2 1"
        assert quantities(("A", both), ("A", "energy 1")) == [["energy"]]
        assert quantities(("A", both), ("B", "energy 1")) == [["energy_by_carbon"], ["energy"]]
        assert quantities(("A", "scope_1 1 + scope_2 1")) == [["scope_1", "scope_2"]]


def test_what_two_could_reckon_of_another_stands_in_one_row() -> None:
    """Of each quantity between what it would be known; each line of the table and publication once."""
    with park_on("sqlite"):
        from separatrix_park.releases.disclosure_findings import DisclosureFinding
        from separatrix_park.views.publications import _finding_rows

        def finding(attackers: list[str], quantity: str, earlier: list[int]) -> DisclosureFinding:
            lines = [(["C22"], quantity), (["C22"], "total")]
            return DisclosureFinding("Kiln", [quantity], attackers, 1.0, 2.0, lines, earlier, False)

        rows = _finding_rows(
            [
                finding(["Mill", "Foundry"], "scope_1", [2]),
                finding(["Mill"], "energy", []),
                finding(["Mill", "Foundry"], "scope_2", [1, 2]),
            ]
        )
    assert [(row["attackers"], len(row["known"])) for row in rows] == [
        (["Mill", "Foundry"], 2),
        (["Mill"], 1),
    ]
    assert rows[0]["earlier"] == [1, 2] and rows[0]["known"][0] == ("Scope 1", 1.0, 2.0)
    assert rows[0]["lines"] == ["C22: Scope 1 · Scope 2, with the grid factor · Scope 1 and 2"]


def test_a_sector_is_called_by_its_title_where_the_park_says_in_which_scheme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its code where the scheme has none of it."""
    from separatrix_cluster.tables.description import Description

    with park_on("sqlite"):
        from django.utils.translation import override

        from separatrix_park.templatetags import amounts
        from separatrix_park.views import publications

        monkeypatch.setattr(amounts, "park_description", lambda park: Description("A park", country="CN"))
        assert publications._group(("C22", "Z9")) == "paper (C22) + Z9"
        with override("zh-hans"):
            assert publications._group(("C22",)) == "造纸和纸制品业（C22）"


def test_a_group_with_enterprises_of_no_sector_says_so_and_lines_of_a_group_stand_together() -> None:
    """It is not called like the sector that it is merged with."""
    with park_on("sqlite"):
        from separatrix_park.releases.publication_table import ALL
        from separatrix_park.views.publications import _lines, _name

        assert _name({"sector": "C22", "sectors": ["", "C22"]}) == "no sector + C22"
        assert _name({"sector": "C22"}) == "C22"
        assert _lines([(ALL, "energy"), (("", "C22"), "energy"), (("", "C22"), "scope_1")]) == [
            "no sector + C22: Scope 1 · Energy",
            "Together: Energy",
        ]
