"""All rest points of n populations with two strategies each, face by face, by msolve.

An oracle for the tests: msolve (Berthomieu, Eder & Safey El Din 2021) solves polynomial systems by Gröbner
bases and isolates their real roots exactly.  It shares no code with the package; where it is not
installed, the tests that need it are skipped.
"""

from __future__ import annotations

import ast
import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from core.oracles.games import OracleGame

__all__ = ["FaceTask", "available", "face_tasks", "in_box", "roots_inside", "solve", "write"]

Interval = tuple[Fraction, Fraction]
Face = tuple[int | None, ...]


def available() -> bool:
    """Whether msolve is installed."""
    return shutil.which("msolve") is not None


@dataclass(frozen=True)
class FaceTask:
    """The equations of one face: the advantages of the mixing populations, as polynomials in their shares.

    ``face`` holds the share of the first strategy of each pure population, None for the mixing ones.
    """

    face: Face
    equations: tuple[Mapping[frozenset[int], Fraction], ...]

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(i for i, share in enumerate(self.face) if share is None)

    @property
    def identically_zero(self) -> bool:
        """Whether some advantage vanishes throughout the face."""
        return not all(self.equations)


def face_tasks(game: OracleGame, least: int = 2) -> Iterator[FaceTask]:
    """Yield the faces with at least `least` mixing populations."""
    advantages = game.advantages()
    for face in itertools.product((0, 1, None), repeat=game.n):
        free = [i for i, share in enumerate(face) if share is None]
        if len(free) < least:
            continue
        equations = []
        for i in free:
            others = advantages[i].others
            inner = [j for j in others if face[j] is None]
            values = {}
            for choices, value in advantages[i].at.items():
                chosen = dict(zip(others, choices, strict=True))
                if all(face[j] is None or face[j] == chosen[j] for j in others):
                    values[tuple(chosen[j] for j in inner)] = value
            equations.append(_monomials(inner, values))
        yield FaceTask(face, tuple(equations))


def _monomials(
    variables: Sequence[int], values: Mapping[tuple[int, ...], Fraction]
) -> dict[frozenset[int], Fraction]:
    """The coefficients of the multilinear function with given values at the corners (Möbius inversion)."""
    table = dict(values)
    for axis in range(len(variables)):
        for corner in table:
            if corner[axis]:
                table[corner] -= table[(*corner[:axis], 0, *corner[axis + 1 :])]
    return {
        frozenset(v for v, on in zip(variables, corner, strict=True) if on): value
        for corner, value in table.items()
        if value
    }


def write(task: FaceTask, path: Path) -> None:
    """Write a face's equations in msolve's format."""
    lines = []
    for equation in task.equations:
        terms = ["*".join([str(value), *(f"x{j}" for j in sorted(m))]) for m, value in equation.items()]
        lines.append("+".join(terms).replace("+-", "-") or "0")
    names = ",".join(f"x{i}" for i in task.free)
    path.write_text(f"{names}\n0\n" + ",\n".join(lines) + "\n", encoding="utf-8")


def solve(source: Path, target: Path, patience: float = 60) -> list[tuple[Interval, ...]] | None:
    """Return isolating boxes of all real roots, or None where there are infinitely many complex ones.

    Raises
    ------
    subprocess.TimeoutExpired
        After `patience` seconds.
    """
    subprocess.run(
        ["msolve", "-f", str(source), "-o", str(target)],
        check=True,
        timeout=patience,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    text = target.read_text(encoding="utf-8").strip().rstrip(":")
    # Numbers are written a / 2^b; as nested lists of [numerator, exponent] Python can read them.
    plain = re.sub(r"(-?\d+)(?:\s*/\s*2(?:\^(\d+))?)?", _pair, text)
    answer = ast.literal_eval(plain)
    kind = answer[0][0]
    if kind == -1:
        return []
    if kind == 1:
        return None
    boxes = answer[1][1]
    return [tuple((_fraction(a), _fraction(b)) for a, b in box) for box in boxes]


def _pair(match: re.Match[str]) -> str:
    bits = match[2] if match[2] is not None else "1" if "/" in match[0] else "0"
    return f"({match[1]}, {bits})"


def _fraction(pair: tuple[int, int]) -> Fraction:
    return Fraction(pair[0], 1 << pair[1])


def roots_inside(
    boxes: Sequence[tuple[Interval, ...]],
) -> tuple[list[tuple[Interval, ...]], list[tuple[Interval, ...]]]:
    """Return the boxes inside the open unit cube, and those that may hold a root inside or on its border."""
    inside, unclear = [], []
    for box in boxes:
        if all(0 < low and high < 1 for low, high in box):
            inside.append(box)
        elif all(high > 0 and low < 1 for low, high in box) and not any(
            low == high and low in (0, 1) for low, high in box
        ):
            unclear.append(box)
    return inside, unclear


def in_box(point: Sequence[float], box: Sequence[Interval]) -> bool:
    """Whether a point lies in a box, up to the rounding of its coordinates."""
    slack = Fraction(1, 10**13)
    return all(low - slack <= Fraction(x) <= high + slack for x, (low, high) in zip(point, box, strict=True))
