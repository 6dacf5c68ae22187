"""The label of a rest state among its neighbours, and of a whole cell of rest states at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flint import fmpq

from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.affine_game import AffineGame, Support
from separatrix.analysis.rest_set_labels import within
from separatrix.analysis.results import LABEL_WORDS
from separatrix.analysis.stability.label import Judgement, judge
from separatrix.analysis.stability.local import localise
from separatrix.analysis.stability.neutral_strategies import beside
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.matrices import Point, affine_rank
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["CHANGES", "Judge"]

CHANGES = say("an eigenvalue may change the sign of its real part on it")


class Judge:
    """Judges the states of one game; it knows on which rest sets a state lies.

    Parameters
    ----------
    game : AffineGame
    families : the rest families of dimension 1 or more, by their support
    """

    def __init__(self, game: AffineGame, families: Mapping[Support, RestFamily]) -> None:
        self.game = game
        self.families = families

    def along(self, support: Support, state: Point) -> int:
        """Return the dimension of the largest rest set that holds the state, 0 where it is isolated.

        A family whose support adds only strategies that earn the same holds the state in its closure.
        """
        if not self.families:
            return 0
        neutral = set(localise(self.game, support, state).neutral)
        extended = tuple(
            tuple(a for a in range(size) if a in played or offset + a in neutral)
            for offset, size, played in zip(self.game.offsets, self.game.sizes, support, strict=True)
        )
        whole = self.families.get(extended)
        if whole is not None:
            return whole.dimension
        return max(
            (f.dimension for s, f in self.families.items() if within(support, s) and within(s, extended)),
            default=0,
        )

    def at(self, support: Support, state: Point) -> Judgement:
        """Return what is known of a rest state that plays `support`.

        Raises `OutOfTime`.
        """
        poll()
        along = self.along(support, state)
        found = judge(self.game, support, state, along)
        _, zero, positive = found.signs
        if found.label == "undecided" and not positive:
            verdict = beside(localise(self.game, support, state))
            if verdict is not None:
                found = replace(found, label=verdict.label, reason=verdict.reason, pointwise=True)
        return replace(found, positive=positive > 0, attracting=positive == 0 and zero == along)

    def neutral(self, support: Support, state: Point) -> tuple[int, ...]:
        """Return the strategies, among all K, that are not played and earn the same as the played ones."""
        return localise(self.game, support, state).neutral

    def gains(self, support: Support, state: Point) -> tuple[fmpq, ...]:
        """Return the eigenvalues that belong to the strategies that are not played."""
        return tuple(localise(self.game, support, state).outside.values())

    def on_cell(
        self,
        family: RestFamily,
        samples: Sequence[Point],
        constant: bool,
        trusted: Collection[int],
        everywhere: bool,
    ) -> Verdict:
        """Return the verdict on a cell on which no gain of an unplayed strategy changes its sign.

        Parameters
        ----------
        samples : states inside the cell; the first one is judged, the others serve as a check
        constant : whether no eigenvalue along the face changes its sign on the cell
        trusted : neutral strategies beside which the states of the cell all behave alike
        everywhere : whether the cell is open in the family

        Eigenvalues decide for the whole cell where their signs are constant.  Where they leave the label
        open, arguments that use payoff differences between played and neutral strategies hold at every state
        of the cell, for these are the same there; arguments that use the state itself do not, unless all that
        they use are equations that hold at so many states of a segment that they hold on all of it.
        """
        found = self.at(family.support, samples[0])
        local = localise(self.game, family.support, samples[0])
        gains = local.outside.values()
        growing = any(v > 0 for v in gains)
        if growing and any(v < 0 for v in gains):
            return found
        if not constant:
            if growing:
                return Verdict("unstable", say("a strategy that is not played earns more"), positive=True)
            return Verdict("undecided", CHANGES)
        if found.positive or found.attracting:
            return found
        proven = beside(local, everywhere, trusted)
        if proven is not None:
            return Verdict(proven.label, proven.reason)
        # on a line polynomials vanish throughout if they do at more states than their degree
        enough = 0 < found.degree < len(samples) and affine_rank(samples) == 1
        if found.label != "undecided" and (enough or not found.pointwise):
            others = [self.at(family.support, state) for state in samples[1:]]
            same = (found.label, found.pointwise, found.degree)
            if all((other.label, other.pointwise, other.degree) == same for other in others):
                return found
        return Verdict(
            "undecided",
            say(
                "at one state of it: {label}, because {why}", label=LABEL_WORDS[found.label], why=found.reason
            ),
        )
