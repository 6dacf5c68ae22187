"""The visible basis of an answer: keys of theorems, flags, and the kind of game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from separatrix.analysis.results import Analysis
from separatrix.analysis.theorems import BRANCH_AND_PRUNE, LINEAR_SUPPORTS, WEIGHTS, Theorem, theorems_of
from separatrix.audit.evidence.findings import Finding
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import AdvantageForm, FunctionForm, PairwiseForm
from separatrix.run.cached_property import cached_property

__all__ = ["CitedAnalysis"]


@dataclass(frozen=True)
class CitedAnalysis:
    """What is reported, and what can be seen in it."""

    analysis: Analysis
    findings: tuple[Finding, ...] = ()
    figures: bool = False

    @cached_property
    def theorems(self) -> frozenset[str]:
        """The keys of all theorems in reasons and proofs."""
        a = self.analysis
        told = [x.reason for x in a.rest_points] + [x.reason for x in a.rest_sets]
        told += [x.reason for x in a.rest_components] + [x.reason for x in a.cycles]
        told.append(a.completeness.proof)
        if a.regimes_completeness is not None:
            told.append(a.regimes_completeness.proof)
        return theorems_of(told)

    def rests_on(self, *theorems: Theorem) -> bool:
        """Whether some reason or proof uses one of these theorems."""
        return any(theorem.key in self.theorems for theorem in theorems)

    def flags(self, name: str) -> bool:
        """Whether some rest point says whether it is ``nash``, ``ess`` or ``nss``."""
        return any(getattr(p, name) is not None for p in self.analysis.rest_points)

    @property
    def one(self) -> bool:
        """One population."""
        return self.analysis.game.plays_itself

    @cached_property
    def own_play(self) -> bool:
        """Several populations, and what one of them earns depends on its own shares."""
        game = self.analysis.game
        if self.one:
            return False
        if isinstance(game.form, PairwiseForm):
            return any(i == j for i, j in game.form.matrices)
        if isinstance(game.form, FunctionForm):
            payoffs: Sequence[Sequence[Expression]] = game.form.payoffs
        elif isinstance(game.form, AdvantageForm):
            by_share = game.form.by_share
            payoffs = [[by_share[s] for s in p.shares if s in by_share] for p in game.populations]
        else:
            return False
        return any(
            self._moved_by(payoff) & set(population.shares)
            for population, its in zip(game.populations, payoffs, strict=True)
            for payoff in its
        )

    def _moved_by(self, payoff: Expression) -> set[str]:
        """The names in a payoff, and those behind its shorthands."""
        lets = self.analysis.game.lets
        names = set(names_in(payoff))
        while more := {n for let in names & lets.keys() for n in names_in(lets[let])} - names:
            names |= more
        return names

    @property
    def linear(self) -> bool:
        """Solved by linear algebra, support by support, with numbers."""
        return self.rests_on(LINEAR_SUPPORTS)

    @property
    def searched(self) -> bool:
        """Searched by branch and prune."""
        return self.rests_on(BRANCH_AND_PRUNE)

    def pieces(self, dimension: int) -> bool:
        """Rest sets of this dimension or more that linear algebra found."""
        return self.linear and any(s.dimension >= dimension and s.corners for s in self.analysis.rest_sets)

    @property
    def irrational(self) -> bool:
        """A state with a square root at which the label changes along a rest set."""
        return self.linear and any(
            "sqrt" in condition_text(equation)
            for s in self.analysis.rest_sets
            if not s.dimension
            for equation in s.equations
        )

    @property
    def enclosed(self) -> bool:
        """Some eigenvalues have no short closed form."""
        return any(p.eigenvalues and p.eigenvalues_exact is None for p in self.analysis.rest_points)

    @property
    def weights(self) -> bool:
        """Weights were found by linear programming."""
        return self.linear and (self.rests_on(WEIGHTS) or (self.own_play and self.flags("ess")))

    @property
    def widest(self) -> int:
        """The dimension of the largest face with a rest point inside."""
        return max((sum(len(s) - 1 for s in p.support) for p in self.analysis.rest_points), default=0)

    @property
    def shape(self) -> str | None:
        """The shape of the portrait, where one is shown."""
        if not self.figures:
            return None
        from separatrix.figures.phase_portrait import shape_of, why_no_figure

        return shape_of(self.analysis) if why_no_figure(self.analysis) is None else None

    def finds(self, *codes: str) -> bool:
        """Whether there is a finding with one of these codes."""
        return any(f.code in codes for f in self.findings)
