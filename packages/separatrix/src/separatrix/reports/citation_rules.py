"""The rules: works, what answers use them for, and how one sees in an answer that it did.

Reasons and proofs have the keys of their theorems (`separatrix.analysis.theorems`), whose records name the
works; other references, such as that of the flag ``ess``, follow from the kind of game.

For developers
--------------
A new theorem is a record in `separatrix.analysis.theorems`, an entry in ``references.bib`` and a line
below; `tests/present/references/test_citations.py` reports which one is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from separatrix.analysis import theorems as t
from separatrix.analysis.theorems import Theorem
from separatrix.game.model import GroupForm
from separatrix.reports.citation_signs import CitedAnalysis
from separatrix.sentences import Sentence, say

__all__ = ["RULES", "CitationRule"]


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
