"""The theorems, methods and libraries that an answer used, for citation.

What was used is decided from what was found, not from what was asked:
`separatrix.reports.citations`.

The visible basis of an answer: keys of theorems, flags, and the kind of game.

The rules: works, what answers use them for, and how one sees in an answer that it did.

Reasons and proofs have the keys of their theorems (`separatrix.analysis.theorems`), whose records name the
works; other references, such as that of the flag ``ess``, follow from the kind of game.

For developers
--------------
A new theorem is a record in `separatrix.analysis.theorems`, an entry in ``references.bib`` and a line
below; `tests/core/present/references/test_citations.py` reports which one is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from separatrix.analysis import theorems as t
from separatrix.analysis.results import Analysis
from separatrix.analysis.theorems import BRANCH_AND_PRUNE, LINEAR_SUPPORTS, WEIGHTS, Theorem, theorems_of
from separatrix.audit.evidence.findings import Finding
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import AdvantageForm, FunctionForm, GroupForm, PairwiseForm
from separatrix.languages import Language, language_of
from separatrix.reports.bibliography import Reference, authors_of, bibtex, references, text
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say, together

__all__ = [
    "CitationRule",
    "CitedAnalysis",
    "RULES",
    "Reference",
    "bibliography",
    "bibtex",
    "cite",
    "cited",
    "references_to_dict",
    "text",
    "used_for",
]


@dataclass(frozen=True)
class CitedAnalysis:
    """What is reported, and what can be seen in it."""

    analysis: Analysis
    findings: tuple[Finding, ...] = ()
    figures: bool = False

    @cached_property
    def theorems(self) -> frozenset[str]:
        """The keys of all theorems in reasons and proofs."""
        a = self.analysis
        told = [x.reason for x in a.rest_points] + [x.reason for x in a.rest_sets]
        told += [x.reason for x in a.rest_components] + [x.reason for x in a.cycles]
        told.append(a.completeness.proof)
        if a.regimes_completeness is not None:
            told.append(a.regimes_completeness.proof)
        return theorems_of(told)

    def rests_on(self, *theorems: Theorem) -> bool:
        """Whether some reason or proof uses one of these theorems."""
        return any(theorem.key in self.theorems for theorem in theorems)

    def flags(self, name: str) -> bool:
        """Whether some rest point says whether it is ``nash``, ``ess`` or ``nss``."""
        return any(getattr(p, name) is not None for p in self.analysis.rest_points)

    @property
    def one(self) -> bool:
        """One population."""
        return self.analysis.game.plays_itself

    @cached_property
    def own_play(self) -> bool:
        """Several populations, and what one of them earns depends on its own shares."""
        game = self.analysis.game
        if self.one:
            return False
        if isinstance(game.form, PairwiseForm):
            return any(i == j for i, j in game.form.matrices)
        if isinstance(game.form, FunctionForm):
            payoffs: Sequence[Sequence[Expression]] = game.form.payoffs
        elif isinstance(game.form, AdvantageForm):
            by_share = game.form.by_share
            payoffs = [[by_share[s] for s in p.shares if s in by_share] for p in game.populations]
        else:
            return False
        return any(
            self._moved_by(payoff) & set(population.shares)
            for population, its in zip(game.populations, payoffs, strict=True)
            for payoff in its
        )

    def _moved_by(self, payoff: Expression) -> set[str]:
        """The names in a payoff, and those behind its shorthands."""
        lets = self.analysis.game.lets
        names = set(names_in(payoff))
        while more := {n for let in names & lets.keys() for n in names_in(lets[let])} - names:
            names |= more
        return names

    @property
    def linear(self) -> bool:
        """Solved by linear algebra, support by support, with numbers."""
        return self.rests_on(LINEAR_SUPPORTS)

    @property
    def searched(self) -> bool:
        """Searched by branch and prune."""
        return self.rests_on(BRANCH_AND_PRUNE)

    def pieces(self, dimension: int) -> bool:
        """Rest sets of this dimension or more that linear algebra found."""
        return self.linear and any(s.dimension >= dimension and s.corners for s in self.analysis.rest_sets)

    @property
    def irrational(self) -> bool:
        """A state with a square root at which the label changes along a rest set."""
        return self.linear and any(
            "sqrt" in condition_text(equation)
            for s in self.analysis.rest_sets
            if not s.dimension
            for equation in s.equations
        )

    @property
    def enclosed(self) -> bool:
        """Some eigenvalues have no short closed form."""
        return any(p.eigenvalues and p.eigenvalues_exact is None for p in self.analysis.rest_points)

    @property
    def weights(self) -> bool:
        """Weights were found by linear programming."""
        return self.linear and (self.rests_on(WEIGHTS) or (self.own_play and self.flags("ess")))

    @property
    def widest(self) -> int:
        """The dimension of the largest face with a rest point inside."""
        return max((sum(len(s) - 1 for s in p.support) for p in self.analysis.rest_points), default=0)

    @property
    def shape(self) -> str | None:
        """The shape of the portrait, where one is shown."""
        if not self.figures:
            return None
        from separatrix.figures.phase_portrait import shape_of, why_no_figure

        return shape_of(self.analysis) if why_no_figure(self.analysis) is None else None

    def finds(self, *codes: str) -> bool:
        """Whether there is a finding with one of these codes."""
        return any(f.code in codes for f in self.findings)


class CitationRule(NamedTuple):
    """Works, what they are used for, and when they are."""

    keys: tuple[str, ...]
    purpose: Sentence
    used: Callable[[CitedAnalysis], bool]


def _rule_for_theorem(
    theorem: Theorem, when: Callable[[CitedAnalysis], bool] = lambda a: True
) -> CitationRule:
    """Return the rule that cites the works of a theorem where some reason uses it."""
    return CitationRule(theorem.references, theorem.purpose, lambda a: a.rests_on(theorem) and when(a))


_MODEL = (
    CitationRule(("separatrix",), say("the analysis"), lambda a: True),
    CitationRule(("Hart2010",), say("exact arithmetic with FLINT"), lambda a: True),
    CitationRule(("TaylorJonker1978",), say("the replicator dynamics"), lambda a: True),
    CitationRule(
        ("HofbauerSigmund1998",),
        say("the replicator dynamics of several populations"),
        lambda a: not a.one,
    ),
    CitationRule(
        ("BachHelvikChristiansen2006",),
        say("expected payoffs in groups drawn at random"),
        lambda a: isinstance(a.analysis.game.form, GroupForm),
    ),
)

_GAME = (
    CitationRule(t.NASH.references, t.NASH.purpose, lambda a: a.flags("nash") or a.rests_on(t.NASH)),
    CitationRule(
        t.EVOLUTIONARILY_STABLE.references,
        t.EVOLUTIONARILY_STABLE.purpose,
        lambda a: a.flags("ess") or a.rests_on(t.EVOLUTIONARILY_STABLE),
    ),
    CitationRule(("MaynardSmith1982",), say("neutral stability"), lambda a: a.one and a.flags("nss")),
    CitationRule(
        ("Haigh1975", "Abakuks1980"),
        say("the exact test of evolutionary stability"),
        lambda a: a.one and a.linear and a.flags("ess"),
    ),
    CitationRule(
        ("Hadeler1983", "MotzkinStraus1965"),
        say("copositivity, which decides evolutionary stability"),
        lambda a: a.one and a.linear and a.flags("ess"),
    ),
    CitationRule(
        ("PohleyThomas1983",),
        say("evolutionary stability where payoffs are not linear in the shares"),
        lambda a: a.one and a.rests_on(t.FACES) and a.flags("ess"),
    ),
    CitationRule(
        ("Selten1980",),
        say("evolutionary stability as strict Nash equilibrium in several populations"),
        lambda a: not a.one and not a.own_play and a.flags("ess"),
    ),
    CitationRule(
        ("Cressman1992", "CressmanGarayHofbauer2001"),
        say("evolutionary stability of populations with intraspecific interactions"),
        lambda a: a.own_play and a.flags("ess"),
    ),
    CitationRule(
        ("BomzeWeibull1995",),
        say("neutral stability"),
        lambda a: a.one and a.linear and a.flags("nss"),
    ),
)

_STABILITY = (
    _rule_for_theorem(t.LINEARISATION),
    _rule_for_theorem(t.LYAPUNOV_FUNCTION),
    _rule_for_theorem(t.STRICT_NASH),
    _rule_for_theorem(t.ESS),
    _rule_for_theorem(t.ESS_OF_LINEAR_GAME),
    _rule_for_theorem(t.ESS_OF_SEVERAL),
    _rule_for_theorem(t.NEUTRAL_STABILITY),
    _rule_for_theorem(t.ES_SET),
    _rule_for_theorem(t.STRICT_EQUILIBRIUM_SET),
    _rule_for_theorem(t.CHETAEV),
    _rule_for_theorem(t.INVARIANCE),
    _rule_for_theorem(t.CENTRE_MANIFOLD),
    _rule_for_theorem(t.NORMALLY_HYPERBOLIC),
    _rule_for_theorem(t.CONSERVED_QUANTITY),
    _rule_for_theorem(t.RELATIVE_ENTROPY),
    _rule_for_theorem(t.CENTRE_OF_THREE),
    _rule_for_theorem(t.NO_ISOLATED_ORBIT),
    _rule_for_theorem(t.NORMAL_FORM),
    _rule_for_theorem(t.WEAK_FOCUS),
    CitationRule(
        t.HETEROCLINIC_CYCLE.references,
        t.HETEROCLINIC_CYCLE.purpose,
        lambda a: bool(a.analysis.cycles) or a.rests_on(t.HETEROCLINIC_CYCLE),
    ),
    _rule_for_theorem(t.CHARACTERISTIC_MATRIX),
    _rule_for_theorem(t.CRAMER, lambda a: a.widest > 1),
)

_PROOF = (
    _rule_for_theorem(t.INDEX_OF_ONE),
    _rule_for_theorem(t.INDEX),
    _rule_for_theorem(t.BRANCH_AND_PRUNE),
    CitationRule(
        ("Johansson2017",),
        say("ball arithmetic with Arb"),
        lambda a: a.searched or a.finds("P607", "P614"),
    ),
    CitationRule(
        ("Johansson2017",),
        say("enclosures of eigenvalues with Arb"),
        lambda a: a.linear and a.enclosed,
    ),
    CitationRule(
        ("Garloff1986", "BoudaoudCarusoRoy2008"),
        say("bounds of polynomials by Bernstein coefficients"),
        lambda a: a.searched,
    ),
    CitationRule(
        ("Garloff1986", "LaneRiesenfeld1981"),
        say("signs of polynomials on continua of equilibria"),
        lambda a: a.pieces(2),
    ),
    CitationRule(
        ("MotzkinRaiffaThompsonThrall1953", "FukudaProdon1996"),
        say("the corners of continua of equilibria"),
        lambda a: a.pieces(1),
    ),
    CitationRule(
        ("Gantmacher1959",),
        say("the signs of eigenvalues along continua of equilibria"),
        lambda a: a.irrational,
    ),
    CitationRule(
        t.WEIGHTS_OF_CYCLE.references,
        t.WEIGHTS_OF_CYCLE.purpose,
        lambda a: a.weights or a.rests_on(t.WEIGHTS_OF_CYCLE, t.INVARIANCE, t.ES_SET),
    ),
    CitationRule(t.WEIGHTS.references, t.WEIGHTS.purpose, lambda a: a.weights),
    CitationRule(
        ("Macaulay1916",),
        say("isolation of common zeros of polynomials"),
        lambda a: a.linear and a.rests_on(t.INVARIANCE) and a.widest > 2,
    ),
    _rule_for_theorem(t.SATISFIABILITY),
)

_SHOWN = (
    CitationRule(
        ("Weibull1995",),
        say("the difference between evolutionary and asymptotic stability"),
        lambda a: a.finds("P608"),
    ),
    CitationRule(("DormandPrince1980",), say("where trajectories end"), lambda a: a.finds("P613")),
    CitationRule(
        ("HofbauerSigmund1998",),
        say("what trajectories can converge to"),
        lambda a: a.finds("P613"),
    ),
    CitationRule(("Hunter2007",), say("the figures"), lambda a: a.shape is not None),
    CitationRule(
        ("HairerNorsettWanner1993", "Virtanen2020"),
        say("the trajectories in the figures"),
        lambda a: a.shape in ("cube", "triangle"),
    ),
    CitationRule(
        ("Zeeman1980",), say("phase portraits of three strategies"), lambda a: a.shape == "triangle"
    ),
)

RULES: tuple[CitationRule, ...] = (*_MODEL, *_GAME, *_STABILITY, *_PROOF, *_SHOWN)


def cite(analysis: Analysis | None = None) -> str:
    """Return BibTeX of what an answer used: theorems, methods, libraries, and this program.

    Parameters
    ----------
    analysis : Analysis, optional
        From `separatrix.analyze`; without one, only the entry of the program is returned.  What
        `separatrix.load` takes stands for the analysis of that game, with its own values.

    Returns
    -------
    str
        Entries of BibTeX: this program first, the rest by author and year.

    Raises
    ------
    SeparatrixError
        As `separatrix.load` and `separatrix.analyze` raise it, where a source is given.

    Examples
    --------
    >>> import separatrix
    >>> analysis = separatrix.analyze(separatrix.load("shi-chen-2018"))
    >>> [line for line in separatrix.cite(analysis).splitlines() if line.startswith("@book")]
    ['@book{HofbauerSigmund1998,']
    """
    return bibtex((references()["separatrix"],) if analysis is None else cited(analysis))


def cited(
    analysis: Analysis, findings: Sequence[Finding] = (), *, figures: bool = False
) -> tuple[Reference, ...]:
    """Return what an answer used, this program first and the rest by author and year.

    Parameters
    ----------
    analysis : Analysis
    findings : sequence of Finding
        Those of `separatrix.check` that are shown with it.
    figures : bool
        Whether its portrait is shown too.

    Returns
    -------
    tuple of Reference
        Each with what it was used for.

    Examples
    --------
    >>> import separatrix
    >>> found = cited(separatrix.analyze(separatrix.load("hawk-dove-one-population")))
    >>> [(reference.key, str(used_for(reference))) for reference in found][:2]
    [('separatrix', 'the analysis'), ('Hart2010', 'exact arithmetic with FLINT')]
    """
    answer = CitedAnalysis(analysis, tuple(findings), figures)
    uses: dict[str, dict[str, None]] = {}  # each purpose once, in the order of the rules
    for rule in RULES:
        if rule.used(answer):
            for key in rule.keys:
                uses.setdefault(key, {})[rule.purpose] = None
    known = references()
    found = [replace(known[key], uses=tuple(purposes)) for key, purposes in uses.items()]
    return tuple(sorted(found, key=_place))


def used_for(reference: Reference) -> str:
    """Return what an answer used a reference for, as a translatable sentence.

    Parameters
    ----------
    reference : Reference
        As `cited` returns it.

    Returns
    -------
    str
        A sentence of `separatrix.sentences`.

    Examples
    --------
    >>> from separatrix import analyze, load
    >>> str(used_for(cited(analyze(load("shi-chen-2018")))[0]))
    'the analysis'
    """
    return together(reference.uses, "; ")


def bibliography(works: Sequence[Reference], words: Language | None = None) -> str:
    """Return references as text, each with what it was used for, in English by default."""
    words = words or language_of("en")
    lines = []
    for work in works:
        lines.append(text(work))
        if work.uses:
            lines.append(f"    {words.USED_FOR.format(what=words.tell(used_for(work)))}")
    return "\n".join(lines) + "\n"


def references_to_dict(analysis: Analysis | None, works: Sequence[Reference]) -> dict[str, Any]:
    """Return references as plain data (schema 1; keys are added, never renamed)."""
    model = None if analysis is None else {"title": analysis.game.title, "source": analysis.game.source}
    return {
        "schema": 1,
        "model": model,
        "references": [
            {
                "key": work.key,
                "type": work.kind,
                "fields": dict(work.fields),
                "text": text(work),
                "used_for": str(used_for(work)) if work.uses else None,
            }
            for work in works
        ],
    }


def _place(reference: Reference) -> tuple[bool, tuple[str, ...], str]:
    authors = tuple(name.casefold() for name in authors_of(reference))
    return (reference.key != "separatrix", authors, reference.fields["year"])
