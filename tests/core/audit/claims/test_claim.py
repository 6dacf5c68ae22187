"""The section `published` of a game file as typed claims: what is read, and what is refused."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from separatrix.audit.claims.claims import Published
from separatrix.audit.claims.reader import read_published, stability_word
from separatrix.errors import InputError, NameProblem
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.expression.conditions import TRUE, condition_text
from separatrix.expression.tree import to_text
from separatrix.game.reader import load

GAME: Mapping[str, Any] = {
    "title": "Two populations",
    "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
    "parameters": {
        "a": 2,
        "b": 1,
        "e": 3,
        "i": 1,
        "R1": 1,
        "e1": 2,
        "q": 1,
        "F": 1,
        "pi1": {"latex": r"\pi_1"},
    },
    "advantages": {"x": "a*y - b", "y": "a*x - b"},
    "scenarios": {"high": {"a": 5}},
    "starts": {"low": {"x": 0.1, "y": 0.1}},
}


def claims(**published: Any) -> Published:
    """Return the claims of the game above."""
    return read_published(load({**copy.deepcopy(dict(GAME)), "published": published}))


def equation(text: object) -> str:
    """Return how a claimed equation of x is read."""
    return to_text(claims(replicator={"x": text}).replicator["x"].expression)


def test_a_game_without_claims_claims_nothing() -> None:
    """Where there is no section, there is no claim."""
    assert list(read_published(load(dict(GAME))).claims()) == []


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("x(1-x)[a y - b]", "x*(1 - x)*(a*y - b)"),
        ("x{1-x}(ay - b)", "x*(1 - x)*(a*y - b)"),
        ("e(1-x)i", "e*(1 - x)*i"),
        ("y R1-y e1", "y*R1 - y*e1"),
        ("qF-(ay)", "q*F - a*y"),
        ("2e1 + 2e", "2*e1 + 2*e"),
        ("2e3", "2000"),
        ("π₁y + π_1", "pi1*y + pi1"),
        ("dx/dt = x(1-x)", "x*(1 - x)"),
        ("F(x) = x", "x"),
        ("exp(-x)y", "exp(-x)*y"),
        ("1/2 x", "1/2*x"),
        (0, "0"),
        (Fraction(1, 3), "1/3"),
        (0.5, "1/2"),
    ],
)
def test_products_need_no_sign(text: object, means: str) -> None:
    """Names side by side are multiplied, the longest known name first, and all brackets are brackets."""
    assert equation(text) == means


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("a/b(x)", "S001", "above or below"),
        ("x(1-x", "S001", "never closed"),
        ("x{1-x)", "S001", "expected '}'"),
        ("2 000", "S001", "two numbers"),
        ("x = 1 - y = 0", "P702", "one expression"),
        ("", "G113", "empty"),
        (["x"], "G110", "an expression"),
        (True, "G110", "expected"),
        ({"latex": r"\int x"}, "P701", "cannot be read"),
        ({"tex": "x"}, "G107", "unknown key"),
        ({"note": "x"}, "G111", "latex"),
    ],
)
def test_what_cannot_be_read_is_refused(text: object, code: str, said: str) -> None:
    """A formula without a clear meaning is an error of the file, not a finding."""
    with pytest.raises((InputError, NameProblem)) as caught:
        equation(text)
    assert caught.value.code == code
    assert said in caught.value.message


def test_an_unknown_symbol_is_kept_for_the_check() -> None:
    """A name that the game does not have is no error of the file."""
    claim = claims(replicator={"x": "x(1-x)(a y - b L)"}).replicator["x"]
    assert claim.unknown == ("L",)
    assert to_text(claim.expression) == "x*(1 - x)*(a*y - b*L)"


def test_states_are_lists_mappings_brackets_or_ids() -> None:
    """A state can be written in four ways, and a rest point be spoken of by its id."""
    found = claims(
        rest_points=[
            {"id": "O", "at": [0, 0]},
            {"id": "N", "at": {"y": "b/a", "x": 1}},
            {"at": "(1, b/a)"},
            {"at": {"latex": r"(x^*, y^*) = \left(\frac{b}{a}, \frac{b}{a}\right)"}},
        ],
        stability=[{"at": "N", "label": "ESS"}, {"at": [1, 1], "label": "sink", "ess": True}],
        regimes=[
            {"stable": []},
            {"stable": ["O", [1, 1]], "when": "a > b"},
            {"stable": "N"},
            {"stable": [0, 1]},
        ],
        outcomes=[{"from": [0.2, "1/3"], "to": "O"}, {"from": "low", "to": [1, 1]}, {"to": "O"}],
    )
    assert [[to_text(c.expression) for c in p.at] for p in found.rest_points] == [
        ["0", "0"],
        ["1", "b/a"],
        ["1", "b/a"],
        ["b/a", "b/a"],
    ]
    assert found.stability[0].state.id == "N"
    assert found.stability[0].at == found.rest_points[1].at
    assert [len(r.stable) for r in found.regimes] == [0, 2, 1, 1]
    assert [s.id for s in found.regimes[1].stable] == ["O", None]
    assert condition_text(found.regimes[1].conditions[0]) == "a > b"
    fifth, third, tenth = Fraction(1, 5), Fraction(1, 3), Fraction(1, 10)
    assert [o.starts for o in found.outcomes] == [((fifth, third),), ((tenth, tenth),), ()]


def test_a_state_of_more_strategies_lists_every_share() -> None:
    """With three strategies a state has three entries, and a start must add up to 1."""
    game = {
        "populations": [{"name": "A", "share": "x", "strategies": ["r", "p", "s"]}],
        "payoff_matrix": [[0, 1, 2], [2, 0, 1], [1, 2, 0]],
    }
    point = {"rest_points": [{"at": ["1/3", "1/3", "1/3"]}]}
    assert len(read_published(load({**game, "published": point})).rest_points[0].at) == 3
    for published, code in (
        ({"rest_points": [{"at": [0, 1]}]}, "P703"),
        ({"outcomes": [{"from": [0.5, 0.5, 0.5], "to": [1, 0, 0]}]}, "V312"),
        ({"outcomes": [{"from": [1.5, -0.5, 0], "to": [1, 0, 0]}]}, "V311"),
    ):
        with pytest.raises(InputError) as caught:
            read_published(load({**game, "published": published}))
        assert caught.value.code == code


def test_eigenvalues_know_the_imaginary_unit() -> None:
    """I is the imaginary unit in eigenvalues unless the game has such a name, and ± makes two."""
    found = claims(stability=[{"at": [0, 0], "eigenvalues": ["-b", "±I sqrt(a)"]}]).stability[0]
    assert found.eigenvalues is not None
    assert [e.text for e in found.eigenvalues] == ["-b", "I sqrt(a)", "-I sqrt(a)"]
    assert [e.unknown for e in found.eigenvalues] == [(), (), ()]


def test_conditions_stand_alone_or_in_lists() -> None:
    """`stable_when` is a condition or a list of them; an empty list says always, nothing says nothing."""
    found = claims(
        stability=[
            {"at": [0, 0], "stable_when": "a < b"},
            {"at": [0, 0], "stable_when": [{"latex": r"a < b,\ q \le F"}, "0 < a < 1"]},
            {"at": [0, 0], "stable_when": []},
            {"at": [0, 0], "stable_when": True},
            {"at": [0, 0]},
        ]
    ).stability
    texts = [
        None if s.stable_when is None else [condition_text(c.condition) for c in s.stable_when] for s in found
    ]
    assert texts == [["a < b"], ["a < b and q <= F", "0 < a and a < 1"], [], [condition_text(TRUE)], None]


def test_circumstances_reach_every_part_of_a_claim() -> None:
    """The scenario and the conditions of a claim hold for its eigenvalues and states."""
    claim = claims(
        stability=[
            {"at": [0, 0], "eigenvalues": ["-b"], "scenario": "high", "when": ["a > 0"], "where": "p. 7"}
        ]
    ).stability[0]
    assert claim.eigenvalues is not None
    for part in (claim, claim.state, claim.at[0], claim.eigenvalues[0]):
        assert part.scenario == "high"
        assert part.when_text == "a > 0"
        assert part.cited == "p. 7"


def test_other_claims() -> None:
    """Thresholds, curves and effects are read, and effects may name several shares."""
    found = claims(
        thresholds=[{"parameter": "a", "equals": "a* = b/F", "value": 1}, {"parameter": "M", "value": "1/2"}],
        curves=[{"zero_of": "x", "equals": "y = b/a"}, {"zero_of": "y", "equals": "a x = b"}],
        effects=[{"parameter": "a", "on": ["x", "y"], "sign": "-"}, {"parameter": "kappa", "on": "x"}],
        complete={"rest_points": True},
    )
    first, second = found.thresholds
    assert first.equals is not None
    assert to_text(first.equals.expression) == "b/F"
    assert (second.parameter, second.unknown) == ("M", ("M",))
    assert [(c.variable, to_text(c.equals.expression)) for c in found.curves] == [
        ("y", "b/a"),
        (None, "a*x - b"),
    ]
    assert [(e.on, e.sign, e.unknown) for e in found.effects] == [
        ("x", -1, ()),
        ("y", -1, ()),
        ("x", None, ("kappa",)),
    ]
    assert found.complete == {"rest_points": True}


@pytest.mark.parametrize(
    ("word", "label", "ess"),
    [
        ("ESS", None, True),
        ("Evolutionarily stable strategy", None, True),
        ("not ESS", None, False),
        ("sink", "asymptotically stable", None),
        ("Stable node", "asymptotically stable", None),
        ("asymptotically stable", "asymptotically stable", None),
        ("stable", "stable", None),
        ("Saddle point", "saddle", None),
        ("an unstable node", "source", None),
        ("unstable point", "unstable", None),
        ("center", "centre", None),
        ("鞍点", "saddle", None),
        ("uncertain", None, None),
    ],
)
def test_words_for_stability(word: str, label: str | None, ess: bool | None) -> None:
    """ESS is a claim about the game, stable may mean Lyapunov, and synonyms are one label."""
    assert stability_word(word) == (label, ess)


@pytest.mark.parametrize(
    ("published", "code", "said"),
    [
        ({"stability": [{"at": "N5", "label": "ESS"}]}, "P704", "no rest point under `published` has the id"),
        ({"stability": [{"at": [0, 0], "label": "semi-stable"}]}, "P705", "not a known word"),
        ({"stability": [{"at": [0, 0], "label": "ESS", "ess": False}]}, "P705", "contradicts"),
        ({"stability": [{"at": [0, 0], "ess": "yes"}]}, "G110", "true or false"),
        ({"stability": [{"label": "ESS"}]}, "G111", "needs `at`"),
        ({"rest_points": [{"at": [0, 0, 0]}]}, "P703", "2 entries, one for each of x, y; found 3"),
        ({"rest_points": [{"at": {"x": 0}}]}, "P703", "lacks the share `y`"),
        ({"rest_points": [{"id": "O", "at": [0, 0]}, {"id": "O", "at": [1, 1]}]}, "G108", "two rest points"),
        ({"jacobian": [["1"]]}, "P703", "2 rows and columns"),
        ({"jacobian": [["1", "0"], ["1"]]}, "P703", "2 rows and columns"),
        ({"replicator": {"w": "1"}}, "G120", "not a share"),
        ({"regimes": [{"when": ["a > b"]}]}, "G111", "needs `stable`"),
        ({"regimes": [{"stable": [], "when": ["a"]}]}, "S001", "a comparison"),
        ({"outcomes": [{"from": [0.2, 2], "to": [1, 1]}]}, "V311", "between 0 and 1"),
        ({"outcomes": [{"from": [0.2], "to": [1, 1]}]}, "P703", "found 1"),
        ({"outcomes": [{"from": "nowhere", "to": [1, 1]}]}, "G110", "a list of numbers"),
        ({"thresholds": [{"parameter": "a"}]}, "G111", "`equals` or `value`"),
        ({"curves": [{"zero_of": "x", "equals": "b/a"}]}, "S001", "needs its `=`"),
        ({"effects": [{"parameter": "a", "on": "a"}]}, "G120", "not a share"),
        ({"effects": [{"parameter": "a", "on": "x", "sign": "much"}]}, "G110", "+, - or 0"),
        ({"replicator": {"x": {"latex": "x", "scenario": "low"}}}, "V303", "no scenario"),
        ({"complete": {"everything": True}}, "G107", "unknown key"),
    ],
)
def test_claims_that_make_no_sense_are_refused(published: dict[str, Any], code: str, said: str) -> None:
    """A claim of the wrong shape is an error of the file that says what was expected."""
    with pytest.raises((InputError, NameProblem)) as caught:
        claims(**published)
    assert caught.value.code == code, caught.value
    assert said in caught.value.message


def test_a_fault_in_a_file_has_its_line_and_caret(tmp_path: Path) -> None:
    """The caret stands below the fault itself, also within LaTeX."""
    path = tmp_path / "game.yaml"
    published = {"replicator": {"x": "x(1-x)(a y - b)", "y": {"latex": r"y(1-y)\oint a"}}}
    with path.open("w", encoding="utf-8") as file:
        yaml.safe_dump({**copy.deepcopy(dict(GAME)), "published": published}, file, allow_unicode=True)
    lines = path.read_text("utf-8").splitlines()
    row = next(k for k, text in enumerate(lines) if "oint" in text)
    with pytest.raises(InputError) as caught:
        read_published(load(path))
    where = caught.value.where
    assert where is not None
    assert where.line == row + 1
    assert where.column == lines[row].index("\\oint") + 1
    assert where.width == len("\\oint")


def test_claims_know_their_place(tmp_path: Path) -> None:
    """Each claim can say where in the file it stands."""
    path = tmp_path / "game.yaml"
    path.write_text(
        "advantages: {x: 'a*y - 1', y: 'x'}\n"
        "populations: [{name: A, share: x}, {name: B, share: y}]\n"
        "parameters: {a: 1}\n"
        "published:\n"
        "  replicator: {x: 'x(1-x)(a y - 1)'}\n"
        "  stability:\n"
        "    - {at: [0, 0], label: saddle}\n",
        encoding="utf-8",
    )
    found = read_published(load(path))
    assert str(found.replicator["x"].place) == f"{path}:5:19"
    assert (found.stability[0].line, found.stability[0].place.column) == (7, 27)
    assert str(found.stability[0].at[1].place) == f"{path}:7:16"


ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.floats(),
    st.fractions(0, 1, max_denominator=9),
    st.sampled_from(
        [
            "x",
            "O",
            "(0, 1)",
            "a > b",
            "a < x < 1",
            "b/a",
            "ESS",
            "saddle",
            "high",
            "low",
            "+",
            "",
            "y = b",
            "±I",
            "x(1-x)(a y",
            "always",
        ]
    ),
    st.sampled_from([r"\frac{b}{a}", r"(0,\ 1)", r"a \le b", r"\oint"]).map(lambda t: {"latex": t}),
)
KEYS = (
    "at",
    "id",
    "label",
    "ess",
    "eigenvalues",
    "stable_when",
    "stable",
    "when",
    "scenario",
    "from",
    "to",
    "sign",
    "parameter",
    "equals",
    "value",
    "zero_of",
    "on",
    "note",
    "where",
    "latex",
    "x",
    "y",
)
VALUES = st.recursive(
    ATOMS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(KEYS), v, max_size=3),
    max_leaves=8,
)
CLAIM = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
LISTS = ("rest_points", "stability", "regimes", "outcomes", "thresholds", "curves", "effects")


@given(
    st.dictionaries(
        st.sampled_from([*LISTS, "replicator", "jacobian", "complete"]), st.lists(CLAIM) | VALUES, max_size=3
    )
)
def test_any_section_is_claims_or_an_explained_error(published: dict[str, Any]) -> None:
    """Whatever stands under `published`, the answer is claims or an error with a known code."""
    try:
        for claim in claims(**published).claims():
            assert claim.path[0] == "published"
    except (InputError, NameProblem) as problem:
        assert problem.code in EXPLANATIONS
        assert problem.where is not None


@pytest.mark.parametrize("written", [r'"\theta + 1"', r'"2 \nu"', r'"\frac{a}{b}"', r'"\beta"'])
def test_latex_in_double_quotes_is_never_misread(written: str, tmp_path: Path) -> None:
    """Where YAML takes a backslash for an escape, the fault is named instead of another formula read."""
    path = tmp_path / "game.yaml"
    path.write_text(
        "advantages: {x: 'a*y - 1', y: 'x'}\npopulations: [A, B]\nparameters: {a: 1}\n"
        f"published: {{replicator: {{x: {{latex: {written}}}}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="single quotes") as caught:
        read_published(load(path))
    assert caught.value.code in ("P701", "G110")
    assert caught.value.where is not None
    assert caught.value.where.line == 4


def test_latex_may_fill_several_lines(tmp_path: Path) -> None:
    """A block of several lines is one formula."""
    path = tmp_path / "game.yaml"
    path.write_text(
        "advantages: {x: 'a*y - 1', y: 'x'}\npopulations: [A, B]\nparameters: {a: 1}\npublished:\n"
        "  replicator:\n    x:\n      latex: |\n        x(1-x) \\\\\n        \\left(a y - 1\\right)\n",
        encoding="utf-8",
    )
    claim = read_published(load(path)).replicator["x"]
    assert to_text(claim.expression) == "x*(1 - x)*(a*y - 1)"
