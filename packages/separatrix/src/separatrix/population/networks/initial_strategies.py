"""Initial strategies of enterprises: those given by columns, and the numbers of those drawn at random."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.trajectory import read_start
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.payoff_tables import PayoffTables
from separatrix.sentences import Sentence, say

__all__ = ["given_strategies", "strategy_quotas"]


def given_strategies(
    game: Game,
    members: Enterprises,
    tables: PayoffTables,
    population: NDArray[np.int8],
    leading: NDArray[np.bool_],
    idea: Sequence[int],
) -> NDArray[np.int8]:
    """Return the initial type of each enterprise from a column or its part; -1 where it is drawn.

    Raises
    ------
    NameProblem
        N115 for a strategy that the game of its population has not.
    """
    given = np.full(len(members), -1, np.int8)
    first = np.array(tables.bounds[:-1], np.int8)
    given[leading] = np.array(idea, np.int8)[population[leading]]
    for at, text in enumerate(members.text("strategy")):
        if not text:
            continue
        own = game.populations[population[at]].strategies
        found = next((k for k, s in enumerate(own) if text in (s.name, s.id)), None)
        if found is None:
            close = nearest(text, [s.name for s in own])
            raise NameProblem(
                "N115",
                f"`strategy` of `{members.names[at]}` is `{text}`; the strategies are: "
                + ", ".join(s.name for s in own),
                where=members.place(at),
                hint=f"did you mean `{close}`?" if close else None,
            )
        given[at] = first[population[at]] + found
    if tables.outside:
        away = ~members.flag("member", True)
        given[away] = np.array(tables.outside, np.int8)[population[away]]
    return given


def strategy_quotas(
    game: Game,
    tables: PayoffTables,
    population: NDArray[np.int8],
    given: NDArray[np.int8],
    knowing: NDArray[np.bool_],
    start: Mapping[str, object] | Sequence[object] | None,
) -> tuple[tuple[tuple[NDArray[np.int32], tuple[int, ...]], ...], tuple[Sentence, ...]]:
    """Return the quotas of initial strategies to draw, and the shares that cannot be met.

    Raises
    ------
    InputError
        N117 where nothing gives the shares; D601 for invalid shares.
    """
    vacant = given < 0
    if not vacant.any():
        return (), ()
    if start is None and game.today is None:
        raise InputError(
            "N117",
            "the initial strategies of the enterprises are not given",
            hint=f"give shares, as in --from {game.shares[0]}=0.2, or a column `strategy`",
        )
    state = list(read_start(game, start if start is not None else dict(game.today or {})))
    quotas, missed = [], list[Sentence]()
    at = 0
    away = np.isin(given, tables.outside) if tables.outside else np.zeros(len(given), bool)
    for p, own in enumerate(game.populations):
        width = len(own.shares)
        shares = state[at : at + width]
        at += width
        if p >= len(tables.bounds) - 1:
            break
        parts = [shares[0], 1 - shares[0]] if own.binary else shares
        present = (population == p) & ~away
        known = np.flatnonzero(vacant & (population == p) & knowing).astype(np.int32)
        unknown = np.flatnonzero(vacant & (population == p) & ~knowing).astype(np.int32)
        told = np.bincount(given[present & ~vacant] - tables.bounds[p], minlength=len(parts))
        whole = _rounded(int(present.sum()), parts)
        counts = _placed(whole, told.tolist(), len(known), len(unknown))
        missed.extend(_missed(own, whole, np.add(told, np.sum(counts, axis=0)).tolist()))
        for where, own_counts in zip((known, unknown), counts, strict=True):
            if len(where):
                full = [0] * tables.bounds[-1]
                full[tables.bounds[p] : tables.bounds[p] + len(parts)] = own_counts
                quotas.append((where, tuple(full)))
    return tuple(quotas), tuple(missed)


def _missed(own: Population, whole: Sequence[int], found: Sequence[int]) -> Iterable[Sentence]:
    """Yield the initial shares that differ from the requested ones."""
    for strategy, asked, there in zip(own.strategies, whole, found, strict=True):
        if asked != there:
            yield say(
                "initially {found} of {all} enterprises play {strategy}, not {asked} as "
                "requested: the strategies of others are given, or they have not heard of the idea",
                found=there,
                all=sum(whole),
                strategy=strategy.name,
                asked=asked,
            )
            return


def _placed(
    whole: Sequence[int], told: Sequence[int], known: int, unknown: int
) -> tuple[list[int], list[int]]:
    """Return how many of those who know of the idea, and who do not, draw each strategy.

    Together with the given strategies they match the requested totals as far as possible: an enterprise
    that does not know of the idea (the first strategy) does not begin with it.

    Examples
    --------
    >>> _placed([4, 16], [2, 0], 18, 0), _placed([4, 16], [8, 0], 12, 0), _placed([4, 16], [1, 0], 1, 18)
    (([2, 16], [0, 0]), ([0, 12], [0, 0]), ([1, 0], [0, 18]))
    """
    need = [max(count - own, 0) for count, own in zip(whole, told, strict=True)]
    if sum(need) > known + unknown:
        need = _rounded(known + unknown, [count / sum(need) for count in need])
    idea, left = min(need[0], known), sum(need[1:])
    kinds = len(need) - 1
    others = [count / left for count in need[1:]] if left else [1 / kinds] * kinds
    rest = _rounded(known + unknown - idea, others)
    total = sum(rest)
    blind = _rounded(unknown, [count / total for count in rest]) if total else [0] * kinds
    return [idea, *(a - b for a, b in zip(rest, blind, strict=True))], [0, *blind]


def _rounded(count: int, shares: Sequence[float]) -> list[int]:
    """Return whole numbers that add to `count`, nearest to shares of it (largest remainders).

    Examples
    --------
    >>> _rounded(10, [0.25, 0.75]), _rounded(3, [1 / 3, 1 / 3, 1 / 3])
    ([3, 7], [1, 1, 1])
    """
    exact = [max(share, 0.0) * count for share in shares]
    found = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda k: (-(exact[k] - found[k]), k))
    for k in order[: count - sum(found)]:
        found[k] += 1
    return found
