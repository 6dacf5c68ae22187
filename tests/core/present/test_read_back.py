"""The replicator equations in HTML and LaTeX, read back by parsers, are those of the analysis."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

import separatrix
from core.present.mathml_reader import equations_of, look, read_mathml
from core.present.studies import published
from published_cases import analysed
from separatrix.audit.claims.formulas import ClaimFormula, ClaimSymbols, read_expression
from separatrix.document.tree import Document, Equation, Equations, Heading
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import symbol_key
from separatrix.expression.tree import Expression, Name, names_in, substitute
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Fraction as Bar
from separatrix.formulas.layout import Layout, Letter, Row
from separatrix.game.values import expand, with_lets
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.game_report import build_paper
from separatrix.reports.report import build_report
from separatrix.writers.mathml import to_mathml
from separatrix.writers.registry import write
from thinning import thinned

CASES = [
    ("shi-chen-2018", False),
    ("shi-chen-2018", True),
    ("wang-2023", True),
    ("coal-safety", False),
    ("rock-paper-scissors-one-population", False),
    ("rock-paper-scissors-one-population", True),
    ("zeeman-1980", False),
]

PAPERS = ["shi-chen-2018", "wang-2023", "coal-safety", "rock-paper-scissors-one-population"]

Read = list[tuple[str, Expression]]


def agree(analysis: separatrix.Analysis, read: Read, definitions: Mapping[str, Expression]) -> None:
    """Check that every rate read equals that of the analysis, and that one of each holds in symbols.

    Both are polynomials or quotients of them, so that a difference shows at random points of a large range.
    """
    game, seed = analysis.game, random.Random(7)
    shares, in_symbols = set(), set()
    for share, rate in read:
        while set(names_in(rate)) & definitions.keys():
            rate = substitute(rate, definitions)
        rate = expand(game, rate)  # shorthands stand on the page as they are
        for attempt in range(6):
            values = {n: Fraction(seed.randint(1, 10**6), seed.randint(1, 10**3)) for n in names_in(rate)}
            values |= {n: Fraction(seed.randint(1, 10**6)) for n in (*game.parameters, *game.shares)}
            own = values | (analysis.values or {})
            for population in game.populations:
                if len(population.strategies) > 2:  # the shares of all strategies add up to one
                    first, *others = population.shares
                    rest = 1 - sum((values[s] for s in others), Fraction(0))
                    values[first] = own[first] = rest
            if analysis.values is not None:
                right = evaluate(analysis.equations[share], with_lets(game, own))
                assert evaluate(rate, own) == right, (share, attempt)
            if evaluate(rate, values) != evaluate(analysis.equations[share], with_lets(game, values)):
                break
        else:
            in_symbols.add(share)
        shares.add(share)
    assert shares == set(game.shares)
    assert in_symbols == set(game.shares)


def rate_of(share: Layout) -> Layout:
    """Return how papers write the rate of a share."""
    return Bar(Row((Letter("d"), share)), Row((Letter("d"), Letter("t"))))


def dynamics_of_paper(slug: str, language: str) -> tuple[separatrix.Analysis, Document]:
    """Return the general analysis of a game, and the section on its dynamics of the report to hand in."""
    found = published(slug, language)
    words = language_of(language)
    document = build_paper(found, words)
    titles = [b.text if isinstance(b, Heading) else "" for b in document.blocks]
    part = document.blocks[titles.index(words.DYNAMICS) : titles.index(words.JACOBIAN)]
    assert found.general is not None
    return found.general, replace(document, blocks=part)


@pytest.mark.parametrize(("slug", "symbolic"), CASES)
def test_the_equations_in_html_are_those_of_the_analysis(slug: str, symbolic: bool) -> None:
    """Every rate on the page, parsed from its MathML, takes the same values as that of the analysis."""
    analysis = analysed(slug, symbolic)
    html_agrees(analysis, build_report(analysis))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", PAPERS)
def test_the_equations_of_a_report_are_those_of_the_analysis(slug: str, language: str) -> None:
    """The report that is handed in holds the same equations, in HTML and in LaTeX, in both languages."""
    analysis, document = dynamics_of_paper(slug, language)
    html_agrees(analysis, document)
    tex_agrees(analysis, document)


def html_agrees(analysis: separatrix.Analysis, document: Document) -> None:
    """Check every rate on a page."""
    game, notation = analysis.game, Notation.of(analysis.game)
    page = write(document, "html").content.decode()
    names = {look(to_mathml(notation.symbol(n))): n for n in (*game.parameters, *game.lets, *game.shares)}
    assert len(names) == len(game.parameters) + len(game.lets) + len(game.shares)
    rates = {look(to_mathml(rate_of(notation.symbol(s)))): s for s in game.shares}
    shown = equations_of(page)
    others = [(look(left), right) for left, right in shown if look(left) not in rates]
    names |= {left: f"shorthand{k}" for k, (left, _) in enumerate(others) if left not in names}
    read = [(rates[look(left)], read_mathml(right, names)) for left, right in shown if look(left) in rates]
    used = {n for _, rate in read for n in names_in(rate) if n.startswith("shorthand")}
    definitions = {names[left]: read_mathml(right, names) for left, right in others if used}
    agree(analysis, read, definitions)


_ALIGNED = re.compile(r"\\begin\{(align\*?)\}\n(.*?)\n\\end\{\1\}", re.DOTALL)
_RATE = re.compile(r"\\frac\{d(.+)\}\{dt\}")
_NO_FORMULA = re.compile(r"\\notag|\\label\{[^}]*\}|\\quad")


def equations_in_tex(text: str) -> list[tuple[str, str]]:
    """Return the two sides of every displayed equation, lines of one equation joined."""
    result: list[tuple[str, str]] = []
    for _, body in _ALIGNED.findall(text):
        for row in body.split(" \\\\\n"):
            left, _, right = _NO_FORMULA.sub("", row).partition("&")
            if left.strip():
                result.append((left.strip(), right.strip().removeprefix("=")))
            else:
                result[-1] = (result[-1][0], result[-1][1] + right)
    return result


@thinned(("slug", "symbolic"), CASES, each_run=3)
def test_the_equations_in_latex_are_those_of_the_analysis(slug: str, symbolic: bool) -> None:
    """Every rate in the document, read by the reader of published LaTeX, is that of the analysis."""
    analysis = analysed(slug, symbolic)
    tex_agrees(analysis, build_report(analysis))


def tex_agrees(analysis: separatrix.Analysis, document: Document) -> None:
    """Check every rate in a LaTeX document."""
    symbols = ClaimSymbols(analysis.game)
    text = write(document, "tex").content.decode()

    def one(tex: str) -> Expression:
        (expression,) = read_expression(ClaimFormula(tex, latex=True), symbols)
        return expression

    shares = {symbol_key(share): share for share in analysis.game.shares}
    read: Read = []
    others: list[tuple[str, str]] = []
    for left, right in equations_in_tex(text):
        if match := _RATE.fullmatch(left):
            read.append((shares[symbol_key(match[1])], one(right)))
        else:
            others.append((left, right))
    strange = {n for _, rate in read for n in names_in(rate)} - symbols.names
    definitions: dict[str, Expression] = {}
    for left, right in others if strange else []:
        name = one(left)
        assert isinstance(name, Name)
        definitions[name.name] = one(right)
    agree(analysis, read, definitions)


def test_a_long_equation_broken_over_lines_reads_as_one() -> None:
    """Lines, wide fractions and opened brackets change how an equation looks, not what it says."""
    from core.present.trees import formula
    from separatrix.document.tree import Document
    from separatrix.expression.parser import parse_expression

    top = " + ".join(f"a{k}*x*(b{k} - y*(c{k} + x))" for k in range(12))
    text = f"x*(1 - x)*(({top})/({top.replace('+', '-')}) - y*({top}))"
    block = Equations((Equation(Letter("f"), formula(text)),), numbered=True)
    names = names_in(parse_expression(text))
    values = {n: Fraction(index + 2, 3) for index, n in enumerate(sorted(names))}
    wanted = evaluate(parse_expression(text), values)
    document = Document("t", "", (block,))
    tex = write(document, "tex").content.decode()
    assert tex.count("\\notag") > 5
    ((_, right),) = equations_in_tex(tex)
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {n: {} for n in names if n not in "xy"},
            "advantages": {"x": "1", "y": "1"},
        }
    )
    (read,) = read_expression(ClaimFormula(right, latex=True), ClaimSymbols(game))
    assert evaluate(read, values) == wanted
    ((_, shown),) = equations_of(write(document, "html").content.decode())
    looks = {look(to_mathml(Notation.of(game).symbol(n))): n for n in names}
    assert evaluate(read_mathml(shown, looks), values) == wanted
