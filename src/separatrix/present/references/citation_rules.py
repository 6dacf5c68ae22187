"""The rules: works, what answers use them for, and how one sees in an answer that it did.

Reasons and proofs name what they rest on, by author or by a turn of phrase; other things, such as what the
flag ``ess`` means, follow from the kind of game.

For developers
--------------
A reason that names a new theorem needs a rule here and an entry in ``references.bib``;
`tests/present/references/test_citations.py` tells which one is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from separatrix.game.model import GroupForm
from separatrix.present.references.citation_signs import Answer
from separatrix.sentence import Sentence, say

__all__ = ["RULES", "Rule"]


class Rule(NamedTuple):
    """Works, what they are used for, and when they are."""

    keys: tuple[str, ...]
    purpose: Sentence
    used: Callable[[Answer], bool]


def _said(*phrases: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.says(*phrases)


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
    Rule(("Nash1951",), say("the Nash equilibrium"), lambda a: a.flags("nash") or a.says("Nash")),
    Rule(
        ("MaynardSmithPrice1973",),
        say("the evolutionarily stable strategy"),
        lambda a: a.flags("ess") or a.says("ESS"),
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
        lambda a: a.one and a.says("faces of the state space were looked at") and a.flags("ess"),
    ),
    Rule(
        ("Selten1980",),
        say("evolutionary stability as strict Nash equilibrium in several populations"),
        lambda a: not a.one and not a.own_play and a.flags("ess"),
    ),
    Rule(
        ("Cressman1992", "CressmanGarayHofbauer2001"),
        say("evolutionary stability of populations that also play themselves"),
        lambda a: a.own_play and a.flags("ess"),
    ),
    Rule(
        ("BomzeWeibull1995",),
        say("neutral stability"),
        lambda a: a.one and a.linear and a.flags("nss"),
    ),
)

_STABILITY = (
    Rule(
        ("Lyapunov1992",),
        say("stability from the linearisation"),
        _said(
            "eigenvalue is negative",
            "eigenvalue has",
            "eigenvalues are positive",
            "eigenvalue with",
            "eigenvalues with",
            "eigenvalues of both signs",
            "eigenvalues have",
        ),
    ),
    Rule(("Lyapunov1992",), say("Lyapunov functions"), _said("(Lyapunov)", "relative entropy")),
    Rule(
        ("RitzbergerWeibull1995",),
        say("strict Nash equilibria as the only asymptotically stable states"),
        _said("Ritzberger & Weibull"),
    ),
    Rule(
        ("TaylorJonker1978",),
        say("asymptotic stability of evolutionarily stable strategies"),
        _said("Taylor & Jonker 1978"),
    ),
    Rule(
        ("HofbauerSchusterSigmund1979",),
        say("asymptotic stability of evolutionarily stable strategies"),
        _said("Hofbauer, Schuster & Sigmund"),
    ),
    Rule(
        ("CressmanGarayHofbauer2001",),
        say("asymptotic stability of evolutionarily stable states of several populations"),
        _said("Cressman, Garay & Hofbauer"),
    ),
    Rule(
        ("Thomas1985", "BomzeWeibull1995"),
        say("Lyapunov stability of neutrally stable states"),
        _said("Bomze & Weibull"),
    ),
    Rule(("Thomas1985",), say("evolutionarily stable sets"), _said("ES set")),
    Rule(
        ("BalkenborgSchlag2007",),
        say("asymptotic stability of strict equilibrium sets"),
        _said("Balkenborg & Schlag"),
    ),
    Rule(("Chetaev1934",), say("instability by a function that grows"), _said("Chetaev")),
    Rule(("LaSalle1960",), say("the invariance principle"), _said("LaSalle")),
    Rule(
        ("Carr1981", "Pliss1964"),
        say("reduction to the centre manifold"),
        _said(
            "centre manifold",
            "neutral strateg",
            "within the face of the others",
            "beside its face",
            "edge of the zero eigenvalue",
            "beside the rest surface",
        ),
    ),
    Rule(
        ("HirschPughShub1977",),
        say("attraction of rest sets onto which all else contracts"),
        _said("normally hyperbolic"),
    ),
    Rule(
        ("HofbauerSigmund1998",),
        say("conserved quantities and relative entropies"),
        _said("conserved", "relative entropy"),
    ),
    Rule(
        ("HofbauerSigmund1998",),
        say("the centre of three strategies with imaginary eigenvalues"),
        _said("(Hofbauer & Sigmund)"),
    ),
    Rule(
        ("Zeeman1980",),
        say("the centre of three strategies with imaginary eigenvalues"),
        _said("Zeeman 1980"),
    ),
    Rule(
        ("Kuznetsov2004",),
        say("normal forms of oscillations"),
        _said("first Lyapunov coefficient", "amplitude"),
    ),
    Rule(
        ("HofbauerSigmund1998",),
        say("heteroclinic cycles"),
        lambda a: bool(a.analysis.cycles) or a.says("17.5.1"),
    ),
    Rule(
        ("Hofbauer1994",),
        say("the characteristic matrix of a heteroclinic cycle"),
        _said("characteristic matrix"),
    ),
    Rule(
        ("Hurwitz1895",),
        say("the condition that all eigenvalues have negative real parts"),
        lambda a: a.says("Cramer's rule") and a.widest > 1,
    ),
)

_PROOF = (
    Rule(
        ("HofbauerSigmund1998",),
        say("the index theorem"),
        lambda a: a.one and a.says("indices of the Nash"),
    ),
    Rule(
        ("Ritzberger1994",),
        say("the index theorem for several populations"),
        lambda a: not a.one and a.says("indices of the Nash"),
    ),
    Rule(
        ("Krawczyk1969", "Neumaier1990"),
        say("the proof that a box holds exactly one rest point"),
        lambda a: a.searched,
    ),
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
        say("signs of polynomials on rest sets"),
        lambda a: a.pieces(2),
    ),
    Rule(
        ("MotzkinRaiffaThompsonThrall1953", "FukudaProdon1996"),
        say("the corners of rest sets"),
        lambda a: a.pieces(1),
    ),
    Rule(("Gantmacher1959",), say("the signs of eigenvalues along rest sets"), lambda a: a.irrational),
    Rule(
        ("Bland1977",),
        say("exact linear programming"),
        lambda a: a.weights or a.says("weights p > 0", "LaSalle", "ES set"),
    ),
    Rule(("Kelley1960",), say("weights of Lyapunov functions by cutting planes"), lambda a: a.weights),
    Rule(
        ("Macaulay1916",),
        say("isolation of common zeros of polynomials"),
        lambda a: a.linear and a.says("LaSalle") and a.widest > 2,
    ),
    Rule(("deMouraBjorner2008",), say("the regimes, with Z3"), _said("z3")),
)

_SHOWN = (
    Rule(
        ("Weibull1995",),
        say("the difference between evolutionary and asymptotic stability"),
        lambda a: a.finds("P608"),
    ),
    Rule(("DormandPrince1980",), say("where paths end"), lambda a: a.finds("P613")),
    Rule(
        ("HofbauerSigmund1998",),
        say("what paths can converge to"),
        lambda a: a.finds("P613"),
    ),
    Rule(("Hunter2007",), say("the figures"), lambda a: a.shape is not None),
    Rule(
        ("HairerNorsettWanner1993", "Virtanen2020"),
        say("the courses in the figures"),
        lambda a: a.shape in ("cube", "triangle"),
    ),
    Rule(("Zeeman1980",), say("phase portraits of three strategies"), lambda a: a.shape == "triangle"),
)

RULES: tuple[Rule, ...] = (*_MODEL, *_GAME, *_STABILITY, *_PROOF, *_SHOWN)
