"""Questions to z3: right answers, which neither other threads nor earlier questions change."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.expression.satisfiability import Decision, ask, comparison, contradiction, disjunction, term

NAMES = ["x", "y"]
RING = fmpq_mpoly_ctx.get(NAMES, Ordering.lex)
HOLDS = {
    "<": lambda v: v < 0,
    "<=": lambda v: v <= 0,
    "==": lambda v: v == 0,
    "!=": lambda v: v != 0,
    ">=": lambda v: v >= 0,
    ">": lambda v: v > 0,
}

polynomials = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.fractions(-3, 3, max_denominator=4), max_size=4
)
conditions = st.lists(st.tuples(polynomials, st.sampled_from(sorted(HOLDS))), min_size=1, max_size=3)


def _polynomial(terms: dict[tuple[int, int], Fraction]) -> fmpq_mpoly:
    return RING.from_dict({e: fmpq(c.numerator, c.denominator) for e, c in terms.items() if c})


@settings(max_examples=60, deadline=None)
@given(conditions)
def test_what_is_refuted_holds_nowhere(given: list[tuple[dict[tuple[int, int], Fraction], str]]) -> None:
    """No point of a grid satisfies what z3 refutes, and rational values that it finds satisfy all."""
    answer = ask(NAMES, [comparison(term(_polynomial(p), NAMES), o) for p, o in given], 1.0, values=True)

    def holds(x: Fraction, y: Fraction) -> bool:
        return all(HOLDS[o](sum(c * x**i * y**j for (i, j), c in p.items())) for p, o in given)

    if answer.verdict == "unsat":
        grid = [Fraction(k, 2) for k in range(-6, 7)]
        assert not any(holds(x, y) for x, y in product(grid, grid))
    elif max(v.denominator for v in answer.values.values()) < 10**9:  # else an algebraic number, rounded
        assert holds(answer.values["x"], answer.values["y"])


def test_a_contradiction_names_what_it_needs() -> None:
    """Of the conditions that contradict each other none can be left out, and the others are not named."""
    given = ["(> x 0.0)", "(> (+ x y) 0.0)", "(> y 0.0)", "(< (* x y) 0.0)", "(< x 5.0)"]
    assert contradiction(NAMES, given, 1.0, 10.0) == [0, 2, 3]
    assert contradiction(NAMES, given[:3], 1.0, 10.0) == []


def _hard(seed: int) -> tuple[list[str], list[str]]:
    """Four equations of degree four in five unknowns."""
    generator = random.Random(seed)
    names = [f"v{k}" for k in range(5)]
    rows = []
    for _ in range(4):
        terms = [
            f"(* {generator.randint(1, 5)}.0 {' '.join(generator.choices(names, k=4))})" for _ in range(5)
        ]
        rows.append(comparison(f"(+ {' '.join(terms)} (- 1.0))", "=="))
    return names, [*rows, disjunction(comparison(n, "<") for n in names)]


def test_answers_do_not_depend_on_other_threads() -> None:
    """Questions of eight threads at once get the answers, also where the limit ends them, of one thread."""
    questions = [_hard(seed) for seed in range(4)] * 2

    def put(question: tuple[list[str], list[str]]) -> Decision:
        return ask(*question, effort=0.1, at_most=300.0, values=True)

    alone = [put(question) for question in questions]
    assert "unknown" in {a.verdict for a in alone}
    assert alone[:4] == alone[4:]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(put, questions)) == alone


_SCRIPT = """
import gc, threading, z3, separatrix
game = separatrix.load("shi-chen-2018")
alone = separatrix.analyze(game, symbolic=True).to_dict()
found = []
def work():
    found.append(separatrix.analyze(game, symbolic=True).to_dict())
    separatrix.check(game)
    gc.collect()
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(z3.z3._main_ctx, len(found), all(f == alone for f in found))
"""


def test_z3s_own_context_is_never_made() -> None:
    """Analyses and checks in several threads leave z3's context, which the process shares, unused."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (0, ["None", "4", "True"]), done.stderr[-2000:]


_INTERRUPTED = """
import os, signal, threading
from separatrix.expression.satisfiability import ask
from core.expression.test_satisfiability import _hard
handler = signal.getsignal(signal.SIGINT)
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    ask(*_hard(0), effort=1000.0, at_most=60.0)
except KeyboardInterrupt:
    print("interrupted", signal.getsignal(signal.SIGINT) is handler)
"""


def test_an_interrupt_ends_a_question() -> None:
    """A user who interrupts z3 interrupts the program, and may do so again."""
    from pathlib import Path

    tests = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED], cwd=tests, capture_output=True, text=True)
    assert done.stdout.split() == ["interrupted", "True"], done.stderr[-2000:]
