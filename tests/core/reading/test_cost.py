"""What hostile workbooks cost: at most a second of the processor, and 300 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.reading.hostile import HOSTILE

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no resources of a process"),
]

PROGRAM = """
import json, resource, sys
from pathlib import Path
import separatrix.game.formats.workbook, separatrix.game.formats.gambit, separatrix.game.reader
import separatrix.game.formats.workbook
from separatrix.errors import SeparatrixError

def used():
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime, told.ru_maxrss // (1024 if sys.platform == "darwin" else 1)

before, _ = used()
try:
    separatrix.game.reader.load(Path(sys.argv[1]))
    end = "read"
except SeparatrixError as problem:
    end = problem.code
after, peak = used()
print(json.dumps([end, after - before, peak]))
"""

OTHERS = {
    "unterminated.nfg": lambda: b'NFG 1 R "' + b"a" * 4_900_000,
    "escapes.nfg": lambda: b'NFG 1 R "' + b"\\a" * 2_450_000,
    "sizes.nfg": lambda: b'NFG 1 R "a" { "A" "B" } { ' + b"20000 " * 600_000 + b"}",
    "players.nfg": lambda: b'NFG 1 R "a" { ' + b'"A" ' * 1_200_000,
    "strategies.nfg": lambda: b'NFG 1 R "a" { "A" "B" } { {' + b'"A" ' * 1_000_000 + b"} 2 }",
    "names.nfg": lambda: b'NFG 1 R "a" { "A" "B" } { {' + b'"A" ' * 20_000 + b"} { 1 } }",
    "numbers.nfg": lambda: b'NFG 1 R "a" { "A" "B" } { 20000 1 }' + b"1 1 " * 20_000,
    "wide.csv": lambda: b"a," * 2_400_000 + b"\n1,2\n",
    "short-rows.csv": lambda: b"," * 2_400_000 + b"\n" + b"x\n" * 19_000,
    "strategies.csv": lambda: (
        b"A,B,pay:A,pay:B\n" + b"".join(b"s%d,c,%s1,1\n" % (k, b"x+" * 100) for k in range(19_000))
    ),
    "quotes.csv": lambda: b'"' * 4_900_000,
    "deep.yaml": lambda: b"- " * 490_000,
    "brackets.yaml": lambda: (b"[" * 190 + b"\n") * 5_000,
    "matrices.yaml": lambda: b"payoff_matrix:\n" + (b"- [" + b"1," * 4_900 + b"1]\n") * 100,
    "entries.yaml": lambda: b"".join(b"k%d: [1,1,1,1,1]\n" % k for k in range(45_000)),
    "profiles.yaml": lambda: b"payoffs:\n" + b"- {play: [a, b], pay: [1, 2]}\n" * 19_000,
    "lists.yaml": lambda: b"a:\n" + (b"- " * 15 + b"a\n") * 19_000,
    "lines.yaml": lambda: b"b: 1\na: x" + b"\n x" * 330_000,
    "long.yaml": lambda: b"payoff_matrix: [['" + b"x+" * 490_000 + b"x']]",
}


@pytest.mark.parametrize("name", [*HOSTILE, *OTHERS])
def test_a_refusal_is_cheap(name: str, tmp_path: Path) -> None:
    """Each is refused by a process of its own; start-up apart, its time and its memory are counted."""
    path = tmp_path / name
    path.write_bytes((HOSTILE.get(name) or OTHERS[name])())
    # From a shell, for the peak of a process begins with that of the one it was made from.
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    end, seconds, kilobytes = json.loads(done.stdout)
    print(f"{name}: {end}, {seconds:.2f} s, {kilobytes // 1000} MB")
    assert end != "read"
    assert seconds <= 1
    assert kilobytes <= 300_000
