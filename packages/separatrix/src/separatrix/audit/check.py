"""The referee: every claim of a paper against what follows from its payoff table.

Each kind of claim has a file of its own in this folder; this one runs them in order.  What they report:

====  ========  ==================================================================================
code  severity  meaning
====  ========  ==================================================================================
P601  error     a printed equation is not the replicator equation that follows from the payoffs
P602  error     an entry of the printed Jacobian is not the derivative of the right equation
P603  error     a claimed rest point is not a rest point: some share changes there
P604  error*    a list of rest points lacks one (* a note unless the list is said to be complete)
P605  error     a claimed rest point cannot exist: it lies outside the state space
P606  error     one rest point is listed twice
P607  error     a claimed eigenvalue is not an eigenvalue at that point
P608  error     a label, or the word ESS, does not fit the point
P609  error*    a stability condition is too weak or too strong (* a note if only on its very border)
P610  error     a condition is never met, or contradicts the assumptions
P611  note      a condition is redundant: it follows from the others
P612  error*    two claims contradict each other (* a note where one of them was found wrong)
P613  error     a claimed outcome does not happen
P614  error     a threshold's value is not what its formula gives
P615  error     at a claimed threshold nothing changes
P616  error     in a claimed regime other states are stable, at least on a part of it
P617  error*    a regime is missing (* a note unless the list is said to be complete, or a claimed
                regime is false there)
P618  error     on a claimed curve the share is not at rest
P619  error     an effect is claimed of a parameter that cannot have it
P620  error     a claimed effect has the other sign
P621  note      a parameter is inert: it appears in the payoffs and cancels from every equation
P622  note      a parameter is unused: it does not appear in the game
P623  note      the values of a scenario are degenerate: an eigenvalue is exactly zero there
P624  note      degenerate for all parameters: a whole edge or face consists of rest points
P625  error     two versions of one model disagree where they should agree
P626  note      only one of two versions has a parameter or a share
P627  error     a claim uses a name that the game does not have
P628  note      a claim was not checked, with the reason
P629  note      a claim holds only under a condition that the file does not assume
====  ========  ==================================================================================
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from separatrix.game.model import Game

if TYPE_CHECKING:
    from separatrix.audit.evidence.derived_equations import Truth
    from separatrix.audit.evidence.findings import Finding

__all__ = ["check"]


def check(
    game: Game,
    notes: bool = False,
    against: Game | None = None,
    when: Sequence[str] = (),
    budget: float | None = None,
) -> list[Finding]:
    """Return where a paper's claims contradict its payoff table.

    Parameters
    ----------
    game : Game
        With the claims under ``published``.
    notes : bool
        Whether to return notes too, which contradict no claim: inert parameters, degenerate values, claims
        that could not be checked.
    against : Game, optional
        Another version of the model, whose equations must be the same.
    when : sequence of str
        Equalities, such as ``C21 = C2``, under which the two versions must agree.
    budget : float, optional
        Seconds that all of it may take, by default 60; a note says that not every claim was checked.

    Returns
    -------
    list of Finding
        In the order of the file.

    Raises
    ------
    InputError
        For invalid claims; V305 for an impossible budget; A504 for contradictory assumptions; P708 if an
        entry of `when` is not an equality.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "populations": ["A", "B"],
    ...         "parameters": {"a": None, "b": None},
    ...         "advantages": {"x": "a*y - b", "y": "a*x - b"},
    ...         "published": {"replicator": {"x": "x(1-x)(a y - b)", "y": "y(1-y)(a x + b)"}},
    ...     }
    ... )
    >>> [(f.code, f.term) for f in check(game)]
    [('P601', '2*b')]
    """
    from separatrix.audit.checks.conditions import check_contradictions
    from separatrix.audit.checks.model_versions import check_against, unknown_names
    from separatrix.audit.claims.claims import problem_sentence
    from separatrix.audit.claims.reader import read_published
    from separatrix.audit.evidence.derived_equations import NotChecked, Truth
    from separatrix.audit.evidence.findings import Findings, of_game, ordered
    from separatrix.errors import ComesLater
    from separatrix.run.limits import OutOfTime, seconds_of, time_limit
    from separatrix.sentences import say

    seconds = seconds_of(budget)
    published = read_published(game)
    findings: list[Finding] = []

    def all_of(truth: Truth) -> Iterator[Callable[[], Iterable[Finding]]]:
        yield from (partial(one, truth) for one in _checks())
        yield lambda: check_contradictions(truth, findings)
        if against is not None:
            yield lambda: check_against(Truth(game), against, when)

    def not_checked(reason: str) -> None:
        text = say("Not every claim was checked: {reason}.", reason=reason)
        if all(f.text != text for f in findings):
            findings.append(of_game(game, "P628", "note", text, ("published",)))

    late = say("the budget of {seconds:.3g} seconds ran out", seconds=seconds)
    try:
        with time_limit(seconds):
            _require_consistent(game)
            for one in all_of(Truth(game, published, unknown_names(published))):
                try:
                    findings.extend(one())
                except OutOfTime:
                    not_checked(late)
                except ComesLater as problem:
                    not_checked(problem.message)
                except NotChecked as problem:
                    not_checked(problem_sentence(problem))
    except OutOfTime:
        not_checked(late)
    return Findings(ordered(f for f in findings if notes or f.severity == "error"))


def _require_consistent(game: Game) -> None:
    """Raise `InputError` A504 for assumptions that no parameters satisfy: everything is true of these."""
    from separatrix.analysis.assumptions import require_consistent
    from separatrix.errors import ComesLater

    # Assumptions with roots or functions are not looked into here.
    with contextlib.suppress(ComesLater):
        require_consistent(game)


def _checks() -> Iterator[Callable[[Truth], Iterator[Finding]]]:
    from separatrix.audit.checks.conditions import check_conditions
    from separatrix.audit.checks.equations import check_eigenvalues, check_equations, check_jacobian
    from separatrix.audit.checks.model_versions import check_curves, check_names
    from separatrix.audit.checks.outcomes import check_outcomes
    from separatrix.audit.checks.parameters import check_effects, check_inert
    from separatrix.audit.checks.regimes import check_regimes, check_thresholds
    from separatrix.audit.checks.rest_points import check_rest_points
    from separatrix.audit.checks.stability import check_degeneracy, check_stability

    yield check_names
    yield check_equations
    yield check_jacobian
    yield check_rest_points
    yield check_eigenvalues
    yield check_stability
    yield check_conditions
    yield check_regimes
    yield check_outcomes
    yield check_thresholds
    yield check_curves
    yield check_effects
    yield check_inert
    yield check_degeneracy
