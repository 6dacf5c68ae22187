"""The section ``published`` of a game file, read into claims.

What cannot be read is an error of the file, with its place.  A name that the game does not have is none:
the claim keeps it, and the check reports it.

The words that papers use for stability, and what each of them claims.

``ESS`` is a claim about the game, the others are claims about the dynamics: they are kept apart here, as
only some games make them the same (Weibull 1995, Evolutionary game theory, sections 3.5 and 5.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from separatrix.audit.claims.claims import (
    Claimed,
    CurveClaim,
    EffectClaim,
    OutcomeClaim,
    Published,
    RegimeClaim,
    RestPointClaim,
    StabilityClaim,
    StateClaim,
    ThresholdClaim,
)
from separatrix.audit.claims.fields import ClaimParts, Site
from separatrix.audit.claims.formulas import read_equation, unknown_names
from separatrix.errors import nearest
from separatrix.expression.tree import Name, subtract
from separatrix.game.model import Game
from separatrix.game.populations import CLAIM_LISTS
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import as_text, is_list

__all__ = [
    "STABILITY_WORDS",
    "StabilityWord",
    "read_published",
    "stability_word",
]


class StabilityWord(NamedTuple):
    """What a word claims: a ``label`` of the dynamics, evolutionary stability, or neither."""

    label: str | None = None
    ess: bool | None = None


_BY_LABEL: Mapping[StabilityWord, tuple[str, ...]] = {
    StabilityWord("asymptotically stable"): (
        "asymptotically stable",
        "locally asymptotically stable",
        "globally asymptotically stable",
        "las",
        "gas",
        "sink",
        "stable node",
        "stable focus",
        "stable spiral",
        "attractor",
        "asymptotic stability",
        "渐近稳定",
        "渐进稳定",
        "渐近稳定点",
        "汇点",
    ),
    StabilityWord("stable"): (
        "stable",
        "stable point",
        "lyapunov stable",
        "locally stable",
        "stability",
        "neutrally stable",
        "stable state",
        "stable equilibrium",
        "稳定",
        "稳定点",
    ),
    StabilityWord("saddle"): ("saddle", "saddle point", "鞍点"),
    StabilityWord("source"): (
        "source",
        "unstable node",
        "unstable focus",
        "unstable spiral",
        "repeller",
        "repellor",
        "源点",
    ),
    StabilityWord("unstable"): (
        "unstable",
        "unstable point",
        "instability",
        "not stable",
        "instable",
        "unstable state",
        "unstable equilibrium",
        "instability point",
        "不稳定",
        "不稳定点",
    ),
    StabilityWord("centre"): (
        "centre",
        "center",
        "centre point",
        "center point",
        "central point",
        "中心",
        "中心点",
    ),
    StabilityWord("not asymptotically stable"): ("not asymptotically stable",),
    StabilityWord(ess=True): (
        "ess",
        "evolutionarily stable",
        "evolutionary stable",
        "evolutionarily stable strategy",
        "evolutionary stable strategy",
        "evolutionarily stable point",
        "evolutionary stable point",
        "evolutionarily stable state",
        "evolutionary stable state",
        "evolutionary stability",
        "演化稳定",
        "演化稳定策略",
        "演化稳定点",
        "进化稳定策略",
    ),
    StabilityWord(ess=False): ("not ess", "non ess", "no ess", "not an ess", "not evolutionarily stable"),
    StabilityWord(): (
        "undecided",
        "uncertain",
        "undetermined",
        "indeterminate",
        "unknown",
        "critical",
        "non hyperbolic",
        "nonhyperbolic",
        "critical point",
        "cannot be determined",
        "不确定",
        "无法确定",
    ),
}

STABILITY_WORDS: Mapping[str, StabilityWord] = {
    word: claimed for claimed, words in _BY_LABEL.items() for word in words
}
"""Every word that is understood, in small letters and without hyphens."""


def stability_word(text: str) -> StabilityWord | None:
    """Return what a word claims, or None for a word that is not understood.

    Examples
    --------
    >>> stability_word("Saddle-point").label, stability_word("ESS"), stability_word("saddle-node")
    ('saddle', StabilityWord(label=None, ess=True), None)
    """
    plain = re.sub(r"[\s\-_‐‑–]+", " ", text.strip().strip(".").lower())
    return STABILITY_WORDS.get(re.sub(r"^(a|an|the) ", "", plain))


_SIGNS: Mapping[str, int] = {
    "+": 1,
    "1": 1,
    "positive": 1,
    "increases": 1,
    "increase": 1,
    "up": 1,
    "-": -1,
    "−": -1,
    "-1": -1,
    "negative": -1,
    "decreases": -1,
    "decrease": -1,
    "down": -1,
    "0": 0,
    "none": 0,
    "no effect": 0,
}


def read_published(game: Game) -> Published:
    """Return what a paper claims of a game: its section ``published``, empty where there is none.

    Raises
    ------
    InputError
        A claim that cannot be read: S001, S002, P701 to P705, and the codes of game files.
    NameProblem
        P704 for a rest point, V303 for a scenario, G120 for a share that the game does not have.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["-C", "V"], [0, "V/2"]],
    ...         "parameters": {"C": 4, "V": 2},
    ...         "published": {"rest_points": [{"id": "mixed", "at": ["V/(V + 2C)"]}]},
    ...     }
    ... )
    >>> read_published(game).rest_points[0].at[0].text
    'V/(V + 2C)'
    """
    given = game.raw.get("published")
    return Published() if given is None else _ClaimReader(game).published(given)


class _ClaimReader(ClaimParts):
    """The reading of one section; `ClaimParts` reads what the claims are made of."""

    def published(self, value: object) -> Published:
        path: Path = ("published",)
        given = self.reading.mapping(value, path, "`published`")
        allowed = (*CLAIM_LISTS, "replicator", "jacobian", "complete", "note")
        self.reading.only(given, path, allowed, "`published`")
        rest_points = tuple(self.rest_point(v, s) for v, s in self.claims(given, "rest_points"))
        return Published(
            replicator=self.replicator(given.get("replicator")),
            jacobian=self.jacobian(given.get("jacobian")),
            rest_points=rest_points,
            stability=tuple(self.stability(v, s) for v, s in self.claims(given, "stability")),
            regimes=tuple(self.regime(v, s) for v, s in self.claims(given, "regimes")),
            outcomes=tuple(self.outcome(v, s) for v, s in self.claims(given, "outcomes")),
            thresholds=tuple(self.threshold(v, s) for v, s in self.claims(given, "thresholds")),
            curves=tuple(self.curve(v, s) for v, s in self.claims(given, "curves")),
            effects=tuple(e for v, s in self.claims(given, "effects") for e in self.effects(v, s)),
            complete=self.complete(given.get("complete")),
        )

    def claims(self, given: Mapping[str, Any], key: str) -> list[tuple[Mapping[str, Any], Site]]:
        """Return the claims of one list, each with its place in the file and its circumstances."""
        value = given.get(key)
        if value is None:
            return []
        path: Path = ("published", key)
        found = []
        for i, item in enumerate(self.reading.items(value, path, f"`{key}`")):
            what = f"a claim under `{key}`"
            claim = self.reading.mapping(item, (*path, i), what)
            self.reading.only(claim, (*path, i), CLAIM_LISTS[key], what)
            found.append((claim, self.site(claim, (*path, i))))
        return found

    def needed(self, claim: Mapping[str, Any], site: Site, key: str) -> Any:
        """Return what a claim must have."""
        if claim.get(key) is None:
            raise self.reading.fault("G111", f"this claim needs `{key}`", site.path)
        return claim[key]

    # ------------------------------------------------------------------ equations

    def replicator(self, value: object) -> dict[str, Claimed]:
        if value is None:
            return {}
        path: Path = ("published", "replicator")
        equations = {}
        for key, item in self.reading.mapping(value, path, "`replicator`").items():
            share = self.share(key, (*path, key), key=True)
            equations[share] = self.expression(item, Site.at((*path, key)))
        return equations

    def jacobian(self, value: object) -> tuple[tuple[Claimed, ...], ...]:
        if value is None:
            return ()
        path: Path = ("published", "jacobian")
        shares = self.game.shares
        rows = self.reading.items(value, path, "`jacobian`")
        for i, row in enumerate([rows, *rows]):
            here = path if i == 0 else (*path, i - 1)
            count = len(self.reading.items(row, here, "a row of `jacobian`"))
            if count != len(shares):
                raise self.reading.fault(
                    "P703",
                    f"the Jacobian of this game has {len(shares)} rows and columns, one for each of "
                    f"{', '.join(shares)}; found {count}",
                    here,
                )
        return tuple(
            tuple(self.expression(item, Site.at((*path, i, j))) for j, item in enumerate(row))
            for i, row in enumerate(rows)
        )

    # ------------------------------------------------------------------ states and their stability

    def rest_point(self, claim: Mapping[str, Any], site: Site) -> RestPointClaim:
        at = self.needed(claim, site, "at")
        name = claim.get("id")
        id_ = None if name is None else self.reading.name(name, (*site.path, "id"), "the id of a rest point")
        entries, text = self.entries(at, site.below("at"))
        point = RestPointClaim(at=entries, text=text, id=id_, **self.common(site, at="at"))
        if id_ is not None:
            if id_ in self.points:
                first = self.points[id_].line
                raise self.reading.fault(
                    "G108",
                    f"the id `{id_}` is given to two rest points",
                    (*site.path, "id"),
                    hint=f"first given on line {first}" if first else None,
                )
            self.points[id_] = point
        return point

    def stability(self, claim: Mapping[str, Any], site: Site) -> StabilityClaim:
        state = self.state(self.needed(claim, site, "at"), site.below("at"))
        label_text, label, ess = None, None, None
        if claim.get("label") is not None:
            label_text = self.reading.text(claim["label"], (*site.path, "label"), "`label`").strip()
            word = stability_word(label_text)
            if word is None:
                meant = nearest(label_text, list(STABILITY_WORDS))
                raise self.reading.fault(
                    "P705",
                    f"`{label_text}` is not a known word for stability",
                    (*site.path, "label"),
                    hint=f"did you mean `{meant}`?"
                    if meant
                    else "use ESS, asymptotically stable, stable, "
                    "centre, saddle, source or unstable; what else is said belongs under `note`",
                )
            label, ess = word
        if claim.get("ess") is not None:
            said = claim["ess"]
            if not isinstance(said, bool):
                raise self.reading.fault("G110", "`ess` must be true or false", (*site.path, "ess"))
            if ess is not None and ess != said:
                raise self.reading.fault(
                    "P705",
                    f"`ess: {str(said).lower()}` contradicts the label `{label_text}`",
                    (*site.path, "ess"),
                )
            ess = said
        pointed_at = next((key for key in ("label", "ess", "at") if claim.get(key) is not None), "at")
        return StabilityClaim(
            state=state,
            label=label,
            label_text=label_text,
            ess=ess,
            eigenvalues=self.eigenvalues(claim.get("eigenvalues"), site.below("eigenvalues")),
            stable_when=None
            if claim.get("stable_when") is None
            else self.conditions(claim["stable_when"], site.below("stable_when")),
            **self.common(site, at=pointed_at),
        )

    def eigenvalues(self, value: object, site: Site) -> tuple[Claimed, ...] | None:
        if value is None:
            return None
        if not is_list(value):
            return tuple(self.variants(value, site, imaginary=True))
        items = self.reading.items(value, site.path, "`eigenvalues`")
        return tuple(e for i, v in enumerate(items) for e in self.variants(v, site.below(i), imaginary=True))

    def regime(self, claim: Mapping[str, Any], site: Site) -> RegimeClaim:
        stable = claim.get("stable")
        below = site.below("stable")
        if stable is None and "stable" not in claim:
            raise self.reading.fault(
                "G111",
                "this claim needs `stable`, the states that are stable",
                site.path,
                hint="write `stable: []` where none is",
            )
        states: tuple[StateClaim, ...]
        if not is_list(stable):
            states = () if stable is None else (self.state(stable, below),)
        elif self.is_one_state(stable):
            states = (self.state(stable, below),)
        else:
            states = tuple(self.state(item, below.below(i)) for i, item in enumerate(stable))
        return RegimeClaim(stable=states, **self.common(site, at="stable"))

    # ------------------------------------------------------------------ what happens

    def outcome(self, claim: Mapping[str, Any], site: Site) -> OutcomeClaim:
        to = self.state(self.needed(claim, site, "to"), site.below("to"))
        starts = claim.get("from")
        below = site.below("from")
        states: tuple[tuple[Fraction, ...], ...]
        if starts is None:
            states = ()
        elif is_list(starts) and starts and all(is_list(s) or isinstance(s, Mapping) for s in starts):
            states = tuple(self.start(item, below.below(i)) for i, item in enumerate(starts))
        else:
            states = (self.start(starts, below),)
        return OutcomeClaim(starts=states, to=to, **self.common(site, at="to"))

    def threshold(self, claim: Mapping[str, Any], site: Site) -> ThresholdClaim:
        parameter, unknown = self.parameter(self.needed(claim, site, "parameter"), site.below("parameter"))
        if claim.get("equals") is None and claim.get("value") is None:
            raise self.reading.fault("G111", "a threshold needs `equals` or `value`, or both", site.path)
        parts = {
            key: None if claim.get(key) is None else self.expression(claim[key], site.below(key))
            for key in ("equals", "value")
        }
        return ThresholdClaim(
            parameter=parameter,
            equals=parts["equals"],
            value=parts["value"],
            unknown=unknown,
            **self.common(site, at="parameter"),
        )

    def curve(self, claim: Mapping[str, Any], site: Site) -> CurveClaim:
        share = self.share(self.needed(claim, site, "zero_of"), (*site.path, "zero_of"))
        below = site.below("equals")
        formula, below = self.formula(self.needed(claim, site, "equals"), below)
        left, right = self.located(formula, below, lambda: read_equation(formula, self.symbols))
        variable = left.name if isinstance(left, Name) and left.name in self.symbols.shares else None
        value = right if variable is not None else subtract(left, right)
        equals = Claimed(
            expression=value,
            text=formula.text,
            unknown=unknown_names(value, self.symbols),
            **self.common(below),
        )
        return CurveClaim(
            zero_of=share,
            variable=variable,
            equals=equals,
            text=formula.text,
            **self.common(site, at="equals"),
        )

    def effects(self, claim: Mapping[str, Any], site: Site) -> list[EffectClaim]:
        parameter, unknown = self.parameter(self.needed(claim, site, "parameter"), site.below("parameter"))
        on = self.needed(claim, site, "on")
        shares = (
            [self.share(item, (*site.path, "on", i)) for i, item in enumerate(on)]
            if is_list(on)
            else [self.share(on, (*site.path, "on"))]
        )
        sign: int | None = None
        if claim.get("sign") is not None:
            text = (as_text(claim["sign"]) or "").strip().lower()
            if text not in _SIGNS:
                raise self.reading.fault(
                    "G110", "`sign` must be +, - or 0", (*site.path, "sign"), hint="quote it: '+'"
                )
            sign = _SIGNS[text]
        return [
            EffectClaim(
                parameter=parameter,
                on=share,
                sign=sign,
                unknown=unknown,
                **self.common(site, at="parameter" if sign is None else "sign"),
            )
            for share in shares
        ]

    def complete(self, value: object) -> dict[str, bool]:
        if value is None:
            return {}
        path: Path = ("published", "complete")
        given = self.reading.mapping(value, path, "`complete`")
        self.reading.only(given, path, tuple(CLAIM_LISTS), "`complete`")
        for name, truth in given.items():
            if not isinstance(truth, bool):
                raise self.reading.fault("G110", f"`{name}` must be true or false", (*path, name))
        return dict(given)
