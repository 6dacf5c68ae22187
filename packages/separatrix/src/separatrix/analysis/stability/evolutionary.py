"""Evolutionary and neutral stability of a rest state, exactly.

One population: a Nash state z is evolutionarily stable exactly if v^T M v < 0 for every tangent vector
v ≠ 0 that takes no unplayed strategy below zero and adds none that earns less than the played ones (Haigh
1975, Abakuks 1980); neutrally stable if v^T M v <= 0 (Bomze & Weibull 1995).  Several populations that
do not play themselves: the same as strict Nash (Selten 1980).  Several populations that do: Cressman's
condition (Cressman 1992, Cressman, Garay & Hofbauer 2001), that no such v has v_i·(M v)_i >= 0 in every
population i.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq, fmpq_mat

from separatrix.analysis.stability.local import Local
from separatrix.exact.copositivity import copositive_weights, copositivity, value_at

__all__ = ["evolutionarily_stable", "losses", "neutrally_stable"]


def losses(local: Local) -> list[fmpq_mat]:
    """Return for each population the form -v_i·(M v)_i, in the coordinates ``inner + neutral``.

    It is what the population loses, to second order, by the deviation v against the deviated state.
    """
    coordinates = local.inner + local.neutral
    result = []
    for i in range(len(local.game.sizes)):
        rows = [
            [local.gain(a, b) if local.owner[a] == i else fmpq(0) for b in coordinates] for a in coordinates
        ]
        half = fmpq_mat(len(coordinates), len(coordinates), [-v / 2 for row in rows for v in row])
        result.append(half + half.transpose())
    return result


def evolutionarily_stable(local: Local) -> bool | None:
    """Whether the state is an ESS; None where Cressman's condition could be neither proven nor refuted."""
    if not local.nash:
        return False
    if len(local.game.sizes) == 1:
        return copositivity(losses(local)[0], len(local.inner)).kind == "strict"
    if not any(local.game.own_play):
        return local.strict_nash
    return _cressman(local)


def neutrally_stable(local: Local) -> bool | None:
    """Whether the state is an NSS; None in several populations, where the notion is not defined."""
    if len(local.game.sizes) > 1:
        return None
    return local.nash and bool(copositivity(losses(local)[0], len(local.inner)))


def _cressman(local: Local) -> bool | None:
    forms, free = losses(local), len(local.inner)
    if not free and not local.neutral:
        return True
    found = copositive_weights(forms, free)
    if found is not None and found.copositivity.kind == "strict":
        return True
    for v in _deviations(local):
        if all(value_at(form, v) <= 0 for form in forms):
            return False
    return None


def _deviations(local: Local) -> Iterator[tuple[fmpq, ...]]:
    """Deviations worth trying: of one population alone, and small whole numbers."""
    import itertools

    coordinates = local.inner + local.neutral
    free = len(local.inner)
    for i, form in enumerate(losses(local)):
        mine = [k for k, a in enumerate(coordinates) if local.owner[a] == i]
        if not mine:
            continue
        part = fmpq_mat([[form[j, k] for k in mine] for j in mine])
        answer = copositivity(part, sum(k < free for k in mine))
        if answer.witness is not None:
            v = [fmpq(0)] * len(coordinates)
            for k, value in zip(mine, answer.witness, strict=True):
                v[k] = value
            yield tuple(v)
    steps = 3 if len(coordinates) <= 3 else 1
    if len(coordinates) <= 6:
        ranges = [range(-steps if k < free else 0, steps + 1) for k in range(len(coordinates))]
        for whole in itertools.product(*ranges):
            if any(whole):
                yield tuple(fmpq(v) for v in whole)
