"""The precision of balls, which python-flint keeps for the whole process."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator

import pytest
from flint import arb, ctx

from separatrix import analyze, check, load
from separatrix.expression.precision import precision
from source_files import source_files

QUINTIC = {
    "title": "an edge with irrational rest points",
    "populations": [{"name": n, "share": s, "strategies": ["u", "w"]} for n, s in (("A", "x"), ("B", "y"))],
    "payoff_functions": {
        "A": {"u": "x**5 - x + 1/5 + y/7", "w": "0"},
        "B": {"u": "y**3 - 1/3 + x*y/5", "w": "0"},
    },
}
CYCLIC = {"title": "cyclic", "payoff_matrix": [[0, -1, 2, 0], [2, 0, -1, 0], [-1, 2, 0, 0], [1, 0, 1, 0]]}


@pytest.fixture
def _ambient() -> Iterator[None]:
    before = ctx.prec
    yield
    ctx.prec = before


@pytest.mark.usefixtures("_ambient")
@pytest.mark.parametrize(
    "game", [QUINTIC, CYCLIC, "shi-chen-2018", "coal-safety"], ids=["5", "cyclic", "a", "b"]
)
def test_answers_do_not_depend_on_the_callers_precision(game: str | dict[str, object]) -> None:
    """Whatever precision the calling program has set, the answer is the same and the setting stays."""
    answers = []
    for bits in (53, 2, 700):
        ctx.prec = bits
        loaded = load(game)
        answers.append((analyze(loaded).to_dict(), [f.to_dict() for f in check(loaded, notes=True)]))
        assert ctx.prec == bits
    assert answers[0] == answers[1] == answers[2]


def test_no_thread_sees_the_precision_of_another() -> None:
    """While one thread computes with many bits, another computes with few, and both have what they want."""
    seen: list[tuple[int, float]] = []
    start = threading.Barrier(2)

    def work(bits: int) -> None:
        start.wait()
        for _ in range(2000):
            with precision(bits):
                root = arb(2).sqrt()
                with precision(2 * bits):
                    fine = arb(2).sqrt()
                again = arb(2).sqrt()
            seen.append((bits, float(root.rad())))
            assert float(fine.rad()) < float(root.rad()) == float(again.rad())

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (60, 240)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4000
    assert len(set(seen)) == 2


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for name, path in source_files().items():
        text = path.read_text("utf-8")
        if "ctx" in text or "precision(" in text:
            yield name, ast.parse(text)


def test_one_place_sets_the_precision() -> None:
    """No other file takes python-flint's context, so none can forget to hold it."""
    takes = [
        name
        for name, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "flint"
        and any(a.name == "ctx" for a in node.names)
    ]
    assert takes == ["separatrix/expression/precision.py"]


def _blocks(tree: ast.Module) -> Iterator[ast.With | ast.FunctionDef]:
    def is_precision(node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "precision"

    for node in ast.walk(tree):
        if isinstance(node, ast.With) and any(is_precision(i.context_expr) for i in node.items):
            yield node
        if isinstance(node, ast.FunctionDef) and any(is_precision(d) for d in node.decorator_list):
            yield node


def test_no_block_leaves_a_generator() -> None:
    """A block that yields would keep the precision from all other threads until it is asked for more."""
    blocks = [(name, b) for name, tree in _modules() for b in _blocks(tree)]
    assert len(blocks) > 20
    assert not [
        (name, block.lineno)
        for name, block in blocks
        for node in ast.walk(block)
        if isinstance(node, ast.Yield | ast.YieldFrom)
    ]
