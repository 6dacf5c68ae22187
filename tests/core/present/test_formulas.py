"""Formulas in text, TeX and MathML, and the symbols in them."""

from __future__ import annotations

import itertools
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.document.numerals import eigenvalue_texts, readable
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Expression, Name, Number, Quotient, add, multiply, subtract
from separatrix.formulas.layout import Text, layout, to_plain
from separatrix.formulas.tex import (
    expanded,
    fingerprint,
    symbol_of_latex,
    symbol_of_name,
    tex_text,
    tidy,
    to_tex,
)
from separatrix.writers.mathml import to_mathml

EXAMPLES = [
    ("x*(1 - x)*((pi1 + pi2)*y - (R1 - C1))", "x(1 − x)[(π₁ + π₂)y − (R₁ − C₁)]"),
    ("(a - b)/(c + d)", "(a − b)/(c + d)"),
    ("a/(b*c)", "a/(bc)"),
    ("-a/b", "−a/b"),
    ("2*x*3", "2x·3"),
    ("alpha*PA + eA*(Rc - CA)", "α·PA + eA·(Rc − CA)"),
    ("(a + b)^2", "(a + b)²"),
    ("-(a - b)", "−(a − b)"),
    ("sqrt(a*b)", "√(ab)"),
    ("C_max - R2", "C_max − R₂"),
    ("b*a*(1 - a)*b", "b²a(1 − a)"),
    ("x^2*x", "x³"),
    ("C*K/(-F*F)", "−CK/F²"),
    ("(a - b)/(-c)", "−(a − b)/c"),
    ("sqrt(C*K/(-F*F))", "√(−CK/F²)"),
]


@pytest.mark.parametrize(("text", "written"), EXAMPLES)
def test_formulas_read_as_people_write_them(text: str, written: str) -> None:
    """Multiplication is silent, brackets change with depth, digits are subscripts."""
    assert to_plain(layout(parse_expression(text), symbol_of_name)) == written


def test_brackets_in_one_another_differ() -> None:
    """Round ones stand within square ones, these within braces, in every format."""
    formula = layout(parse_expression("x*(P*z + e*(R - (1 - g)*C))"), symbol_of_name)
    assert to_plain(formula) == "x{Pz + e[R − (1 − g)C]}"
    assert to_tex(formula) == r"x \{P z + e [R - (1 - g) C]\}"
    assert ">{<" in to_mathml(formula)


HALF, C, V = Number(Fraction(1, 2)), Name("C"), Name("V")


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (subtract(multiply(HALF, V), multiply(HALF, C)), "(V − C)/2"),
        (Quotient(multiply(HALF, V, subtract(V, C)), C), "V(V − C)/(2C)"),
        (Quotient(multiply(HALF, V), add(C, multiply(HALF, V))), "V/(2C + V)"),
        (Quotient(subtract(V, C), HALF), "2V − 2C"),
        (subtract(multiply(HALF, V), C), "1/2·V − C"),
    ],
)
def test_no_fraction_stands_within_a_fraction(expression: Expression, written: str) -> None:
    """Numbers of the analysis are fractions; a page has one bar where one does."""
    assert to_plain(layout(expression, symbol_of_name)) == written


def test_a_negative_number_is_mathematics_in_tex() -> None:
    """Viewers of Markdown know no command such as `\\ensuremath` within words."""
    assert to_tex(Text("−1.125")) == "-1.125"


@pytest.mark.parametrize(("text", "_"), EXAMPLES)
def test_tex_has_balanced_braces_and_mathml_is_well_formed(text: str, _: str) -> None:
    """Whatever the formula, both formats are sound."""
    drawn = layout(parse_expression(text), symbol_of_name)
    tex = to_tex(drawn)
    assert tex.count("{") == tex.count("}")
    assert tex.count(r"\left") == tex.count(r"\right")
    ElementTree.fromstring(f"<math>{to_mathml(drawn)}</math>")


@pytest.mark.parametrize(
    "latex", [r"\input{x}", r"\pi_1 \write18{ls}", "x_", "}{", "$", r"\def\x{}", "a" * 200, "", "<script>"]
)
def test_latex_that_is_no_symbol_is_not_used(latex: str) -> None:
    """Only letters, Greek, scripts and accents are read; the name stands in for the rest."""
    assert symbol_of_latex(latex) is None


@pytest.mark.parametrize(
    ("latex", "tex"),
    [
        (r"\pi_1", r"\pi_{1}"),
        (r"\bar{C}_A", r"\bar{C}_{A}"),
        (r"C_{\mathrm{max}}", r"C_{\mathit{max}}"),
        (r"R^*", None),
        (r"\alpha", r"\alpha "),
    ],
)
def test_latex_symbols_come_back_as_tex(latex: str, tex: str | None) -> None:
    """A symbol is rebuilt from what was understood."""
    found = symbol_of_latex(latex)
    assert (None if found is None else to_tex(found)) == tex


@given(st.text(max_size=40))
def test_any_text_is_inert_in_tex(text: str) -> None:
    """No character that TeX obeys survives outside the replacements."""
    for replacement in (r"\textbackslash{}", r"\{", r"\}", r"\$", r"\&", r"\#", r"\_", r"\%"):
        assert replacement.count("{") == replacement.count("}") or len(replacement) == 2
    escaped = tex_text(text)
    assert r"\input{" not in escaped
    assert r"\end{" not in escaped


_LEAVES = st.one_of(st.sampled_from("abxyz"), st.integers(0, 9).map(str))
_TEXTS = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
    max_leaves=10,
)


@given(_TEXTS)
def test_clean_ups_do_not_change_the_function(text: str) -> None:
    """Tidied and multiplied out, an expression is the same polynomial."""
    expression: Expression = parse_expression(text)
    flat = expanded(expression)
    assert fingerprint(tidy(expression)) == fingerprint(expression)
    assert flat is not None
    assert fingerprint(flat) == fingerprint(expression)


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_rounded_number_never_looks_whole_unless_it_is(value: float) -> None:
    """0.99996 is not 1, and 1e-9 is not 0."""
    text = readable(value).replace("−", "-")
    if text.lstrip("-").isdigit():
        assert float(text) == value


def test_conjugate_eigenvalues_are_one_entry() -> None:
    """A pair of complex eigenvalues is written once, with ±."""
    assert eigenvalue_texts([-0.5 + 2j, -0.5 - 2j, 3.0]) == ["−0.5 ± 2i", "3"]


@pytest.mark.parametrize("stem", ["R", "C", "pi", "x_"])
def test_differences_of_neighbouring_names_are_told_apart(stem: str) -> None:
    """Names that differ in one digit have unrelated fingerprints, and so have all their differences."""
    names = [Name(f"{stem}{k}") for k in range(10)] + [Name(f"F{k}") for k in range(10)]
    differences = [subtract(a, b) for a, b in itertools.permutations(names, 2)]
    assert len({fingerprint(d) for d in differences}) == len(differences)
