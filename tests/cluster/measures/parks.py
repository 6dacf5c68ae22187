"""Measures and inventories made for a test, without files."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from separatrix_cluster.measures.measures import AbatementMeasure
from separatrix_cluster.measures.target import (
    EmissionSource,
    JointAbatement,
    SourceInventory,
    joint_abatement,
)

CARRIERS = ("raw_coal", "electricity", "process")


def measure(
    identity: str,
    abatement: float,
    *,
    investment: float = 0,
    running_cost: float = 0,
    saving: float = 0,
    enterprise: str = "E01",
    carriers: Sequence[str] = (),
    excludes: Sequence[str] = (),
    requires: Sequence[str] = (),
    life: int = 10,
    earliest: int | None = None,
    lead_time: int = 0,
) -> AbatementMeasure:
    """Return a measure whose investment is spread evenly over its life (no interest)."""
    return AbatementMeasure(
        identity,
        identity,
        enterprise,
        Fraction(investment),
        Fraction(running_cost),
        Fraction(saving),
        Fraction(abatement),
        Fraction(abatement),
        Fraction(abatement),
        Fraction(life),
        Fraction(investment) / life + Fraction(running_cost),
        tuple(carriers),
        frozenset(excludes),
        frozenset(requires),
        earliest,
        lead_time,
    )


def inventory(**amounts: dict[str, float]) -> SourceInventory:
    """Return what enterprises emit by carrier: ``inventory(E01={"raw_coal": 100})``."""
    found = {EmissionSource(e, c): Fraction(v) for e, parts in amounts.items() for c, v in parts.items()}
    return SourceInventory(2024, found, frozenset(amounts), {})


def random_joint(seed: int, count: int = 7) -> JointAbatement:
    """Return measures of three enterprises and of all, some excluding or requiring others."""
    draw = Random(seed)
    names = ("E01", "E02", "E03")
    there = inventory(**{n: {c: draw.randint(0, 900) for c in CARRIERS} for n in names})
    made = []
    for k in range(count):
        earlier = [m.id for m in made]
        made.append(
            measure(
                f"M{k}",
                draw.choice((0, 5, 40, 200, 700)),
                investment=draw.randint(0, 400),
                running_cost=draw.randint(0, 20),
                saving=draw.randint(-5, 50),
                enterprise=draw.choice((*names, "")),
                carriers=draw.sample(CARRIERS, draw.randint(0, 2)),
                excludes=draw.sample(earlier, 1) if earlier and draw.random() < 0.2 else (),
                requires=draw.sample(earlier, 1) if earlier and draw.random() < 0.2 else (),
            )
        )
    return joint_abatement(made, there)


def all_sets(joint: JointAbatement) -> list[frozenset[str]]:
    """Return every set that can be taken."""
    ids = [m.id for m in joint.measures]
    sets = (frozenset(some) for n in range(len(ids) + 1) for some in combinations(ids, n))
    return [one for one in sets if joint.possible(one)]
