"""The table of a publication: what is proposed where sectors cannot stand by themselves."""

from __future__ import annotations

from uuid import UUID

from park_set_up import park_on


def test_sectors_in_each_of_which_one_has_almost_all_are_merged_in_pairs() -> None:
    """Two that cannot stand may do so together: not all of them become one."""
    from separatrix.serve.park.access import Protection

    amounts = (8000.0, 500.0, 450.0, 400.0, 350.0, 300.0)
    names = [UUID(int=k + 1) for k in range(4 * len(amounts))]
    with park_on("sqlite"):
        from separatrix.serve.park.releases.ledger import Ledger
        from separatrix.serve.park.releases.publication_table import Wish, YearAmounts, check
        from separatrix.serve.park.scope import whole_park

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


def test_energy_reckoned_from_both_scopes_is_called_that_and_not_told_twice() -> None:
    """A weighted sum of both scopes is in GJ: no tonnes, and no second line beside energy itself."""
    from separatrix.cluster.disclosure.disclosure_audit import Disclosure
    from separatrix.cluster.disclosure.released_figure import Cell

    with park_on("sqlite"):
        from separatrix.serve.park.releases.disclosure_finding import findings_of
        from separatrix.serve.park.releases.publication_table import Checked, Wish

        def quantities(*told: tuple[str, str]) -> list[list[str]]:
            found = tuple(Disclosure(Cell(e, q), (), 1.0, 2.0, ()) for e, q in told)
            return [one.quantities for one in findings_of(Checked(Wish(2025), (), {}, (), found))]

        both = "17.8 × scope_1 1 + 6.8 × scope_2 1"
        assert quantities(("A", both), ("A", "energy 1")) == [["energy"]]
        assert quantities(("A", both), ("B", "energy 1")) == [["energy_by_carbon"], ["energy"]]
        assert quantities(("A", "scope_1 1 + scope_2 1")) == [["scope_1", "scope_2"]]


def test_a_group_with_enterprises_of_no_sector_says_so_and_lines_of_a_group_stand_together() -> None:
    """It is not called like the sector that it is merged with."""
    with park_on("sqlite"):
        from separatrix.serve.park.releases.publication_table import ALL
        from separatrix.serve.park.views.publications import _lines, _name

        assert _name({"sector": "C22", "sectors": ["", "C22"]}) == "no sector + C22"
        assert _name({"sector": "C22"}) == "C22"
        assert _lines([(ALL, "energy"), (("", "C22"), "energy"), (("", "C22"), "scope_1")]) == [
            "no sector + C22: Scope 1 · Energy",
            "Together: Energy",
        ]
