"""The fields by name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError, nearest
from separatrix.game.model import Game

if TYPE_CHECKING:
    from separatrix.dynamics.fields.base import PayoffField

__all__ = ["KINDS", "Kind", "field", "kind_of_field"]


@dataclass(frozen=True)
class Kind:
    """A kind of field: what people call it, and the module and function that make it."""

    name: str
    title: str
    module: str
    function: str

    def make(self, game: Game, values: Any, scenario: str | None, options: Mapping[str, Any]) -> PayoffField:
        made: PayoffField = self._function()(game, values, scenario, **options)
        return made

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that this kind takes."""
        parameters = inspect.signature(self._function()).parameters.values()
        return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)

    def _function(self) -> Any:
        return getattr(importlib.import_module(self.module), self.function)


_HOME = "separatrix.dynamics.fields"

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("replicator", "replicator", "separatrix.dynamics.fields.replicator", "replicator"),
        Kind("payoff-adjusted", "payoff-adjusted replicator", f"{_HOME}.payoff_adjusted", "payoff_adjusted"),
        Kind("replicator-mutator", "replicator-mutator", f"{_HOME}.mutator", "replicator_mutator"),
        Kind("smith", "Smith", f"{_HOME}.smith", "smith"),
        Kind("bnn", "Brown-von Neumann-Nash", f"{_HOME}.bnn", "bnn"),
        Kind("logit", "logit", f"{_HOME}.logit", "logit"),
        Kind("best-response", "best response", f"{_HOME}.best_response", "best_response"),
    )
}
"""Every kind of field, by the name that `field` takes."""

_ALSO = {
    "brown-von-neumann-nash": "bnn", "mutator": "replicator-mutator", "maynard-smith": "payoff-adjusted",
    "adjusted": "payoff-adjusted", "adjusted-replicator": "payoff-adjusted", "best-reply": "best-response",
    "pairwise-comparison": "smith",
}  # fmt: skip


def kind_of_field(name: str) -> Kind:
    """Return the kind of field that is called `name`; raise V320 where there is none.

    Examples
    --------
    >>> kind_of_field("best_response").title
    'best response'
    """
    plain = "-".join(str(name).lower().replace("_", " ").replace("-", " ").split())
    found = KINDS.get(_ALSO.get(plain, plain))
    if found is None:
        close = nearest(plain, [*KINDS, *_ALSO])
        close = None if close is None else _ALSO.get(close, close)
        raise InputError(
            "V320",
            f"no dynamics `{name}`; there are: {', '.join(KINDS)}",
            hint=f"did you mean `{close}`?" if close else None,
        )
    return found


def field(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    kind: str = "replicator",
    **options: Any,
) -> PayoffField:
    """Return the dynamics of `game` of one kind, as a field on arrays of states.

    Parameters
    ----------
    game : Game
        Of any form, with any number of populations and strategies.
    values : mapping of parameter to number, optional
        Overrides the scenario's and the file's values.
    scenario : str, optional
        One of ``game.scenarios``.
    kind : str
        One of `KINDS`: "replicator", "payoff-adjusted", "replicator-mutator", "smith", "bnn", "logit",
        "best-response".
    **options
        Of the kind: ``background`` (payoff-adjusted), ``mu``, ``matrix`` and ``when``
        (replicator-mutator), ``eta`` (logit).

    Returns
    -------
    Field
        See `separatrix.dynamics.fields.interface.Field`.

    Raises
    ------
    InputError
        V320 for an unknown kind; V321 for an option that the kind does not take, or an impossible
        value of one; V322 for payoffs that are too low for the kind; V304 where a parameter has no value;
        V301 for a speed that is not positive; V306 for a group of an impossible size.
    NameProblem
        For an unknown parameter or scenario.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> field(game, kind="smith")([[0.0], [1.0]]).tolist()
    [[2.0], [-1.0]]
    >>> field(game, kind="logit", eta=0.5).keeps_faces
    False
    """
    chosen = kind_of_field(kind)
    known = chosen.options
    for name in options:
        if name not in known:
            close = nearest(name, known)
            takes = f"it takes {', '.join(f'`{o}`' for o in known)}" if known else "it takes none"
            raise InputError(
                "V321",
                f"the {chosen.title} dynamics have no option `{name}`; {takes}",
                hint=f"did you mean `{close}`?" if close else None,
            )
    return chosen.make(game, values, scenario, options)
