"""Payoffs by matrices: of one population, of two, or of several that meet in pairs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from separatrix.expression.tree import Expression, add
from separatrix.game.document_reading import QUOTE_HINT, Reading, Vocabulary
from separatrix.game.model import Form, PairwiseForm, Population, Profile, ProfileTable, SelfMatrix
from separatrix.game.profiles import check_count, profile_count, settled
from separatrix.io.source import Path
from separatrix.sentences import say

__all__ = ["one_population", "read_bimatrix", "read_payoff_matrices", "read_payoff_matrix"]

MAX_PAIRED_PROFILES = 200
"""Encounters in pairs with more profiles stay in pairs: a table of profiles would only be long."""


def _read_matrix(
    reading: Reading,
    value: object,
    path: Path,
    shape: tuple[int, int],
    cell: Callable[[object, Path], Any],
    what: str,
) -> tuple[tuple[Any, ...], ...]:
    rows = reading.items(value, path, what)
    if len(rows) != shape[0]:
        raise reading.fault(
            "G119",
            say("{what} has {count} rows; {needed} are needed", what=what, count=len(rows), needed=shape[0]),
            path,
        )
    matrix = []
    for i, row in enumerate(rows):
        cells = reading.items(row, (*path, i), f"a row of {what}")
        if len(cells) != shape[1]:
            raise reading.fault(
                "G119",
                say(
                    "row {row} of {what} holds {count} entries; {needed} are needed",
                    row=i + 1,
                    what=what,
                    count=len(cells),
                    needed=shape[1],
                ),
                (*path, i),
                hint=QUOTE_HINT,
            )
        matrix.append(tuple(cell(item, (*path, i, j)) for j, item in enumerate(cells)))
    return tuple(matrix)


def one_population(reading: Reading, populations: tuple[Population, ...], kind: str) -> Population:
    """Return the one population that plays itself; refuse several."""
    if len(populations) != 1:
        raise reading.fault(
            "G119",
            say(
                "`{kind}` is for one population that plays itself; {count} populations are declared",
                kind=kind,
                count=len(populations),
            ),
            (kind,),
            key=True,
            hint=say("give `payoffs` or, for two populations, `bimatrix`"),
        )
    return populations[0]


def read_payoff_matrix(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of one population against itself."""
    size = len(one_population(reading, populations, "payoff_matrix").strategies)
    rows = _read_matrix(
        reading,
        value,
        ("payoff_matrix",),
        (size, size),
        lambda item, path: reading.expression(item, path, words),
        "`payoff_matrix`",
    )
    return settled(
        populations, SelfMatrix(rows), any(words.depends_on_shares(e) for row in rows for e in row)
    )


def read_bimatrix(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of two populations, a pair an entry."""
    if len(populations) != 2:
        raise reading.fault(
            "G119",
            say("`bimatrix` is for two populations; declared: {count}", count=len(populations)),
            ("bimatrix",),
            key=True,
        )

    def pair(item: object, path: Path) -> tuple[Expression, ...]:
        entries = reading.items(item, path, "an entry of `bimatrix`")
        if len(entries) != 2:
            raise reading.fault(
                "G119",
                say("an entry of `bimatrix` holds {count} payoffs; 2 are needed", count=len(entries)),
                path,
                hint=QUOTE_HINT,
            )
        return tuple(reading.expression(e, (*path, i), words) for i, e in enumerate(entries))

    shape = (len(populations[0].strategies), len(populations[1].strategies))
    rows = _read_matrix(reading, value, ("bimatrix",), shape, pair, "`bimatrix`")
    pay: dict[Profile, tuple[Expression, ...]] = {
        (i, j): cell for i, row in enumerate(rows) for j, cell in enumerate(row)
    }
    moving = any(words.depends_on_shares(e) for cell in pay.values() for e in cell)
    return settled(populations, ProfileTable(pay), moving)


def read_payoff_matrices(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of populations that meet in pairs, a matrix a pair."""
    path: Path = ("payoff_matrices",)
    by_name = {p.name: i for i, p in enumerate(populations)}
    matrices: dict[tuple[int, int], tuple[tuple[Expression, ...], ...]] = {}
    for key, item in reading.mapping(value, path, "`payoff_matrices`").items():
        pair = _pair(reading, key, by_name, (*path, key))
        if pair in matrices:
            raise reading.fault("G108", say("a second matrix for `{key}`", key=key), (*path, key), key=True)
        shape = (len(populations[pair[0]].strategies), len(populations[pair[1]].strategies))
        matrices[pair] = _read_matrix(
            reading,
            item,
            (*path, key),
            shape,
            lambda entry, at: reading.expression(entry, at, words),
            f"the matrix `{key}`",
        )
    n = len(populations)
    needed = [(i, j) for i in range(n) for j in range(n) if i != j or n == 1]
    for i, j in needed:
        if (i, j) not in matrices:
            wanted = f"{populations[i].name},{populations[j].name}"
            raise reading.fault(
                "G111", say("`payoff_matrices` needs the matrix '{wanted}'", wanted=wanted), path, key=True
            )
    moving = any(words.depends_on_shares(e) for m in matrices.values() for row in m for e in row)
    if n == 1:
        return settled(populations, SelfMatrix(matrices[0, 0]), moving)
    if moving or any(i == j for i, j in matrices) or profile_count(populations) > MAX_PAIRED_PROFILES:
        return settled(populations, PairwiseForm(matrices), moving)
    check_count(reading, populations, path)
    return ProfileTable(
        {
            profile: tuple(
                add(*(matrices[i, j][profile[i]][profile[j]] for j in range(n) if j != i)) for i in range(n)
            )
            for profile in itertools.product(*(range(len(p.strategies)) for p in populations))
        }
    )


def _pair(reading: Reading, key: str, by_name: Mapping[str, int], path: Path) -> tuple[int, int]:
    for at, character in enumerate(key):
        if character == ",":
            row, column = key[:at].strip(), key[at + 1 :].strip()
            if row in by_name and column in by_name:
                return by_name[row], by_name[column]
    row, _, column = (part.strip() for part in key.partition(","))
    stranger = column if row in by_name else row
    raise reading.unknown(
        "G118",
        say("`{key}` is no pair of populations", key=key),
        path,
        name=stranger,
        known=list(by_name),
        key=True,
    )
