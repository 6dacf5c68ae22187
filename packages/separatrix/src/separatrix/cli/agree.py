"""``separatrix agree``: whether mean fields, finite chains and simulations of one game agree."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import (
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    Seed,
    SetValues,
    assignments,
    game_of,
    start_in,
)
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, guard_source

__all__ = ["agree"]

Format = Literal["text", "json", "csv"]


def agree(
    model: Model,
    /,
    *,
    size: int = 50,
    beta: float = 1.0,
    from_: From = None,
    until: float = 10.0,
    replicas: int = 2_000,
    seed: Seed = 0,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Cross-check the mean field, the exact finite Markov chain and the simulation of each update rule.

    Compares imitation, logit choice and best response. The exit code is 1 if a simulation disagrees.

    Parameters
    ----------
    size : int
        Number of enterprises, all connected to each other.
    beta : float
        The intensity of selection.
    until : float
        Duration of each simulation; one unit of time is one update per enterprise.
    replicas : int
        Number of runs of each simulation.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.agreement import agreement_csv, agreement_document

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    found = separatrix.agree(
        game,
        assignments(set_),
        scenario,
        size=size,
        beta=beta,
        start=start_in(game, from_),
        until=until,
        replicas=replicas,
        seed=seed,
    )
    if chosen == "csv":
        emit_csv(agreement_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(agreement_document(found, words), chosen, out)
    return 0 if found.agrees else 1
