"""What reading costs as a file grows: `python -m fuzz.growth KIND FIRST COUNT` in the folder tests.

From each input of the fuzzer a piece is taken and repeated until the file is long, then until it is four
times as long.  Where reading takes more than eight times as long, it is not linear in what a stranger sends.
"""

from __future__ import annotations

import io
import random
import sys
import time
import zipfile
import zlib

from core.reading.hostile import packed
from cross.fuzz.kinds import KINDS, fuzzed
from cross.fuzz.run import Hang, end_after
from separatrix.errors import SeparatrixError

SHORT, TIMES = 50_000, 4
MOST_TIMES = 2 * TIMES
"""Reading that grows with the square of the length takes 16 times as long, with n log n 5 times."""
LEAST_SECONDS = 0.2
"""What takes less is not looked at again: there it is the start that costs."""
MOST_SECONDS = 20.0


def repeated(kind: str, number: int, length: int) -> bytes:
    """Return input `number` of a kind with one of its pieces repeated until it has this length."""
    chance = random.Random(f"growth {kind} {number}")
    content = fuzzed(kind, number)
    if kind == "workbook":
        return _in_a_part(chance, content, length)
    head = content.find(b"\n") + 1 if kind in ("csv", "links") else 0
    longer = _longer(chance, content[head:].decode("latin-1"), length).encode("latin-1")
    # A table may be of any encoding; elsewhere a character that was cut in two is left out.
    return content[:head] + (longer if kind == "csv" else longer.decode("utf-8", "ignore").encode())


def _longer(chance: random.Random, text: str, length: int) -> str:
    lines = text.split("\n")
    if chance.random() < 0.4 and len(lines) > 1:
        at = chance.randrange(len(lines))
        piece = "\n".join(lines[at : at + chance.choice((1, 1, 2, 3))]) + "\n"
        start = sum(len(line) + 1 for line in lines[:at])
    else:
        start = chance.randrange(len(text) + 1)
        piece = text[start : start + chance.choice((1, 1, 2, 3, 5, 8, 13, 30))] or " "
    return text[:start] + piece * max(1, (length - len(text)) // len(piece)) + text[start:]


def _in_a_part(chance: random.Random, content: bytes, length: int) -> bytes:
    """Return a workbook one of whose parts is longer; the workbook itself where it is damaged."""
    suffix, _, data = content.partition(b"\n")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zlib.error):
        return content
    chosen = chance.choice(sorted(parts, key=lambda name: -len(parts[name]))[:4])
    parts[chosen] = _longer(chance, parts[chosen].decode("latin-1"), length).encode("latin-1")
    return suffix + b"\n" + packed(parts)


def seconds(kind: str, content: bytes) -> float:
    """Return the processor time that reading takes, whatever it ends in."""
    began = time.process_time()
    try:
        with end_after(MOST_SECONDS):
            KINDS[kind].read(content)
    except (SeparatrixError, Hang):
        pass
    return time.process_time() - began


def growth(kind: str, number: int) -> float:
    """Return how many times longer the longer file takes; 0 where that is too short to be told."""
    taken = seconds(kind, repeated(kind, number, SHORT * TIMES))
    if taken < LEAST_SECONDS:
        return 0.0
    if (times := taken / seconds(kind, repeated(kind, number, SHORT))) > MOST_TIMES and taken < MOST_SECONDS:
        # Caches fill and memory is fetched as a file grows, once; a power of its length stays one.
        times = min(times, seconds(kind, repeated(kind, number, SHORT * TIMES**2)) / taken)
    return times


if __name__ == "__main__":
    name, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, first + count):
        told = growth(name, number)
        if told > MOST_TIMES:
            print("GROWS", name, number, f"{told:.1f} times", repeated(name, number, 0)[:300], flush=True)
