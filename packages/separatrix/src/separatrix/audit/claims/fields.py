"""What claims are made of: formulas, states, conditions, names, each read at its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from separatrix.audit.claims.claims import Claimed, ConditionClaim, RestPointClaim, StateClaim
from separatrix.audit.claims.formulas import (
    ClaimFormula,
    ClaimSymbols,
    both_signs,
    read_condition,
    read_expression,
    read_state,
    unknown_names,
)
from separatrix.errors import InputError
from separatrix.expression.conditions import Condition
from separatrix.expression.tree import Number
from separatrix.game.documents import QUOTE_HINT, Reading
from separatrix.game.model import Game
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import as_text, decimal_text, is_list, kind_of

__all__ = ["ClaimParts", "Site"]

_T = TypeVar("_T")
_ABOUT = ("scenario", "when", "note", "where")


@dataclass(frozen=True)
class Site:
    """Where something stands, and the circumstances that it has from the claim around it."""

    path: Path
    scenario: str | None = None
    when: tuple[ConditionClaim, ...] = ()
    note: str | None = None
    cited: str | None = None

    @staticmethod
    def at(path: Path) -> Site:
        """Return a site without circumstances."""
        return Site(path)

    def below(self, step: str | int) -> Site:
        """Return the site of a part."""
        return Site((*self.path, step), self.scenario, self.when, self.note, self.cited)


class ClaimParts:
    """Readers of the parts of claims about one game."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.reading = Reading(game.places)
        self.symbols = ClaimSymbols(game)
        self.points: dict[str, RestPointClaim] = {}

    # ------------------------------------------------------------------ circumstances

    def site(self, claim: Mapping[str, Any], path: Path, outer: Site | None = None) -> Site:
        """Return the site of a claim with its own scenario and conditions, else those around it."""
        base = outer or Site(path)
        scenario = base.scenario
        if claim.get("scenario") is not None:
            scenario = self.reading.name(claim["scenario"], (*path, "scenario"), "the name of a scenario")
            if scenario not in self.game.scenarios:
                raise self.reading.unknown(
                    "V303",
                    f"the game has no scenario `{scenario}`",
                    (*path, "scenario"),
                    name=scenario,
                    known=list(self.game.scenarios),
                )
        when = base.when
        if claim.get("when") is not None:
            when = (*when, *self.conditions(claim["when"], Site((*path, "when"))))
        texts = [
            self.reading.text(claim[key], (*path, key), f"`{key}`") if claim.get(key) is not None else None
            for key in ("note", "where")
        ]
        return Site(path, scenario, when, texts[0] or base.note, texts[1] or base.cited)

    def common(self, site: Site, *, at: str | None = None) -> dict[str, Any]:
        """Return what every claim has, for its constructor; `at` is the key to point at."""
        return {
            "path": site.path,
            "place": self.reading.source.place(site.path if at is None else (*site.path, at)),
            "scenario": site.scenario,
            "when": site.when,
            "note": site.note,
            "cited": site.cited,
        }

    # ------------------------------------------------------------------ formulas

    def formula(self, value: object, site: Site) -> tuple[ClaimFormula, Site]:
        """Return a formula, typed or under the key ``latex``, and where its text stands."""
        if isinstance(value, Mapping):
            given = self.reading.mapping(value, site.path, "a formula")
            self.reading.only(given, site.path, ("latex", *_ABOUT), "a formula")
            if given.get("latex") is None:
                raise self.reading.fault("G111", "a formula as a mapping needs `latex`", site.path)
            inner = self.site(given, site.path, site).below("latex")
            self.escapes(given["latex"], inner.path)
            return ClaimFormula(self.reading.text(given["latex"], inner.path, "`latex`"), latex=True), inner
        text = as_text(value)
        if text is None or isinstance(value, bool):
            raise self.reading.fault(
                "G110", f"a formula was expected, found {kind_of(value)}", site.path, hint=QUOTE_HINT
            )
        return ClaimFormula(text), site

    def escapes(self, value: object, path: Path) -> None:
        r"""Refuse LaTeX whose backslashes were taken for escapes: ``"\theta"`` is a tab and ``heta``."""
        if not isinstance(value, str):
            return
        signs = "\a\b\t\v\f\r\n" if self.reading.source.quotes(path) == '"' else "\a\b\t\v\f\r"
        taken = next((character for character in value if character in signs), None)
        if taken is not None:
            raise self.reading.fault(
                "P701",
                f"a backslash was taken for an escape: the LaTeX holds {taken!r}",
                path,
                hint="put LaTeX in single quotes; in Python write r'…'",
            )

    def located(self, formula: ClaimFormula, site: Site, read: Callable[[], _T]) -> _T:
        """Return what `read` gives; a fault gets its place in the file."""
        try:
            return read()
        except InputError as problem:
            if not formula.text.strip():
                raise self.reading.fault("G113", "the formula is empty", site.path) from None
            raise self.reading.relocate(problem, formula.text, site.path) from None

    def variants(self, value: object, site: Site, *, imaginary: bool = False) -> list[Claimed]:
        """Return the expression that a formula stands for, or both where it holds ±."""
        if isinstance(value, Fraction) or type(value) is int:
            common = self.common(site)
            return [Claimed(expression=Number(Fraction(value)), text=decimal_text(value), **common)]
        if isinstance(value, float):
            exact = self.reading.number(value, site.path, "a claim")
            return [Claimed(expression=Number(exact), text=decimal_text(exact), **self.common(site))]
        formula, inner = self.formula(value, site)
        found = self.located(
            formula, inner, lambda: read_expression(formula, self.symbols, imaginary=imaginary)
        )
        texts = both_signs(formula.text) if len(found) > 1 else (formula.text,)
        return [
            Claimed(
                expression=expression,
                text=text.strip().removeprefix("+").lstrip(),
                unknown=unknown_names(expression, self.symbols, imaginary=imaginary),
                **self.common(inner),
            )
            for expression, text in zip(found, texts, strict=True)
        ]

    def expression(self, value: object, site: Site) -> Claimed:
        """Return one expression."""
        return self.variants(value, site)[0]

    def conditions(self, value: object, site: Site) -> tuple[ConditionClaim, ...]:
        """Return one condition, or a list of them."""
        if not is_list(value):
            return (self.condition(value, site),)
        items = self.reading.items(value, site.path, f"`{site.path[-1]}`")
        return tuple(self.condition(item, site.below(i)) for i, item in enumerate(items))

    def condition(self, value: object, site: Site) -> ConditionClaim:
        """Return one condition; ``true`` and ``false`` are conditions too."""
        formula, inner = self.formula(
            {True: "always", False: "never"}.get(value, value) if isinstance(value, bool) else value, site
        )
        condition: Condition = self.located(formula, inner, lambda: read_condition(formula, self.symbols))
        return ConditionClaim(
            condition=condition,
            text=formula.text.strip(),
            unknown=unknown_names(condition, self.symbols),
            **self.common(inner),
        )

    # ------------------------------------------------------------------ names

    def share(self, value: object, path: Path, *, key: bool = False) -> str:
        """Return the name of a share."""
        text = self.reading.text(value, path, "a share").strip()
        name = self.symbols.name(text)
        if name is None or name not in self.symbols.shares:
            raise self.reading.unknown(
                "G120",
                f"`{text}` is not a share of this game",
                path,
                name=text,
                known=list(self.game.shares),
                key=key,
            )
        return name

    def parameter(self, value: object, site: Site) -> tuple[str, tuple[str, ...]]:
        """Return the name of a parameter, and the same name again where the game does not have it."""
        text = self.reading.name(value, site.path, "the name of a parameter")
        name = self.symbols.name(text)
        return (text, (text,)) if name is None else (name, ())

    # ------------------------------------------------------------------ states

    def is_one_state(self, value: Any) -> bool:
        """Whether a list is one state and not a list of states: its items are numbers and formulas."""
        return bool(value) and all(
            not is_list(item)
            and not (isinstance(item, Mapping) and "latex" not in item)
            and as_text(item) not in self.points
            and not str(item).strip().startswith("(")
            for item in value
        )

    def state(self, value: object, site: Site) -> StateClaim:
        """Return a state: the id of a claimed rest point, or one formula for each share."""
        text = as_text(value)
        if text is not None and text.strip() in self.points:
            point = self.points[text.strip()]
            when = tuple(dict.fromkeys((*site.when, *point.when)))
            common = {**self.common(site), "scenario": site.scenario or point.scenario, "when": when}
            return StateClaim(at=point.at, text=point.text, id=point.id, **common)
        one = len(self.game.shares) == 1
        if text is not None and not one and not text.strip().startswith("("):
            raise self.reading.unknown(
                "P704",
                f"no rest point under `published` has the id `{text}`",
                site.path,
                name=text,
                known=list(self.points),
            )
        at, shown = self.entries(value, site)
        return StateClaim(at=at, text=shown, **self.common(site))

    def entries(self, value: object, site: Site) -> tuple[tuple[Claimed, ...], str]:
        """Return one expression for each share of the game, and the state as its author wrote it."""
        shares = self.game.shares
        if isinstance(value, Mapping) and "latex" not in value:
            given = self.reading.mapping(value, site.path, "a state")
            named = {self.share(k, (*site.path, k), key=True): k for k in given}
            for share in shares:
                if share not in named:
                    raise self.reading.fault("P703", f"this state lacks the share `{share}`", site.path)
            at = tuple(self.expression(given[named[s]], site.below(named[s])) for s in shares)
        elif is_list(value):
            items = self.reading.items(value, site.path, "a state")
            self.count(len(items), site)
            at = tuple(self.expression(item, site.below(i)) for i, item in enumerate(items))
        else:
            return self.tuple_entries(value, site)
        return at, f"({', '.join(a.text for a in at)})"

    def tuple_entries(self, value: object, site: Site) -> tuple[tuple[Claimed, ...], str]:
        formula, inner = self.formula(value, site)
        if len(self.game.shares) == 1 and not formula.text.lstrip().startswith("("):
            return (self.expression(value, site),), formula.text.strip()
        found = self.located(formula, inner, lambda: read_state(formula, self.symbols))
        self.count(len(found), inner)
        from separatrix.expression.tree import to_text

        at = tuple(
            Claimed(
                expression=e, text=to_text(e), unknown=unknown_names(e, self.symbols), **self.common(inner)
            )
            for e in found
        )
        return at, formula.text.strip()

    def count(self, found: int, site: Site) -> None:
        shares = self.game.shares
        if found != len(shares):
            raise self.reading.fault(
                "P703",
                f"a state of this game is {len(shares)} entries, one for each of "
                f"{', '.join(shares)}; found {found}",
                site.path,
                hint=QUOTE_HINT,
            )

    def start(self, value: object, site: Site) -> tuple[Fraction, ...]:
        """Return a state in numbers: one exact number for each share."""
        text = as_text(value)
        named = self.game.raw.get("starts")
        if text is not None and isinstance(named, Mapping) and text in named:
            return self.start(named[text], Site(("starts", text)))
        shares = self.game.shares
        if is_list(value):
            items = self.reading.items(value, site.path, "a start")
            self.count(len(items), site)
            given = dict(zip(shares, items, strict=True))
            steps: dict[str, str | int] = {share: i for i, share in enumerate(shares)}
        elif isinstance(value, Mapping):
            state = self.reading.state(value, site.path, self.game.populations, "this start")
            return tuple(state[share] for share in shares)
        elif len(shares) == 1:
            given, steps = {shares[0]: value}, {}
        else:
            raise self.reading.fault(
                "G110", f"a start is a list of numbers, found {kind_of(value)}", site.path
            )
        numbers = {}
        for share, item in given.items():
            here = (*site.path, steps[share]) if steps else site.path
            number = self.reading.number(item, here, f"the share `{share}`")
            if not 0 <= number <= 1:
                raise self.reading.fault(
                    "V311",
                    f"the share `{share}` is {decimal_text(number)}; shares lie between 0 and 1",
                    here,
                    hint="write 0.2 for 20 %",
                )
            numbers[share] = number
        for population in self.game.populations:
            total = sum(numbers[s] for s in population.shares)
            if not population.binary and total != 1:
                raise self.reading.fault(
                    "V312",
                    f"the shares of {population.name} in this start add up to {decimal_text(total)}, "
                    "not to 1",
                    site.path,
                )
        return tuple(numbers[share] for share in shares)
