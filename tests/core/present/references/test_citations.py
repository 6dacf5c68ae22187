"""Citations: each reason leads to its source, each entry is well-formed, and nothing is cited in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import separatrix
from core.present.games import FOUR, HOSTILE, OWN_PLAY, REST_EDGES, REST_SIDE, TIES
from published_cases import analysed
from separatrix.analysis import theorems
from separatrix.audit.evidence.findings import Finding
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.languages import language_of
from separatrix.reports.bibliography import authors_of, references
from separatrix.reports.citations import RULES, Reference, bibtex, cite, cited, text, used_for
from separatrix.sentences import Sentence, say, together
from source_files import source_files, source_path

ROOT = Path(__file__).resolve().parents[4]


def matrix(*rows: list[int]) -> separatrix.Analysis:
    """Analyse one population against itself."""
    return separatrix.analyze(separatrix.load({"title": "Matrix", "payoff_matrix": list(rows)}))


def keys(analysis: separatrix.Analysis, *codes: str, figures: bool = False) -> set[str]:
    """Return the keys that an answer cites, with findings of these codes."""
    findings = [Finding(code=c, severity="error", where="game", text="wrong") for c in codes]
    return {r.key for r in cited(analysis, findings, figures=figures)}


def saying(*reasons: str) -> separatrix.Analysis:
    """Return an answer whose rest points have these reasons."""
    a = analysed("prisoners-dilemma-one-population")
    point = replace(a.rest_points[0], reason=together(reasons, "; "))
    return replace(a, rest_points=(point,))


# --------------------------------------------------------------------------- the bibliography is BibTeX

NEEDED = {
    "article": {"author", "title", "journal", "year", "volume", "pages"},
    "book": {"author", "title", "publisher", "year"},
    "incollection": {"author", "title", "booktitle", "publisher", "year", "pages"},
    "inproceedings": {"author", "title", "booktitle", "publisher", "year", "pages"},
    "misc": {"author", "title", "howpublished", "year", "note"},
}


def parse(source: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield kind, key and fields of BibTeX entries, brace by brace, as BibTeX itself reads them."""
    at = 0
    while (start := source.find("@", at)) >= 0:
        found = re.compile(r"@(\w+)\{(\w+)").match(source, start)
        assert found, source[start : start + 40]
        at = found.end()
        fields = {}
        while source[at] == ",":
            name = re.compile(r",\s*(\w+) = \{").match(source, at)
            assert name, source[at : at + 40]
            assert name[1] not in fields, f"{found[2]} has {name[1]} twice"
            depth, begin = 1, name.end()
            at = begin
            while depth:
                depth += (source[at] == "{") - (source[at] == "}")
                at += 1
            fields[name[1]] = source[begin : at - 1]
        closing = re.compile(r"\s*\}\n").match(source, at)
        assert closing, source[at : at + 40]
        at = closing.end()
        yield found[1], found[2], fields


ENTRIES = {key: (kind, fields) for kind, key, fields in parse(bibtex(references().values()))}


def test_the_file_is_read_whole() -> None:
    """The output holds each entry of the file once, with all its fields."""
    source = source_path("separatrix/reports/references.bib").read_text("utf-8")
    found = re.findall(r"^@(\w+)\{(\w+),", source, re.MULTILINE)
    assert [(kind, key) for key, (kind, _) in ENTRIES.items()] == found
    assert source.count(" = {") + 1 == sum(len(fields) for _, fields in ENTRIES.values())


@pytest.mark.parametrize("key", references())
def test_every_entry_is_well_formed(key: str) -> None:
    """An entry has the fields that its type needs, and nothing that LaTeX or BibTeX would stumble over."""
    kind, fields = ENTRIES[key]
    assert NEEDED[kind] <= fields.keys()
    assert re.fullmatch(r"1[89]\d\d|20\d\d", fields["year"])
    for name, value in fields.items():
        assert value.isascii() and value == value.strip(), name
        if name != "doi":
            assert not re.search(r"(?<!\\)[&%#$_^~]", value), f"{name} = {value}"
    assert re.fullmatch(r"10\.\d{4,}/[^\s{}\\]+", fields.get("doi", "10.1234/x"))
    assert re.fullmatch(r"\d+--\d+", fields.get("pages", "1--2"))
    for name in authors_of(references()[key]):
        assert name in ("others", "The Separatrix authors") or re.fullmatch(r"[\w ]+, (\w\.[ -]?)+", name), (
            name
        )
    if key != "separatrix":
        assert key.endswith(fields["year"]) or key == "Virtanen2020"


def test_the_program_is_cited_as_it_asks_to_be() -> None:
    """The entry of Separatrix says what CITATION.cff says, and the version that is running."""
    asked = ROOT.joinpath("CITATION.cff").read_text("utf-8")
    fields = references()["separatrix"].fields
    assert f"version: {separatrix.__version__}\n" in asked
    assert fields["note"] == f"Version {separatrix.__version__}"
    assert f"date-released: {fields['year']}-" in asked
    assert f"title: {fields['title'].strip('{}')}\n" in asked
    assert f"name: {fields['author'].strip('{}')}\n" in asked


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (
            "Hadeler1983",
            "Hadeler, K. P. (1983). On copositive matrices. Linear Algebra and its Applications, "
            "49, 79–89. https://doi.org/10.1016/0024-3795(83)90095-2",
        ),
        (
            "BomzeWeibull1995",
            "Bomze, I. M. & Weibull, J. W. (1995). Does neutral stability imply Lyapunov "
            "stability? Games and Economic Behavior, 11(2), 173–192. https://doi.org/10.1006/game.1995.1048",
        ),
        (
            "Kuznetsov2004",
            "Kuznetsov, Y. A. (2004). Elements of Applied Bifurcation Theory (3rd ed., Applied "
            "Mathematical Sciences 112). Springer. https://doi.org/10.1007/978-1-4757-3978-7",
        ),
        ("Gantmacher1959", "Gantmacher, F. R. (1959). The Theory of Matrices (Vol. 2). Chelsea."),
        (
            "deMouraBjorner2008",
            "de Moura, L. & Bjørner, N. (2008). Z3: An efficient SMT solver. In Tools and Algorithms for "
            "the Construction and Analysis of Systems (Lecture Notes in Computer Science 4963, "
            "pp. 337–340). Springer. https://doi.org/10.1007/978-3-540-78800-3_24",
        ),
        (
            "Pliss1964",
            "Pliss, V. A. (1964). A reduction principle in the theory of stability of motion. "
            "Izvestiya Akademii Nauk SSSR, Seriya Matematicheskaya, 28(6), 1297–1324. In Russian.",
        ),
        (
            "separatrix",
            "The Separatrix authors (2026). Separatrix [Computer software]. Version "
            f"{separatrix.__version__}.",
        ),
    ],
)
def test_a_reference_is_one_line_as_papers_print_it(key: str, line: str) -> None:
    """Authors, year, title, where it appeared, doi; without braces or TeX."""
    assert text(references()[key]) == line


# ----------------------------------------------------------------------- every reason leads to its source

CITED = re.compile(
    r"(?P<names>[A-Z][A-Za-z]+(?:, [A-Z][A-Za-z]+)*(?: & [A-Z][A-Za-z]+)?) (?P<year>1[89]\d\d|20\d\d)"
    r"|\((?P<alone>[A-Z][A-Za-z]{4,}(?:(?: & |–)[A-Z][A-Za-z]+)?)(?:'s [a-z ]+| theorem)?\)"
)


def sentences() -> Iterator[tuple[str, Sentence]]:
    """Yield the sentences of the analysis, resting on the theorems that they are said to, and their places.

    Where a name stands for one of several theorems, the sentence has the keys of all of them.
    """
    for path in source_files("separatrix/analysis").values():
        tree = ast.parse(path.read_text("utf-8"))
        chosen = {
            node.targets[0].id: names_in(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        rests = {
            id(node.func.value): names_in(*node.args)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "resting_on"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                template = ast.literal_eval(node.args[0])
                names = {n for name in rests.get(id(node), ()) for n in (name, *chosen.get(name, ()))}
                by = [vars(theorems)[name] for name in sorted(names) if name in vars(theorems)]
                values = {name: 0 for _, name, _, _ in Formatter().parse(template) if name}
                yield f"{path.name}:{node.lineno}", Sentence(template, values).resting_on(*by)


def names_in(*trees: ast.AST) -> set[str]:
    """Return the names in expressions."""
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


NAMED = [(where, said, found) for where, said in sentences() for found in CITED.finditer(said.template)]


def test_reasons_that_name_theorems_are_seen() -> None:
    """The search below finds what it is about."""
    assert {"Thomas 1985", "(Chetaev's instability theorem)", "Cressman, Garay & Hofbauer 2001"} <= {
        f[0] for _, _, f in NAMED
    }


@pytest.mark.parametrize(
    ("said", "found"), [(s, f) for _, s, f in NAMED], ids=[f"{w}-{f[0]}" for w, _, f in NAMED]
)
def test_every_author_that_a_reason_names_is_cited(said: Sentence, found: re.Match[str]) -> None:
    """Where a reason names authors, it rests on a theorem whose works are theirs, of that year."""
    surnames = re.split(r", | & |–", found["names"] or found["alone"])
    works = cited(saying(said))
    assert any(
        [name.partition(",")[0] for name in authors_of(work)] == surnames
        and found["year"] in (None, work.fields["year"])
        for work in works
    ), f"{found[0]} is cited by no theorem that the reason rests on"


def test_nothing_is_cited_for_what_a_sentence_says() -> None:
    """The same words without a key lead to no citation: words may change, and what is cited does not."""
    bare = cited(saying(*(str(said) for _, said, _ in NAMED)))
    assert {r.key for r in bare} <= keys(saying("plain"))


@pytest.mark.parametrize("theorem", theorems.THEOREMS.values(), ids=str)
def test_every_theorem_is_cited_where_a_reason_rests_on_it(theorem: theorems.Theorem) -> None:
    """A record of a theorem has a rule by which its works are cited."""
    assert any(set(theorem.references) <= set(rule.keys) for rule in RULES)


def test_rules_and_entries_are_the_same_works() -> None:
    """A rule cites what the bibliography has, and every entry has a rule that leads to it."""
    assert {key for rule in RULES for key in rule.keys} == references().keys()


def test_every_entry_is_cited_by_some_answer() -> None:
    """For each work there is an answer that cites it: no rule waits for words that nothing says."""
    found = keys(analysed("dynamic-penalty"), "P607", "P608", "P613")
    found |= keys(analysed("rock-paper-scissors-one-population"), figures=True)
    found |= keys(analysed("hypercycle-four", True)) | keys(analysed("collective-risk"))
    found |= keys(analysed("shi-chen-2018", True))
    for source in (REST_EDGES, REST_SIDE, OWN_PLAY, FOUR, TIES):
        found |= keys(separatrix.analyze(separatrix.load(source)))
    for game in (
        ([0, 0, 0, 0],) * 4,
        ([0, 1, 1], [0, 0, 0], [-1, 0, 0]),
        ([3, 3, 3, 3], [-1, -3, 0, -1], [0, 0, 2, 0], [3, -2, -3, 3]),
        ([3, -2, 1, 1, -3], [-2, -1, 2, -3, 0], [-2, -3, -2, -1, 1], [-1, 2, -2, -1, 0], [3, -2, 1, 1, -3]),
        ([1, 1, 1, -1], [-1, 0, 1, 0], [1, -1, 1, 0], [1, 0, -1, 0]),
        ([0, -2, -1, 1], [1, 0, -2, -1], [-1, 1, 0, -2], [-2, -1, 1, 0]),
    ):
        found |= keys(matrix(*game))
    assert references().keys() - found == set()


# ------------------------------------------------------------------------------ nothing is cited in vain


@pytest.mark.parametrize(
    ("slug", "symbolic", "there", "absent"),
    [
        (
            "hawk-dove-one-population",
            False,
            {"MaynardSmithPrice1973"},
            {"HofbauerSigmund1998", "RitzbergerWeibull1995", "Selten1980", "deMouraBjorner2008"},
        ),
        (
            "shi-chen-2018",
            False,
            {"RitzbergerWeibull1995", "HofbauerSigmund1998", "Selten1980"},
            {"deMouraBjorner2008", "Krawczyk1969", "Cressman1992", "Hadeler1983", "Carr1981", "Hunter2007"},
        ),
        ("shi-chen-2018", True, {"deMouraBjorner2008"}, {"Hurwitz1895", "Krawczyk1969"}),
        (
            "rock-paper-scissors-one-population",
            False,
            {"Haigh1975", "Hadeler1983", "BomzeWeibull1995"},
            {"Krawczyk1969", "Selten1980", "PohleyThomas1983", "MotzkinRaiffaThompsonThrall1953"},
        ),
        (
            "dynamic-penalty",
            False,
            {"Krawczyk1969", "Johansson2017", "Garloff1986", "Ritzberger1994"},
            {"Selten1980", "LaneRiesenfeld1981", "Hadeler1983"},
        ),
        ("collective-risk", False, {"BachHelvikChristiansen2006", "PohleyThomas1983"}, {"Haigh1975"}),
    ],
)
def test_an_answer_cites_what_it_used_and_nothing_else(
    slug: str, symbolic: bool, there: set[str], absent: set[str]
) -> None:
    """What is cited follows from how the game was solved and what it was found to have."""
    found = keys(analysed(slug, symbolic))
    assert there <= found
    assert not absent & found
    assert {"separatrix", "TaylorJonker1978", "Hart2010"} <= found


def test_what_was_sought_in_vain_is_not_cited() -> None:
    """An undecided label that names the arguments it lacks leads to no citation."""
    undecided = [said for _, said in sentences() if re.search(r"no (conserved quantity|Lyapunov)", said)]
    assert len(undecided) >= 2
    for reason in undecided:
        found = cited(saying(reason))
        assert say("conserved quantities and relative entropies") not in {u for r in found for u in r.uses}
        assert say("Lyapunov functions") not in {u for r in found for u in r.uses}


def test_figures_and_findings_bring_their_own_sources() -> None:
    """What only a figure or a finding used is cited only beside it."""
    answer = analysed("rock-paper-scissors-one-population")
    assert keys(answer, figures=True) - keys(answer) == {
        "Hunter2007",
        "HairerNorsettWanner1993",
        "Virtanen2020",
        "Zeeman1980",
    }
    assert "DormandPrince1980" in keys(answer, "P613")
    assert "DormandPrince1980" not in keys(answer, "P601")
    game = {"title": "No values", "payoff_matrix": [["a", 0], [0, "b"]], "parameters": {"a": None, "b": None}}
    symbolic = separatrix.analyze(separatrix.load(game), symbolic=True)
    assert keys(symbolic, figures=True) == keys(symbolic), "there is no figure without values"


def test_the_codes_of_findings_exist() -> None:
    """A rule that waits for a finding waits for one that `check` can make."""
    source = source_path("separatrix/reports/citations.py").read_text("utf-8")
    codes = set(re.findall(r'"(P\d{3})"', source))
    assert codes and codes <= EXPLANATIONS.keys()


def test_references_are_in_the_order_of_a_list() -> None:
    """The program first, then by author and year; one author before the same one with others."""
    found = [r.key for r in cited(analysed("rock-paper-scissors-one-population"))]
    assert found[0] == "separatrix"
    assert found.index("MaynardSmith1982") < found.index("MaynardSmithPrice1973") < found.index("Nash1951")
    assert len(found) == len(set(found))


# -------------------------------------------------------------------------------- what each was used for


def test_each_reference_says_what_it_was_used_for() -> None:
    """One work can serve several ends; they are told in English and in Chinese."""
    (work,) = (
        r for r in cited(analysed("rock-paper-scissors-one-population")) if r.key == "HofbauerSigmund1998"
    )
    assert (
        used_for(work)
        == "conserved quantities and relative entropies; heteroclinic cycles; the index theorem"
    )
    assert language_of("zh").tell(used_for(work)) == "守恒量与相对熵；异宿环；指标定理"


@pytest.mark.parametrize("template", sorted({rule.purpose.template for rule in RULES}))
def test_every_purpose_can_be_told_in_chinese(template: str) -> None:
    """The language file has a template for each purpose."""
    told = language_of("zh").tell(say(template))
    assert told != template
    assert re.search(r"[\u4e00-\u9fff]", told)


# ------------------------------------------------------------------------------------- as a user has it


def test_cite_without_an_answer_is_about_the_program() -> None:
    """Without an analysis there is one entry."""
    assert [key for _, key, _ in parse(cite())] == ["separatrix"]


def test_nothing_that_a_user_names_gets_into_the_bibtex() -> None:
    """Names and sources of games stay out, whatever they hold."""
    hostile: dict[str, Any] = HOSTILE | {"source": "@misc{x, title = {\\input{y}}}"}
    answer = separatrix.analyze(separatrix.load(hostile))
    entries = {key: (kind, fields) for kind, key, fields in parse(separatrix.cite(answer))}
    assert entries.keys() <= references().keys()
    assert entries == {key: ENTRIES[key] for key in entries}


def test_references_can_be_kept_in_sets() -> None:
    """A reference is a value: equal to another of the same content, and hashable."""
    first, second = (cited(analysed("shi-chen-2018"))[0] for _ in range(2))
    assert first == second
    assert len({first, second}) == 1
    assert isinstance(first, Reference)
