"""What programs read of the log: all for the office and auditors, one's own for an enterprise."""

from __future__ import annotations

from park.programs import ENERGY, ROWS, Park, code_of


def test_the_log_is_read_as_far_as_it_concerns_one(programs: Park) -> None:
    """An enterprise reads of its own matters, the office of all; no entry holds a value."""
    saved = programs.enters.save([{"carrier": "heat", "amount": "987654", "unit": "GJ"}])
    programs.enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    own = programs.enters.ask("get", "log?action=submitted").json()
    assert [e["meaning"] for e in own["items"]] == ["report submitted"]
    assert [e["actor"] for e in own["items"]] == ["a@e1.example"]
    assert programs.neighbour.ask("get", "log?action=submitted").json()["count"] == 0
    everything = programs.auditor.ask("get", "log").json()
    assert everything["count"] == programs.office.ask("get", "log").json()["count"] > own["count"]
    assert "987654" not in str(everything)
    numbers = [e["number"] for e in everything["items"]]
    assert numbers == sorted(numbers, reverse=True)


def test_the_chain_is_checked_against_a_head_that_was_kept(programs: Park) -> None:
    """A head that somebody kept holds later; one that never was is told, and what is none is refused."""
    kept = programs.enters.ask("get", "log/head").json()["head"]
    programs.enters.save(ROWS)
    found = programs.auditor.ask("get", f"log/check?head={kept}").json()
    assert found["whole"] and found["broken"] == 0
    other = kept.partition(":")[0] + ":" + "0" * 64
    assert programs.office.ask("get", f"log/check?head={other}").json()["broken"] == 1
    assert code_of(programs.office.ask("get", "log/check?head=12")) == (422, "W260")
    assert code_of(programs.enters.ask("get", "log/check")) == (403, "W282")
