"""Answers of two source trees, or of two days, compared key by key and value by value.

    python tests/core/oracles/compare_answers.py draw GAMES.json  # the catalogue and 2,000 random games
    PYTHONPATH=BEFORE/src python tests/core/oracles/compare_answers.py ask GAMES.json before.jsonl
    PYTHONPATH=AFTER/src python tests/core/oracles/compare_answers.py ask GAMES.json after.jsonl
    python tests/core/oracles/compare_answers.py compare before.jsonl after.jsonl

`ask` goes on where it was interrupted; it takes nothing but `separatrix` itself from the tree that it asks.
`compare` prints every difference and ends with 1 if there is one that nobody has accounted for.  Sentences
are compared after `reworded.toml`, which holds what was said before and is said now; games whose answer was
mended stand in `mended.toml`, each under what mended it.
"""

from __future__ import annotations

import json
import random
import re
import string
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a program: the folder of the tests is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.oracles import factor_games, share_games
from core.oracles.share_games import ShareGame

__all__ = ["differences", "random_game", "reworded"]

HERE = Path(__file__).resolve().parent
RANDOM_GAMES = 2000
BUDGET = 20
"""Seconds for one game: what ends for lack of time depends on the machine, and is asked again alone."""

PROFILES = ((2, 2), (2, 2, 2), (2, 3), (3, 3), (2, 2, 3), (2, 2, 2, 2))
SQUARES = (2, 3, 3, 4, 5)
BIMATRICES = ((2, 2), (2, 3), (3, 3), (3, 4))
DEGREES = (1, 2, 2, 3)


def random_game(number: int) -> ShareGame:
    """Return one of the random games; every tenth is of one kind."""
    rng = random.Random(f"compare-{number}")
    kind, most = number % 10, rng.choice((1, 2, 5, 9))
    if kind < 2:
        return share_games.random_profiles(rng, rng.choice(PROFILES), most)
    if kind == 2:
        size = rng.choice(SQUARES)
        return share_games.own_matrix(share_games.random_integers(rng, size, size, most))
    if kind == 3:
        rows, columns = rng.choice(BIMATRICES)
        first = share_games.random_integers(rng, rows, columns, most)
        return share_games.bimatrix(first, share_games.random_integers(rng, rows, columns, most))
    if kind == 4:
        return share_games.polynomial_square(rng, rng.choice(DEGREES), 3)
    if kind in (5, 6):
        return factor_games.draw(random.Random(f"factors-{30000 + number}"))
    if kind == 7:
        return share_games.random_profiles(rng, (2, 2, 2), 1)
    if kind == 8:
        return share_games.random_profiles(rng, (2, 2), rng.choice((1, 1, 3)))
    first_row = [rng.randint(-3, 3) for _ in range(3)]
    return share_games.functions_of_own_share(first_row, [rng.randint(-3, 3) for _ in range(3)])


# --------------------------------------------------------------------------- questions and answers


def questions(count: int) -> Iterator[dict[str, Any]]:
    """Yield what is asked: published games at their values and in symbols, then random ones."""
    from separatrix.game.catalogue_files import catalogue_slugs

    for name in catalogue_slugs():
        for symbolic in (False, True):
            yield {"id": f"{name}, in symbols" if symbolic else name, "game": name, "symbolic": symbolic}
    for number in range(count):
        yield {"id": f"random {number}", "game": random_game(number).file, "symbolic": False}


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of the tree that is on the path, as plain data."""
    import separatrix

    budget = None if isinstance(question["game"], str) else BUDGET
    try:
        game = separatrix.load(question["game"])
        return separatrix.analyze(game, symbolic=question["symbolic"], budget=budget).to_dict()
    except Exception as error:  # what is refused must be refused in the same way
        return {"error": f"{type(error).__name__}: {error}"}


# --------------------------------------------------------------------------- sentences


def reworded(table: Sequence[Mapping[str, str]]) -> Callable[[str], str]:
    """Return what puts the old sentences of a table into new words, wherever they stand in a text."""
    rules = [(_pattern(row["old"]), _filled(row["new"])) for row in table]

    def renew(text: str) -> str:
        for old, new in rules:
            text = old.sub(new, text)
        return text

    return renew


def _pattern(template: str) -> re.Pattern[str]:
    """Return what finds a filled template: a name may stand for anything, the same where it stands twice."""
    seen: set[str] = set()
    parts = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    whole = "".join(parts)
    ends_open = template.endswith("}")
    return re.compile(whole + "$" if ends_open else whole, re.DOTALL)


def _filled(template: str) -> Callable[[re.Match[str]], str]:
    plain = re.sub(r"\{(\w+)[^}]*\}", r"{\1}", template)
    return lambda found: plain.format_map(found.groupdict())


# --------------------------------------------------------------------------- differences


def differences(
    before: Any, after: Any, renew: Callable[[str], str], place: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield where two answers differ, and what stands there."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            here = f"{place}/{key}"
            if key not in before or key not in after:
                yield here, before.get(key, "no such key"), after.get(key, "no such key")
            else:
                yield from differences(before[key], after[key], renew, here)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, renew, f"{place}/{number}")
    elif isinstance(before, str) and isinstance(after, str):
        if before != after and renew(before) != after:
            yield place, before, after
    elif before != after:
        yield place, before, after


# --------------------------------------------------------------------------- the program


def _read(path: str) -> dict[str, Any]:
    lines = Path(path).read_text("utf-8").splitlines()
    return {row["id"]: row["answer"] for row in map(json.loads, lines)}


def _ask(games: str, path: str) -> None:
    asked = json.loads(Path(games).read_text("utf-8"))
    done = _read(path).keys() if Path(path).exists() else ()
    with Path(path).open("a", encoding="utf-8") as file:
        for question in asked:
            if question["id"] not in done:
                row = {"id": question["id"], "answer": answer(question)}
                file.write(json.dumps(row, sort_keys=True, default=str) + "\n")
                file.flush()


def _compare(before: dict[str, Any], after: dict[str, Any]) -> int:
    tables = [tomllib.loads((HERE / name).read_text("utf-8")) for name in ("reworded.toml", "mended.toml")]
    renew = reworded(tables[0]["sentence"])
    causes = {game: row["by"] for row in tables[1]["mended"] for game in row["games"]}
    open_ones, told = 0, dict[str, int]()
    for name in [n for n in before if n in after]:
        found = list(differences(before[name], after[name], renew))
        if found and name in causes:
            told[causes[name]] = told.get(causes[name], 0) + 1
        elif found:
            open_ones += 1
            for place, old, new in found:
                print(f"{name}{place}: {str(old)[:200]} -> {str(new)[:200]}")
    for cause, count in told.items():
        print(f"{count} mended: {cause}")
    missing = len(before.keys() ^ after.keys())
    print(f"{len(before.keys() & after.keys())} answers; {open_ones} differ, {missing} have no pendant")
    return 1 if open_ones or missing else 0


def main(arguments: Sequence[str]) -> int:
    """Draw games, ask for their answers, or compare two files of answers."""
    match arguments:
        case ["draw", path, *count]:
            drawn = list(questions(int(*count) if count else RANDOM_GAMES))
            Path(path).write_text(json.dumps(drawn, default=str), "utf-8")
        case ["ask", games, path]:
            _ask(games, path)
        case ["compare", before, after]:
            return _compare(_read(before), _read(after))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
