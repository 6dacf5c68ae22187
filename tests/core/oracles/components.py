"""Connected sets of rest states of games with affine payoffs: which belong together, and what the flow says.

Two closed polytopes of rest states meet exactly if some state is on both, which is decided by trying all
supports.  Evolutionarily stable sets: Thomas, B. (1985), On evolutionarily stable sets, Journal of
Mathematical Biology 22, 105-115; every state of one is neutrally stable, and as a set it attracts.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp
from scipy.optimize import nnls

from core.oracles.agree import show
from core.oracles.answers import Answer
from core.oracles.at_point import is_nss, jacobian
from core.oracles.exact_linear import solve
from core.oracles.exact_supports import Continuum, RestStates, _equations, supports
from core.oracles.inertia import inertia
from core.oracles.share_games import ShareGame, slope

__all__ = ["component_differences", "groups", "set_refuted"]

Array = npt.NDArray[np.float64]


def _meet(game: ShareGame, first: Continuum, second: Continuum) -> bool:
    both = first.support & second.support
    if any(c in second.corners for c in first.corners):
        return True
    for played in supports(game):
        if played <= both:
            order = sorted(played)
            rows = _equations(game, first.support, order) + _equations(game, second.support, order)
            found = solve(rows, len(order))
            if found is not None and not found.free and all(v > 0 for v in found.point):
                return True
    return False


def groups(game: ShareGame, truth: RestStates) -> list[list[Continuum]]:
    """Return the continua of a game, those together whose closures are connected."""
    parent = list(range(len(truth.continua)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for a, b in itertools.combinations(range(len(truth.continua)), 2):
        if root(a) != root(b) and _meet(game, truth.continua[a], truth.continua[b]):
            parent[root(a)] = root(b)
    result: dict[int, list[Continuum]] = {}
    for k, continuum in enumerate(truth.continua):
        result.setdefault(root(k), []).append(continuum)
    return list(result.values())


def component_differences(answer: Answer, truth: RestStates) -> Iterator[str]:
    """Yield what is wrong with the components: what belongs together, and labels that a state refutes."""
    game = answer.game
    expected = sorted(sorted(map(sorted, {c.support for c in g})) for g in groups(game, truth))
    listed: dict[int, set[frozenset[int]]] = {}
    for piece in answer.pieces:
        if piece.dimension:
            listed.setdefault(piece.entry["component"], set()).add(piece.support)
    found = sorted(sorted(map(sorted, g)) for g in listed.values())
    if found != expected:
        yield f"components {found}, should be {expected}"
        return
    rng = random.Random(0)
    for group in groups(game, truth):
        (number,) = {
            p.entry["component"] for p in answer.pieces if p.support == group[0].support and p.dimension
        }
        (component,) = (c for c in answer.raw["rest_components"] if c["id"] == number)
        label, name = component["set_stability"], f"component {number}"
        states = [
            s
            for c in group
            for s in (*c.corners, c.middle(), c.middle([rng.randint(1, 50) for _ in c.corners]))
        ]
        signs = [inertia(jacobian(game, s)) for s in states]
        if any(s.positive for s in signs) and label != "unstable":
            yield f"{name}: {label}, though a state of it has an eigenvalue with positive real part"
        if component["es_set"] and label != "asymptotically stable":
            yield f"{name}: an ES set is {label}"
        if len(game.sizes) == 1 and component["es_set"]:
            for state in states:
                if not is_nss(game, state):
                    yield f"{name}: an ES set with {show(state)}, which is not neutrally stable"
        if not component["reason"]:
            yield f"{name}: {label} without a reason"


# --------------------------------------------------------------------------- the flow around a set


def _field(game: ShareGame) -> Any:
    matrix = np.array(
        [[float(slope(u, m).get((), Fraction(0))) for m in range(len(game.owner))] for u in game.flat]
    )
    constant = np.array([float(u.get((), Fraction(0))) for u in game.flat])
    membership = np.array([[float(o == i) for i in range(len(game.sizes))] for o in game.owner])
    speed = np.array([float(game.speed(o)) for o in game.owner])

    def rates(_: float, logs: Array) -> Array:
        x = np.exp(np.minimum(logs, 0.0))
        x = x / (membership @ (membership.T @ x))
        earned = matrix @ x + constant
        return np.asarray(speed * (earned - membership @ (membership.T @ (x * earned))))

    return rates, membership


def _distance(state: Array, group: Sequence[Continuum]) -> float:
    best = 9.0
    for continuum in group:
        corners = np.array([[float(v) for v in c] for c in continuum.corners]).T
        weight = 1e3  # that makes the mixture's weights add up to one
        _, gap = nnls(np.vstack([corners, np.full((1, corners.shape[1]), weight)]), np.append(state, weight))
        best = min(best, float(gap))
    return best


def _starts(
    group: Sequence[Continuum], membership: Array, radius: float, rng: np.random.Generator
) -> Iterator[Array]:
    for continuum in group:
        corners = np.array([[float(v) for v in c] for c in continuum.corners])
        places = [*corners, *(rng.dirichlet(np.ones(len(corners)), 2) @ corners)]
        for place in places:
            towards = rng.exponential(size=len(place)) ** 3
            towards = towards / (membership @ (membership.T @ towards))
            yield (1 - radius) * place + radius * towards


def set_refuted(
    game: ShareGame, group: Sequence[Continuum], label: str, *, seed: int = 0, time: float = 300.0
) -> bool:
    """Whether orbits that start near a connected set of rest states contradict its label."""
    rates, membership = _field(game)
    rng = np.random.default_rng(seed)
    left, grew, kept = [], [], []
    for radius in (0.03, 0.003, 0.0003):
        far, ratio, end = 0.0, 0.0, 0.0
        for start in _starts(group, membership, radius, rng):
            first = _distance(start, group)
            run = solve_ivp(rates, (0.0, time), np.log(start), method="LSODA", rtol=1e-8, atol=1e-10)
            states = np.exp(run.y.T)
            states = states / (states @ membership @ membership.T)
            distances = [_distance(s, group) for s in states[:: max(1, len(states) // 40)]]
            far = max(far, *distances)
            ratio = max(ratio, max(distances) / max(first, 1e-12))
            end = max(end, _distance(states[-1], group) / max(first, 1e-12))
        left.append(far > 0.1)
        grew.append(ratio)
        kept.append(end)
    match label:
        case "asymptotically stable":
            return all(left) or (not any(left) and min(kept) > 0.9 and max(grew) < 1.5)
        case "stable":
            return all(left)
        case "unstable":
            return not any(left) and max(grew) < 1.5
    return False
