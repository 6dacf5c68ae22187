"""A second route: chains of finite populations from the moves of single players, in exact fractions.

Nothing here is shared with the program: each update is a sum over players, and chains are solved as linear
systems over the rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

Rows = Sequence[Sequence[Fraction]]
State = tuple[int, ...]


def states_of(size: int, strategies: int) -> list[State]:
    """Return every way in which so many players can play so many strategies."""
    if strategies == 1:
        return [(size,)]
    return [(n, *rest) for n in range(size + 1) for rest in states_of(size - n, strategies - 1)]


def updates(
    state: State,
    rows: Rows,
    process: str,
    fitness: Callable[[Fraction], Fraction],
    copies: Callable[[Fraction], Fraction],
    mu: Fraction,
    explored: Rows,
    itself: bool,
) -> dict[State, Fraction]:
    """Return the chance of each state after one update, player by player."""
    players = [a for a, count in enumerate(state) for _ in range(count)]
    size = len(players)

    def payoff(i: int) -> Fraction:
        met = [j for j in range(size) if itself or j != i]
        return sum((rows[players[i]][players[j]] for j in met), Fraction(0)) / len(met)

    earned = [payoff(i) for i in range(size)]
    weight = [fitness(value) for value in earned]
    after: dict[State, Fraction] = {}

    def becomes(i: int, strategy: int, chance: Fraction) -> None:
        new = list(state)
        new[players[i]] -= 1
        new[strategy] += 1
        after[tuple(new)] = after.get(tuple(new), Fraction(0)) + chance

    def copied(i: int, parent: int, chance: Fraction) -> None:
        becomes(i, players[parent], chance * (1 - mu))
        for other, share in enumerate(explored[players[parent]]):
            becomes(i, other, chance * mu * share)

    for i in range(size):
        others = [j for j in range(size) if itself or j != i]
        if process == "fermi":
            for other, share in enumerate(explored[players[i]]):
                becomes(i, other, mu * share / size)
            for j in others:
                chance = (1 - mu) / (size * len(others))
                yes = copies(earned[j] - earned[i])
                becomes(i, players[j], chance * yes)
                becomes(i, players[i], chance * (1 - yes))
        elif process == "birth-death":
            for j in others:
                copied(j, i, weight[i] / sum(weight) / len(others))
        else:
            among = list(range(size)) if process == "imitation" else others
            for j in among:
                copied(i, j, weight[j] / sum(weight[k] for k in among) / size)
    return after


def chain(
    size: int, strategies: int, step: Callable[[State], dict[State, Fraction]]
) -> tuple[list[State], list[list[Fraction]]]:
    """Return the states and the matrix of transitions, rows adding up to 1."""
    states = states_of(size, strategies)
    place = {state: k for k, state in enumerate(states)}
    matrix = [[Fraction(0)] * len(states) for _ in states]
    for state in states:
        for new, chance in step(state).items():
            matrix[place[state]][place[new]] += chance
        assert sum(matrix[place[state]]) == 1
    return states, matrix


def solved(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """Return the solution of a linear system over the rationals."""
    left = fmpq_mat([[fmpq(x.numerator, x.denominator) for x in row] for row in matrix])
    column = fmpq_mat([[fmpq(x.numerator, x.denominator)] for x in right])
    found = left.solve(column)
    return [Fraction(int(found[k, 0].p), int(found[k, 0].q)) for k in range(len(right))]


def absorbed(
    matrix: Sequence[Sequence[Fraction]], ends: Sequence[int]
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the chance to come to the last of `ends` before the others, and the mean time."""
    count = len(matrix)
    system = [
        [Fraction(int(i == j)) - (matrix[i][j] if i not in ends else 0) for j in range(count)]
        for i in range(count)
    ]
    fixed = solved(system, [Fraction(int(i == ends[-1])) for i in range(count)])
    times = solved(system, [Fraction(int(i not in ends)) for i in range(count)])
    return fixed, times


def stationary(matrix: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """Return the stationary distribution."""
    count = len(matrix)
    system = [[matrix[j][i] - int(i == j) for j in range(count)] for i in range(count - 1)]
    system.append([Fraction(1)] * count)
    return solved(system, [Fraction(0)] * (count - 1) + [Fraction(1)])
