"""Whatever a file holds, reading it ends in an answer or an explained error, soon and in little memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from cross.fuzz.kinds import KINDS, fuzzed
from cross.fuzz.run import go_on, outcome

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_what_was_found_once_ends_well(path: Path) -> None:
    """Inputs that once ended in a traceback, took too long or too much memory are answered or refused."""
    told = outcome(path.name.partition("-")[0], path.read_bytes())
    assert not told.startswith("fault"), told


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_inputs_end_well(kind: str) -> None:
    """A few hundred inputs of each kind; some are read and some refused, so that the fuzzer tries both."""
    told = [outcome(kind, fuzzed(kind, number)) for number in range(150)]
    assert not [t for t in told if t.startswith("fault")]
    assert "read" in told and len(set(told)) > 1


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_no_input_ends_badly(kind: str) -> None:
    """The whole count of inputs of each kind, over several runs where one is interrupted."""
    ends, faults = go_on(kind, KINDS[kind].count)
    print(f"{kind}: {sum(ends.values()):,} inputs, {ends['read']:,} read, {dict(ends)}")
    assert not faults
    assert sum(ends.values()) == KINDS[kind].count
