"""The rules: works, what answers use them for, and how one sees in an answer that it did.

Reasons and proofs carry the keys of what they rest on (`separatrix.analysis.theorems`), whose records name
the works; other things, such as what the flag ``ess`` means, follow from the kind of game.

For developers
--------------
A new theorem is a record in `separatrix.analysis.theorems`, an entry in ``references.bib`` and a line below;
`tests/present/references/test_citations.py` tells which one is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from separatrix.analysis import theorems as t
from separatrix.analysis.theorems import Theorem
from separatrix.game.model import GroupForm
from separatrix.reports.citation_signs import Answer
from separatrix.sentences import Sentence, say

__all__ = ["RULES", "Rule"]


class Rule(NamedTuple):
    """Works, what they are used for, and when they are."""

    keys: tuple[str, ...]
    purpose: Sentence
    used: Callable[[Answer], bool]


def _by(theorem: Theorem, when: Callable[[Answer], bool] = lambda a: True) -> Rule:
    """Return the rule that a theorem's works are cited where some reason rests on it."""
    return Rule(theorem.references, theorem.purpose, lambda a: a.rests_on(theorem) and when(a))


_MODEL = (
    Rule(("separatrix",), say("the analysis"), lambda a: True),
    Rule(("Hart2010",), say("exact arithmetic with FLINT"), lambda a: True),
    Rule(("TaylorJonker1978",), say("the replicator dynamics"), lambda a: True),
    Rule(
        ("HofbauerSigmund1998",),
        say("the replicator dynamics of several populations"),
        lambda a: not a.one,
    ),
    Rule(
        ("BachHelvikChristiansen2006",),
        say("expected payoffs in groups drawn at random"),
        lambda a: isinstance(a.analysis.game.form, GroupForm),
    ),
)

_GAME = (
    Rule(t.NASH.references, t.NASH.purpose, lambda a: a.flags("nash") or a.rests_on(t.NASH)),
    Rule(
        t.EVOLUTIONARILY_STABLE.references,
        t.EVOLUTIONARILY_STABLE.purpose,
        lambda a: a.flags("ess") or a.rests_on(t.EVOLUTIONARILY_STABLE),
    ),
    Rule(("MaynardSmith1982",), say("neutral stability"), lambda a: a.one and a.flags("nss")),
    Rule(
        ("Haigh1975", "Abakuks1980"),
        say("the exact test of evolutionary stability"),
        lambda a: a.one and a.linear and a.flags("ess"),
    ),
    Rule(
        ("Hadeler1983", "MotzkinStraus1965"),
        say("copositivity, which decides evolutionary stability"),
        lambda a: a.one and a.linear and a.flags("ess"),
    ),
    Rule(
        ("PohleyThomas1983",),
        say("evolutionary stability where payoffs are not linear in the shares"),
        lambda a: a.one and a.rests_on(t.FACES) and a.flags("ess"),
    ),
    Rule(
        ("Selten1980",),
        say("evolutionary stability as strict Nash equilibrium in several populations"),
        lambda a: not a.one and not a.own_play and a.flags("ess"),
    ),
    Rule(
        ("Cressman1992", "CressmanGarayHofbauer2001"),
        say("evolutionary stability of populations with intraspecific interactions"),
        lambda a: a.own_play and a.flags("ess"),
    ),
    Rule(
        ("BomzeWeibull1995",),
        say("neutral stability"),
        lambda a: a.one and a.linear and a.flags("nss"),
    ),
)

_STABILITY = (
    _by(t.LINEARISATION),
    _by(t.LYAPUNOV_FUNCTION),
    _by(t.STRICT_NASH),
    _by(t.ESS),
    _by(t.ESS_OF_LINEAR_GAME),
    _by(t.ESS_OF_SEVERAL),
    _by(t.NEUTRAL_STABILITY),
    _by(t.ES_SET),
    _by(t.STRICT_EQUILIBRIUM_SET),
    _by(t.CHETAEV),
    _by(t.INVARIANCE),
    _by(t.CENTRE_MANIFOLD),
    _by(t.NORMALLY_HYPERBOLIC),
    _by(t.CONSERVED_QUANTITY),
    _by(t.RELATIVE_ENTROPY),
    _by(t.CENTRE_OF_THREE),
    _by(t.NO_ISOLATED_ORBIT),
    _by(t.NORMAL_FORM),
    _by(t.WEAK_FOCUS),
    Rule(
        t.HETEROCLINIC_CYCLE.references,
        t.HETEROCLINIC_CYCLE.purpose,
        lambda a: bool(a.analysis.cycles) or a.rests_on(t.HETEROCLINIC_CYCLE),
    ),
    _by(t.CHARACTERISTIC_MATRIX),
    _by(t.CRAMER, lambda a: a.widest > 1),
)

_PROOF = (
    _by(t.INDEX_OF_ONE),
    _by(t.INDEX),
    _by(t.BRANCH_AND_PRUNE),
    Rule(
        ("Johansson2017",),
        say("ball arithmetic with Arb"),
        lambda a: a.searched or a.finds("P607", "P614"),
    ),
    Rule(
        ("Johansson2017",),
        say("enclosures of eigenvalues with Arb"),
        lambda a: a.linear and a.enclosed,
    ),
    Rule(
        ("Garloff1986", "BoudaoudCarusoRoy2008"),
        say("bounds of polynomials by Bernstein coefficients"),
        lambda a: a.searched,
    ),
    Rule(
        ("Garloff1986", "LaneRiesenfeld1981"),
        say("signs of polynomials on continua of equilibria"),
        lambda a: a.pieces(2),
    ),
    Rule(
        ("MotzkinRaiffaThompsonThrall1953", "FukudaProdon1996"),
        say("the corners of continua of equilibria"),
        lambda a: a.pieces(1),
    ),
    Rule(
        ("Gantmacher1959",),
        say("the signs of eigenvalues along continua of equilibria"),
        lambda a: a.irrational,
    ),
    Rule(
        t.WEIGHTS_OF_CYCLE.references,
        t.WEIGHTS_OF_CYCLE.purpose,
        lambda a: a.weights or a.rests_on(t.WEIGHTS_OF_CYCLE, t.INVARIANCE, t.ES_SET),
    ),
    Rule(t.WEIGHTS.references, t.WEIGHTS.purpose, lambda a: a.weights),
    Rule(
        ("Macaulay1916",),
        say("isolation of common zeros of polynomials"),
        lambda a: a.linear and a.rests_on(t.INVARIANCE) and a.widest > 2,
    ),
    _by(t.SATISFIABILITY),
)

_SHOWN = (
    Rule(
        ("Weibull1995",),
        say("the difference between evolutionary and asymptotic stability"),
        lambda a: a.finds("P608"),
    ),
    Rule(("DormandPrince1980",), say("where trajectories end"), lambda a: a.finds("P613")),
    Rule(
        ("HofbauerSigmund1998",),
        say("what trajectories can converge to"),
        lambda a: a.finds("P613"),
    ),
    Rule(("Hunter2007",), say("the figures"), lambda a: a.shape is not None),
    Rule(
        ("HairerNorsettWanner1993", "Virtanen2020"),
        say("the trajectories in the figures"),
        lambda a: a.shape in ("cube", "triangle"),
    ),
    Rule(("Zeeman1980",), say("phase portraits of three strategies"), lambda a: a.shape == "triangle"),
)

RULES: tuple[Rule, ...] = (*_MODEL, *_GAME, *_STABILITY, *_PROOF, *_SHOWN)
