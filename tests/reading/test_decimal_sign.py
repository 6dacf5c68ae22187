"""Decimal commas and thousands in one file."""

from __future__ import annotations

import pytest

from separatrix.reading.decimal_sign import decimal_sign


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
