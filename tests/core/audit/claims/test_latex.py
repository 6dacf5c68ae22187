"""LaTeX as papers print it: what it means, and what is said where it cannot be read."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from core.oracles.bridge import to_sympy
from separatrix.audit.claims.formulas import (
    ClaimFormula,
    ClaimSymbols,
    read_condition,
    read_equation,
    read_expression,
    read_state,
    unknown_names,
)
from separatrix.errors import InputError
from separatrix.expression.conditions import condition_text
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import symbol_key
from separatrix.expression.tree import Expression, Name, Number, Power, Product, Quotient, Sum, to_text
from separatrix.formulas.layout import layout
from separatrix.formulas.tex import symbol_of_name, to_tex
from separatrix.game.reader import load

NAMES = ("pi1", "pi2", "R1", "R2", "C1", "C2", "CH", "RA1", "q", "F", "dP", "lam", "alpha", "beta", "kappa")
GAME = load(
    {
        "populations": [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)],
        "advantages": {"x": "R1", "y": 0, "z": 0},
        "parameters": dict.fromkeys(NAMES, 1)
        | {"eps0": {"latex": r"\varepsilon_{0}"}, "V": {"latex": "V^{H}"}, "xs": {"latex": "x^*"}},
    }
)
SYMBOLS = ClaimSymbols(GAME)


def meaning(latex: str) -> str:
    """Return what a formula in LaTeX is read as."""
    return to_text(read_expression(ClaimFormula(latex, latex=True), SYMBOLS)[0])


@pytest.mark.parametrize(
    ("latex", "means"),
    [
        (r"\frac{\pi_2-C_2}{R_1}", "(pi2 - C2)/R1"),
        (r"\dfrac{1}{2}\beta", "1/2*beta"),
        (r"\frac12 x", "1/2*x"),
        (r"x\left(1-x\right)\left[R_1y-C_{1}\right]", "x*(1 - x)*(R1*y - C1)"),
        (r"x(1-x)\bigl\{ y - \alpha \bigr\}", "x*(1 - x)*(y - alpha)"),
        (r"R_{A1}\cdot C_{\mathrm{H}} \times \mathrm{CH}", "RA1*CH*CH"),
        (r"qF-dP", "q*F - dP"),
        (r"1-\lambda", "1 - lam"),
        (r"\sqrt{\alpha\beta}", "sqrt(alpha*beta)"),
        (r"\sqrt[2]{x}", "sqrt(x)"),
        (r"(1-x)^2 + \pi_1^{2}", "(1 - x)**2 + pi1**2"),
        (r"{R_1}^{2}", "R1**2"),
        (r"\varepsilon_0 + V^H", "eps0 + V"),
        (r"x^{*}", "xs"),
        (r"e^{-x}", "exp(-x)"),
        (r"\exp\left(-\kappa x\right)", "exp(-kappa*x)"),
        (r"\ln\frac{x}{2}", "log(x/2)"),
        (r"\min\{C_1, C_2\}", "min(C1, C2)"),
        (r"\binom{3}{2}", "binomial(3, 2)"),
        (r"\frac{dx}{dt} = x(1-x)", "x*(1 - x)"),
        (r"\dot{x} = F(x) = x", "x"),
        (r"\lambda_{1} = -C_1", "-C1"),
        (r"$\displaystyle C_1\,y$", "C1*y"),
        (r"\begin{aligned}F(x) &= x(1-x) \\ &\quad (C_1-R_1) \end{aligned}", "x*(1 - x)*(C1 - R1)"),
        (r"C_1 \over", None),
    ],
)
def test_formulas_mean_what_they_show(latex: str, means: str | None) -> None:
    """Fractions, brackets of all sizes, scripts, Greek, roots, functions and labels are read."""
    if means is None:
        with pytest.raises(InputError):
            meaning(latex)
    else:
        assert meaning(latex) == means


@pytest.mark.parametrize(
    ("latex", "means"),
    [
        (r"C_1 > R_1", "C1 > R1"),
        (r"0<\alpha\leqslant 1", "0 < alpha and alpha <= 1"),
        (r"\lambda_1 = C_1-R_1 < 0,\ C_2 \ge \pi_2", "C1 - R1 < 0 and C2 >= pi2"),
        (r"C_1 > 0 \text{ and } C_2 \neq 3 \lor R_1 = 0", "(C1 > 0 and C2 != 3) or R1 == 0"),
    ],
)
def test_conditions_are_read(latex: str, means: str) -> None:
    """Comparisons, chains, labels before them, and joined conditions are read from LaTeX."""
    assert condition_text(read_condition(ClaimFormula(latex, latex=True), SYMBOLS)) == means


@pytest.mark.parametrize(
    ("latex", "column", "said"),
    [
        (r"x \int y", 3, r"`\int` cannot be read"),
        (r"\frac{a}", 1, "needs something after it"),
        (r"(C_1 - x", 1, "never closed"),
        (r"\left(C_1\right]", 16, "expected ')'"),
        (r"x_{1-x}", 4, "the subscript `1-x`"),
        (r"\begin{pmatrix}x\end{pmatrix}", 1, "`\\begin{pmatrix}`"),
        (r"C_1 \pm C_2", 5, "two values"),
        (r"2\,000", 4, "two numbers"),
        (r"x + \text{if not}", 5, "not a symbol"),
        (r"\left| x \right|", 6, "delimiter"),
        (r"x^2^3", 4, "two superscripts"),
        (r"\sqrt[3]{x}", 6, "square roots"),
        (r"x \\[2pt] +", 12, "ends where"),
        (r"x(1-x) A = y", 10, "one expression was expected"),
        ("", 1, "ends where"),
    ],
)
def test_a_fault_is_shown_in_the_latex(latex: str, column: int, said: str) -> None:
    """What cannot be read is named, and the caret stands below it."""
    with pytest.raises(InputError) as caught:
        meaning(latex)
    assert said in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.column == column


def test_symbols_without_a_name_in_the_game_are_kept() -> None:
    """A symbol that the game does not have is no error of reading."""
    found = read_expression(ClaimFormula(r"C_3 L + \bar{x}", latex=True), SYMBOLS)[0]
    assert unknown_names(found, SYMBOLS) == ("C_3", "L", "xbar")


def test_the_imaginary_unit_and_both_signs() -> None:
    """In eigenvalues i is the imaginary unit, and ± stands for two of them."""
    both = read_expression(ClaimFormula(r"\pm \mathrm{i}\sqrt{C_1}", latex=True), SYMBOLS, imaginary=True)
    assert [to_text(e) for e in both] == ["I*sqrt(C1)", "-I*sqrt(C1)"]
    assert unknown_names(both[0], SYMBOLS, imaginary=True) == ()
    assert unknown_names(both[0], SYMBOLS) == ("I",)


def test_states_and_equations() -> None:
    """A state is read from its brackets, and an equation into both sides."""
    state = read_state(ClaimFormula(r"E_5 = \left(0, \frac{C_1}{C_2}, x\right)", latex=True), SYMBOLS)
    assert [to_text(e) for e in state] == ["0", "C1/C2", "x"]
    left, right = read_equation(ClaimFormula(r"z = \frac{C_1 - R_1}{F}", latex=True), SYMBOLS)
    assert (to_text(left), to_text(right)) == ("z", "(C1 - R1)/F")


@pytest.mark.parametrize(
    "spelling", ["pi1", "pi_1", "π1", "π₁", r"\pi_1", r"\pi_{1}", r"\mathrm{\pi}_{1}", "$\\pi_1$"]
)
def test_all_spellings_of_a_symbol_have_one_key(spelling: str) -> None:
    """However a symbol is typed, it is the same symbol."""
    assert symbol_key(spelling) == "pi1"


def test_names_that_look_alike_are_kept_apart() -> None:
    """Where two parameters have the same key the spelling decides; where it does not, neither is taken."""
    names = ("C1", "C_1", "R_1", "R1_")
    game = load({"payoff_matrix": [["C1", "C_1"], ["R_1", "R1_"]], "parameters": dict.fromkeys(names, 1)})
    symbols = ClaimSymbols(game)
    assert to_text(read_expression(ClaimFormula("C_1 - C1"), symbols)[0]) == "C_1 - C1"
    assert to_text(read_expression(ClaimFormula("C_{1} - C1", latex=True), symbols)[0]) == "C_1 - C1"
    assert unknown_names(read_expression(ClaimFormula("R1", latex=True), symbols)[0], symbols) == ("R1",)


def expressions() -> st.SearchStrategy[Expression]:
    """Return small rational expressions in the names of the game."""
    leaves = st.one_of(
        st.sampled_from([*NAMES, "x", "y", "z"]).map(Name),
        st.integers(2, 9).map(lambda n: Number(Fraction(n))),
    )

    def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        names = st.sampled_from(["x", "y", "C1", "alpha"]).map(Name)
        return st.one_of(
            st.tuples(inner, inner).map(Sum),
            st.tuples(inner, inner).map(lambda p: Sum((p[0], Product((Number(Fraction(-1)), p[1]))))),
            st.tuples(names, inner).map(Product),
            st.tuples(inner, inner).map(lambda p: Quotient(*p)),
            st.tuples(inner, st.integers(2, 3)).map(lambda p: Power(p[0], Number(Fraction(p[1])))),
        )

    return st.recursive(leaves, grow, max_leaves=12)


@given(expressions())
def test_what_reports_print_is_read_back(expression: Expression) -> None:
    """The LaTeX of this program's own reports means the expression that it was made from."""
    latex = to_tex(layout(expression, symbol_of_name))
    values = {name: Fraction(k + 2, 7) for k, name in enumerate((*NAMES, "x", "y", "z"))}
    try:
        truth = evaluate(expression, values)
    except InputError:
        return
    try:
        found = read_expression(ClaimFormula(latex, latex=True), SYMBOLS)[0]
    except InputError as problem:
        assert "two numbers" in problem.message  # 2 · 3² prints its numbers side by side
        return
    assert evaluate(found, values) == truth


@given(expressions())
def test_what_sympy_prints_is_read_back(expression: Expression) -> None:
    """The LaTeX of a computer algebra system means the expression that it was made from."""
    values = {name: Fraction(k + 2, 7) for k, name in enumerate((*NAMES, "x", "y", "z"))}
    try:
        truth = evaluate(expression, values)
    except InputError:
        return
    printed = sympy.latex(
        to_sympy(expression, tuple(values)).subs(sympy.Symbol("lam"), sympy.Symbol("lamda"))
    )
    found = read_expression(ClaimFormula(printed, latex=True), SYMBOLS)[0]
    assert evaluate(found, values) == truth


PIECES = st.sampled_from(
    [
        r"\frac",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        r"\left",
        r"\right",
        r"\{",
        r"\}",
        "^",
        "_",
        "x",
        "R_1",
        "1",
        "0.5",
        ".",
        r"\pi",
        " ",
        "+",
        "-",
        "=",
        "<",
        r"\le",
        r"\sqrt",
        r"\text{and}",
        r"\exp",
        r"\min",
        r"\begin{aligned}",
        r"\end{aligned}",
        r"\\",
        "&",
        "$",
        ",",
        "'",
        "*",
        "/",
        r"\bar",
        "|",
        r"\pm",
        "±",
        "d",
        "t",
        "\\",
        "é",
        "π",
        "²",
        "\x00",
        "\n",
        "i",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
def test_any_text_is_a_formula_or_an_explained_error(text: str, latex: bool) -> None:
    """Nothing that is typed or pasted ends in anything but a formula or an error with its place."""
    formula = ClaimFormula(text, latex)
    for read in (read_expression, read_condition, read_equation, read_state):
        try:
            read(formula, SYMBOLS)
        except InputError as problem:
            assert problem.where is not None
            assert problem.where.column is not None
            assert 1 <= problem.where.column <= len(text) + 1


@pytest.mark.parametrize(
    "text",
    ["x" * 9999, r"\frac{" * 180 + "x" + "}{2}" * 180, "{" * 5000, r"\sqrt{" * 1400 + "x" + "}" * 1400],
)
def test_limits_end_what_would_not(text: str) -> None:
    """Long runs of symbols and deep nesting are read or refused."""
    try:
        meaning(text)
    except InputError as problem:
        assert problem.code in ("S002", "P701")
