"""Decimal commas and thousands in one file."""

from __future__ import annotations

import pytest

from separatrix.io.cells import decimal_sign


@pytest.mark.parametrize(
    "cells, separator, expected",
    [
        (["1.234,5", "17,8", "3,1", "32,000"], ";", (True, ",")),  # all others have one digit
        (["1.234,5", "0,125", "3,1", "32,125"], ";", (True, "")),  # three digits are usual here
        (["3,150", "17,860", "64,000", "210", "90"], "\t", (False, "")),  # whole numbers, as thousands
        (["3,151", "17,863", "64,007", "210", "90"], "\t", (False, ",")),  # decimals may be cut of zeros
        (["3,150", "17,860", "64,000", "0,210"], "\t", (True, "")),
    ],
)
def test_what_numbers_beside_it_say_of_a_comma(
    cells: list[str], separator: str, expected: tuple[bool, str]
) -> None:
    """The digits of the numbers beside it tell whether a comma before three digits can be decimal."""
    assert decimal_sign([cells], separator)[:2] == expected


@pytest.mark.parametrize(
    "cells, expected",
    [
        (
            ["149.890", "17.860", "3.001", "201", "90"],
            (True, ""),
        ),  # filled up with zeros all would have a point
        (
            [f"{k}.{k}7" for k in range(11, 40)] + ["7"],
            (False, "."),
        ),  # cut of zeros some would be shorter
        (["149.893", "17.861", "201"], (False, "")),  # of so few nothing is sure
        (["149.890", "17.86", "3.001", "201"], (False, "")),
        (["149.890", "17.860", "3.001", "2010"], (False, "")),
        (["149.890", "17.860", "3.001", "0.2"], (False, "")),
        (["149.890", "17.860", "3.001"], (False, "")),
    ],
)
def test_points_between_thousands_of_whole_numbers(cells: list[str], expected: tuple[bool, str]) -> None:
    """Where all numbers with a point have three digits behind it the whole numbers below a thousand tell."""
    assert decimal_sign([cells, ["E1", "Co. Ltd."]], ",")[:2] == expected


def test_lakhs_are_thousands() -> None:
    """1,23,456 has no decimal, and so has none of its neighbours."""
    assert decimal_sign([["1,23,456", "13,918"]], ";") == (False, "", None)
