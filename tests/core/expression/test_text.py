"""Writing expressions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from separatrix import analyze
from separatrix.expression.tree import Name, Number, multiply, to_text


@pytest.mark.parametrize("digits", [3_999, 4_000, 4_001, 4_301, 9_000])
def test_a_number_of_any_length_is_written(digits: int) -> None:
    """Every digit is written, zeros in the middle and the sign among them."""
    value = -(10 ** (digits - 1)) - 7
    text = "-1" + "0" * (digits - 2) + "7"
    assert to_text(Number(Fraction(value))) == text
    assert to_text(multiply(Number(Fraction(value, 10**digits)), Name("x"))) == f"{text}/1{'0' * digits}*x"


def test_an_exact_state_of_thousands_of_digits() -> None:
    """Payoffs of a thousand digits have a mixed rest point of more, which is written exactly."""
    near = [Fraction(10**19 + 3 * k, 10**19 + k) for k in (1, 3, 7, 9)]
    (a, b, c, d) = (f"({value})^60" for value in near)
    players = [{"name": n, "share": s, "strategies": ["u", "v"]} for n, s in (("A", "x"), ("B", "y"))]
    game = {
        "title": "long numbers",
        "populations": players,
        "bimatrix": [[[a, a], [f"{b}/9", f"{b}/3"]], [[f"{c}/8", f"{c}/7"], [d, f"9*{d}"]]],
    }
    answer = analyze(game).to_dict()
    (mixed,) = (p for p in answer["rest_points"] if 0 < p["state"]["x"] < 1)
    above, below = mixed["exact"]["x"].split("/")
    assert len(above) > 4_300
    tail = 10**40
    assert int(above[:-4_000] or 0) >= 0 and int(above[-40:]) < tail
    assert (
        abs(int(above[:60]) / int(below[:60]) / 10 ** (len(below) - len(above)) - mixed["state"]["x"]) < 1e-9
    )
