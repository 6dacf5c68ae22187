"""What a solver prints past Python never reaches standard output."""

from __future__ import annotations

import ctypes

import pytest

from separatrix.run.console import kept_from_output


def test_lines_of_the_solver_are_left_out_and_all_others_kept(capfd: pytest.CaptureFixture[str]) -> None:
    """C's own buffer, too; what stood before and after stays where it is."""
    try:
        printf = ctypes.CDLL(None).printf
    except (AttributeError, OSError, TypeError):
        pytest.skip("no library of C to print with")
    print("before")
    with kept_from_output("Highs"):
        printf(b"HighsMipSolverData::transform\n")
        print("between")
        printf(b"another\n")
    print("after")
    assert capfd.readouterr().out.split() == ["before", "between", "another", "after"]


def test_an_error_gives_standard_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    """What is printed after an error is seen again."""
    with pytest.raises(ZeroDivisionError), kept_from_output("Highs"):
        raise ZeroDivisionError
    print("seen")
    assert capfd.readouterr().out == "seen\n"
