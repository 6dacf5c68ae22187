"""The six parameters of Shi and Chen (2018) for one side of a pair, computed from the tables.

π2 is the base return, R1 = π2 + v the return of a lone investor, π1 = π2 + v + B its return if the partner
also invests, and R2 = π2 + F the return of an enterprise whose partner alone invests; C1 = (1 − s) K is the
gross yearly cost after support, before savings, and C2 = p a + penalties the cost of not acting. The
advantage of acting is then (B − F) y − ((1 − s) K − p a − v), where y is the share of partners who act.

References
----------
Shi, L. & Chen, N. (2018). Research on innovation and development of industrial clusters under low-carbon
economy, Table 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.sentences import Sentence, say
from separatrix_cluster.calibration.estimate import Estimate, product_of, sum_of

__all__ = ["COMPONENTS", "Components", "PaperParameter", "paper_parameters"]

COMPONENTS: Mapping[str, Sentence] = {
    "pi2": say("base return of an enterprise"),
    "v": say("own saving of who acts"),
    "B": say("benefit when the partner acts too"),
    "F": say("gain of who lets the partner act alone"),
    "K": say("gross yearly cost of acting"),
    "s": say("share of it that the public bears"),
    "p": say("price of carbon"),
    "a": say("emissions that acting avoids"),
    "penalty": say("other penalties of who does not act"),
}
"""What the six parameters are made of."""


@dataclass(frozen=True)
class Components:
    """What the six parameters of one side are made of, a year and enterprise; see `COMPONENTS`.

    Money is in the money unit of the cluster and `a` in t CO2e; `p` is in currency per t CO2e, and `money` of
    that currency make one money unit.
    """

    pi2: Estimate
    v: Estimate
    B: Estimate
    F: Estimate
    K: Estimate
    s: Estimate
    p: Estimate
    a: Estimate
    penalty: Estimate
    money: Fraction = Fraction(1)

    def __iter__(self) -> Iterator[tuple[str, Estimate]]:
        return ((name, getattr(self, name)) for name in COMPONENTS)

    @property
    def own_cost(self) -> Estimate:
        """(1 − s) K."""
        rest = Estimate(
            1 - self.s.value, 1 - self.s.high, 1 - self.s.low, self.s.basis, self.s.how, self.s.rows
        )
        if rest.certain and rest.value == 1:
            return self.K
        return product_of(rest, self.K, self.K.how)

    @property
    def price_of_waiting(self) -> Estimate:
        """What not acting costs: p a and penalties."""
        carbon = product_of(self.p, self.a, self.p.how).times(1 / self.money)
        return sum_of([carbon, self.penalty], self.p.how)

    def advantages(self) -> tuple[Fraction, Fraction]:
        """Return the advantage of acting where no partner acts, and where all do."""
        alone = self.v.value - self.own_cost.value + self.price_of_waiting.value
        return alone, alone + self.B.value - self.F.value

    @property
    def threshold(self) -> Fraction | None:
        """The share of partners at which acting pays as much as not acting; None where it never changes."""
        alone, together = self.advantages()
        return None if alone == together else alone / (alone - together)

    def to_dict(self) -> dict[str, Any]:
        """Return them as plain data."""
        return {name: estimate.to_dict() for name, estimate in self}


@dataclass(frozen=True)
class PaperParameter:
    """One of the six, as the game file has it.

    Attributes
    ----------
    name, latex, meaning : str
    estimate : Estimate
    varying : tuple of Fraction, or None
        The interval without that of the base return, which all returns share and which cancels in every
        answer.
    """

    name: str
    latex: str
    meaning: Sentence
    estimate: Estimate
    varying: tuple[Fraction, Fraction] | None


def paper_parameters(
    of: Components, suffix: str = "", grid: Fraction = Fraction(0)
) -> tuple[PaperParameter, ...]:
    """Return the six parameters.

    Parameters
    ----------
    of : Components
    suffix : str
        Behind each name, as the A of `pi1A`.
    grid : Fraction
        Values are multiples of it, so that what cancels does so exactly; 0 leaves them as they are.

    Examples
    --------
    >>> from separatrix_cluster.calibration.estimate import exact_estimate
    >>> def given(n):
    ...     return exact_estimate(Fraction(n), say("given"))
    >>> worked = Components(
    ...     given(500),
    ...     given(40),
    ...     given(80),
    ...     given(20),
    ...     given(100),
    ...     given(0),
    ...     given("0.06"),
    ...     given(500),
    ...     given(0),
    ... )
    >>> {p.name: int(p.estimate.value) for p in paper_parameters(worked)}
    {'pi1': 620, 'pi2': 500, 'R1': 540, 'R2': 520, 'C1': 100, 'C2': 30}
    >>> worked.threshold
    Fraction(1, 2)
    """
    returns: tuple[tuple[str, str, Sentence, tuple[Estimate, ...], Sentence], ...] = (
        (
            "pi1",
            r"\pi_{1}",
            say("return when both act"),
            (of.v, of.B),
            say("base return, own saving, and the benefit of acting together"),
        ),
        ("pi2", r"\pi_{2}", say("return when neither acts"), (), of.pi2.how),
        ("R1", "R_{1}", say("return of who acts alone"), (of.v,), say("base return and own saving")),
        (
            "R2",
            "R_{2}",
            say("return of who lets the partner act alone"),
            (of.F,),
            say("base return and what the partner's acting brings"),
        ),
    )
    found = []
    base = _on(of.pi2, grid)
    for name, latex, meaning, parts, how in returns:
        own = [_on(part, grid) for part in parts]
        found.append(
            _paper_parameter(
                name, latex, meaning, sum_of([base, *own], how), _varying(own, base.value), suffix
            )
        )
    for name, latex, meaning, cost in (
        ("C1", "C_{1}", say("cost of acting: gross, a year, after support"), of.own_cost),
        ("C2", "C_{2}", say("cost of not acting: carbon price and penalties"), of.price_of_waiting),
    ):
        own = [_on(cost, grid)]
        found.append(_paper_parameter(name, latex, meaning, own[0], _varying(own, Fraction(0)), suffix))
    return tuple(found)


def _on(of: Estimate, grid: Fraction) -> Estimate:
    if not grid:
        return of
    value = round(of.value / grid) * grid
    low, high = of.low // grid * grid, -(-of.high // grid) * grid
    if of.certain:
        low = high = value
    return Estimate(value, low, high, of.basis, of.how, of.rows)


def _varying(parts: list[Estimate], base: Fraction) -> tuple[Fraction, Fraction] | None:
    low, high = (base + sum((getattr(p, end) for p in parts), Fraction(0)) for end in ("low", "high"))
    return None if low == high else (low, high)


def _paper_parameter(
    name: str,
    latex: str,
    meaning: Sentence,
    of: Estimate,
    varying: tuple[Fraction, Fraction] | None,
    suffix: str,
) -> PaperParameter:
    shown = latex.replace("}", suffix + "}") if suffix else latex.replace("{", "").replace("}", "")
    return PaperParameter(name + suffix, shown, meaning, of, varying)
