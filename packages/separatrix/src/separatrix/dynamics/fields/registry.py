"""The dynamics by name.

What answers that know no time say of a game whose parameters change in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from separatrix.dynamics.fields import mutation, replicator, target_protocols
from separatrix.dynamics.fields import replicator as payoff_adjusted
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.fields.target_protocols import Dynamic
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["DYNAMICS", "at_baseline_values", "dynamic_of", "field"]

DYNAMICS: Mapping[str, Dynamic] = {
    dynamic.name: dynamic
    for dynamic in (
        replicator.DYNAMIC,
        payoff_adjusted.PAYOFF_ADJUSTED_DYNAMIC,
        mutation.DYNAMIC,
        target_protocols.SMITH_DYNAMIC,
        target_protocols.BNN_DYNAMIC,
        target_protocols.LOGIT_DYNAMIC,
        target_protocols.DYNAMIC,
    )
}
"""Every dynamic, by the name that `field` takes."""


def dynamic_of(name: str) -> Dynamic:
    """Return the dynamic that is called `name`; raise V320 where there is none.

    Examples
    --------
    >>> dynamic_of("best_response").title
    'best response dynamics'
    """
    plain = "-".join(str(name).lower().replace("_", " ").replace("-", " ").split())
    known = {**DYNAMICS, **{alias: dynamic for dynamic in DYNAMICS.values() for alias in dynamic.aliases}}
    if plain in known:
        return known[plain]
    close = nearest(plain, [*known])
    raise InputError(
        "V320",
        f"no dynamics `{name}`; there are: {', '.join(DYNAMICS)}",
        hint=f"did you mean `{known[close].name}`?" if close else None,
    )


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
        One of `DYNAMICS`: "replicator", "payoff-adjusted", "replicator-mutator", "smith", "bnn", "logit",
        "best-response".
    **options
        Of the kind: ``background`` (payoff-adjusted), ``mu``, ``matrix`` and ``when``
        (replicator-mutator), ``eta`` (logit).

    Returns
    -------
    Field
        See `separatrix.dynamics.fields.payoffs.VectorField`.

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
    chosen = dynamic_of(kind)
    known = chosen.options
    for name in options:
        if name not in known:
            close = nearest(name, known)
            takes = f"it takes {', '.join(f'`{o}`' for o in known)}" if known else "it takes none"
            raise InputError(
                "V321",
                f"the {chosen.title} have no option `{name}`; {takes}",
                hint=f"did you mean `{close}`?" if close else None,
            )
    return chosen.make(game, values, scenario, **options)


def at_baseline_values(game: Game, how_sure: str) -> str:
    """Return `how_sure`, with a remark that the schedule is ignored if the game has one."""
    if not game.schedule:
        return how_sure
    return say("{how_sure}; at the baseline values, without the schedule of the game", how_sure=how_sure)
