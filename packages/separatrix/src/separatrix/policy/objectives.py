"""What a programme is judged by: one record for each objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.instruments import instruments_of
from separatrix.game.model import AdvantageForm, ReplicatorForm
from separatrix.policy.followed_programmes import ProgrammeCase
from separatrix.policy.programme_values import payoff_weight
from separatrix.sentences import Sentence, say

__all__ = ["OBJECTIVES", "Objective", "objectives_of", "to_minimise", "usual_objectives"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Objective:
    """A quantity that a programme should minimise or maximise.

    Attributes
    ----------
    name : str
    what : Sentence
        For people.
    better : str
        ``less`` or ``more``.
    """

    name: str
    what: Sentence
    better: Literal["less", "more"]

    def lacking(self, case: ProgrammeCase) -> Sentence | None:
        """Return why a game has no such objective, or None where it has."""
        match self.name:
            case "public_cost" | "enterprise_cost":
                payer = "public" if self.name == "public_cost" else "enterprises"
                if not any(payer in i.cost for i in instruments_of(case.game, case.names)):
                    return say("no instrument has a cost to {payer}", payer=PAYER_WORDS[payer])
            case "tonnes_avoided":
                if case.game.emissions is None:
                    return say("the game has no `emissions`")
            case "welfare":
                if isinstance(case.game.form, AdvantageForm | ReplicatorForm):
                    return say("the game gives payoff differences between strategies, not payoffs")
                if payoff_weight(case) is None:
                    return say(
                        "the transfers are inconsistent about the number of enterprises that payoffs refer to"
                    )
            case "probability":
                if not case.uncertainty.names:
                    return say("no parameter is uncertain")
        return None


PAYER_WORDS: Mapping[str, Sentence] = {
    "public": say("the public purse"),
    "enterprises": say("enterprises"),
}

OBJECTIVES: Mapping[str, Objective] = {
    o.name: o
    for o in (
        Objective("public_cost", say("what the public purse pays, discounted"), "less"),
        Objective("enterprise_cost", say("what enterprises pay for the instruments, discounted"), "less"),
        Objective(
            "welfare",
            say("what enterprises earn, less what the public purse pays, discounted: transfers cancel"),
            "more",
        ),
        Objective("tonnes_avoided", say("emissions avoided against no programme"), "more"),
        Objective("time", say("time until every share is within 0.01 of the target"), "less"),
        Objective("probability", say("the share of the draws in which it works"), "more"),
        Objective("cooperation", say("the mean share of the target's strategies over the horizon"), "more"),
    )
}
"""Every objective."""


def objectives_of(case: ProgrammeCase, names: Sequence[str]) -> tuple[Objective, ...]:
    """Return objectives by name.

    Raises
    ------
    NameProblem
        P186 for an unknown objective.
    InputError
        P187 for an objective without data in the game, and for one that is given twice.
    """
    found: list[Objective] = []
    for name in names:
        if name not in OBJECTIVES:
            close = nearest(name, list(OBJECTIVES))
            raise NameProblem(
                "P186",
                say("no objective `{name}`; there are {known}", name=name, known=", ".join(OBJECTIVES)),
                hint=say("did you mean `{close}`?", close=close) if close else say("as in public_cost"),
            )
        objective = OBJECTIVES[name]
        if objective in found:
            raise InputError(
                "P187",
                say("the objective {name} is given twice", name=f"`{name}`"),
                hint=say("give each objective once"),
            )
        why = objective.lacking(case)
        if why is not None:
            raise InputError(
                "P187",
                say("{name} cannot be computed: {why}", name=f"`{name}`", why=why),
                hint=say("complete the game file, or choose another objective"),
            )
        found.append(objective)
    if not found:
        raise InputError(
            "P187", say("no objective is given"), hint=say("as in public_cost and tonnes_avoided")
        )
    return tuple(found)


def usual_objectives(case: ProgrammeCase) -> tuple[str, ...]:
    """Return the objectives that are meant where none is named: of what is known, cost against effect."""
    order = ("public_cost", "enterprise_cost", "probability", "tonnes_avoided", "welfare", "time")
    known = [name for name in order if OBJECTIVES[name].lacking(case) is None]
    cost = [name for name in known if name.endswith("_cost")][:1]
    effects = [name for name in known if not name.endswith("_cost")]
    return (*cost, *effects[: 2 if cost else 3])


def to_minimise(objectives: Sequence[Objective], values: Mapping[str, Array]) -> Array:
    """Return values (programmes, objectives) to be minimised; infinite where a value is missing."""
    columns = []
    for objective in objectives:
        own = np.asarray(values[objective.name], dtype=float)
        signed = own if objective.better == "less" else -own
        columns.append(np.where(np.isnan(signed), np.inf, signed))
    return np.stack(columns, axis=1)
