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
