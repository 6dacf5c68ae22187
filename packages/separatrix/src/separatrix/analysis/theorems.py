"""The theorems and procedures that decide what is said: each once, with what it is used for and its sources.

A reason or a proof names its theorems where it is made, as in ``say("…").by(LINEARISATION)``; a
bibliography, for example, gets them from `theorems_of` and never reads the sentence.

For developers: a new theorem is one record here; its sources are entries in ``references.bib``, and a line in
``present/references/citation_rules.py`` cites them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from separatrix.sentences import Sentence, keys_in, say

__all__ = ["THEOREMS", "Theorem", "theorems_of"]


@dataclass(frozen=True)
class Theorem:
    """A theorem or a procedure.

    Attributes
    ----------
    key : str
        Its name, which stays.
    purpose : Sentence
        What an answer uses it for.
    references : tuple of str
        Keys of the bibliography.
    """

    key: str
    purpose: Sentence
    references: tuple[str, ...]


# --------------------------------------------------------------------------- stability

LINEARISATION = Theorem(
    "linearisation", say("stability from the linearisation, Lyapunov's indirect method"), ("Lyapunov1992",)
)
LYAPUNOV_FUNCTION = Theorem("lyapunov-function", say("Lyapunov's direct method"), ("Lyapunov1992",))
STRICT_NASH = Theorem(
    "strict-nash",
    say(
        "the Ritzberger–Weibull theorem that strict Nash equilibria are the only asymptotically stable states"
    ),
    ("RitzbergerWeibull1995",),
)
ESS = Theorem(
    "ess",
    say("asymptotic stability of evolutionarily stable strategies"),
    ("TaylorJonker1978", "HofbauerSchusterSigmund1979"),
)
ESS_OF_LINEAR_GAME = Theorem(
    "ess-linear-game",
    say("asymptotic stability of evolutionarily stable strategies"),
    ("TaylorJonker1978",),
)
ESS_OF_SEVERAL = Theorem(
    "ess-several-populations",
    say("asymptotic stability of evolutionarily stable states of several populations"),
    ("CressmanGarayHofbauer2001",),
)
NEUTRAL_STABILITY = Theorem(
    "neutral-stability",
    say("Lyapunov stability of neutrally stable states"),
    ("Thomas1985", "BomzeWeibull1995"),
)
ES_SET = Theorem("es-set", say("evolutionarily stable sets"), ("Thomas1985",))
STRICT_EQUILIBRIUM_SET = Theorem(
    "strict-equilibrium-set",
    say("asymptotic stability of strict equilibrium sets"),
    ("BalkenborgSchlag2007",),
)
CHETAEV = Theorem("chetaev", say("Chetaev's instability theorem"), ("Chetaev1934",))
INVARIANCE = Theorem("invariance-principle", say("LaSalle's invariance principle"), ("LaSalle1960",))
CENTRE_MANIFOLD = Theorem(
    "centre-manifold", say("the reduction principle on centre manifolds"), ("Carr1981", "Pliss1964")
)
NORMALLY_HYPERBOLIC = Theorem(
    "normally-hyperbolic",
    say("attraction of normally hyperbolic continua of equilibria"),
    ("HirschPughShub1977",),
)
CONSERVED_QUANTITY = Theorem(
    "conserved-quantity",
    say("conserved quantities and relative entropies"),
    ("HofbauerSigmund1998",),
)
RELATIVE_ENTROPY = Theorem(
    "relative-entropy",
    say("conserved quantities and relative entropies"),
    ("HofbauerSigmund1998",),
)
CENTRE_OF_THREE = Theorem(
    "centre-three-strategies",
    say("the centre of three strategies with imaginary eigenvalues"),
    ("HofbauerSigmund1998",),
)
NO_ISOLATED_ORBIT = Theorem(
    "no-isolated-orbit",
    say("the centre of three strategies with imaginary eigenvalues"),
    ("Zeeman1980",),
)
NORMAL_FORM = Theorem("normal-form", say("normal forms of oscillations"), ("Kuznetsov2004",))
WEAK_FOCUS = Theorem(
    "weak-focus",
    say("Lyapunov coefficients of weak foci"),
    ("Lyapunov1992", "DumortierLlibreArtes2006"),
)
HETEROCLINIC_CYCLE = Theorem("heteroclinic-cycle", say("heteroclinic cycles"), ("HofbauerSigmund1998",))
CHARACTERISTIC_MATRIX = Theorem(
    "characteristic-matrix",
    say("the characteristic matrix of a heteroclinic cycle"),
    ("Hofbauer1994",),
)

# --------------------------------------------------------------------------- procedures

CRAMER = Theorem(
    "cramer",
    say("the Routh–Hurwitz criterion"),
    ("Hurwitz1895",),
)
INDEX = Theorem(
    "index",
    say("Ritzberger's index theorem"),
    ("Ritzberger1994",),
)
INDEX_OF_ONE = Theorem("index-one-population", say("the index theorem"), ("HofbauerSigmund1998",))
LINEAR_SUPPORTS = Theorem("linear-supports", say("exact arithmetic with FLINT"), ("Hart2010",))
FACES = Theorem("faces", say("exact arithmetic with FLINT"), ("Hart2010",))
BRANCH_AND_PRUNE = Theorem(
    "branch-and-prune",
    say("Krawczyk's test that a box holds exactly one rest point"),
    ("Krawczyk1969", "Neumaier1990"),
)
WEIGHTS = Theorem("weights", say("weights of Lyapunov functions by Kelley's cutting planes"), ("Kelley1960",))
WEIGHTS_OF_CYCLE = Theorem(
    "weights-of-cycle", say("exact linear programming by Bland's rule"), ("Bland1977",)
)
SATISFIABILITY = Theorem("satisfiability", say("the regimes, with Z3"), ("deMouraBjorner2008",))

# --------------------------------------------------------------------------- what is said of a state

NASH = Theorem("nash", say("the Nash equilibrium"), ("Nash1951",))
EVOLUTIONARILY_STABLE = Theorem(
    "evolutionarily-stable",
    say("the evolutionarily stable strategy"),
    ("MaynardSmithPrice1973",),
)

THEOREMS: Mapping[str, Theorem] = {t.key: t for t in list(vars().values()) if isinstance(t, Theorem)}
"""Every record, by its key."""


def theorems_of(reasons: Iterable[str]) -> frozenset[str]:
    """Return the keys of all theorems on which some reasons and proofs are based.

    Examples
    --------
    >>> stable = say("every eigenvalue has negative real part").resting_on(LINEARISATION)
    >>> theorems_of([say("in it, {why}", why=stable), "no more is known"])
    frozenset({'linearisation'})
    """
    return frozenset().union(*map(keys_in, reasons))
