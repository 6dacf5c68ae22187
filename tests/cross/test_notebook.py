"""The notebooks of the documentation run, and show what their cells give.

``python tests/cross/test_notebook.py`` runs them and writes what their cells give into them.
"""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))


def value_of(source: str, names: dict[str, Any]) -> Any:
    """Run a cell, and return the value of its last line; None where that is no expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def shown(value: Any) -> dict[str, list[str]]:
    """Return what a notebook shows of a value: its HTML where it has some, and its text."""
    told = {"text/plain": repr(value).splitlines(keepends=True)}
    html = getattr(value, "_repr_html_", None)
    if html is not None and (text := html()) is not None:
        told["text/html"] = text.splitlines(keepends=True)
    return told


def run(path: Path) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    """Run a notebook; return it with what its cells give, and pairs of what it shows and these."""
    from matplotlib import pyplot

    matplotlib.use("agg")
    notebook = json.loads(path.read_text("utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    pairs = []
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), start=1):
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            value = value_of("".join(cell["source"]), names)
        outputs = []
        if value is not None:
            outputs.append(
                {
                    "data": shown(value),
                    "execution_count": number,
                    "metadata": {},
                    "output_type": "execute_result",
                }
            )
        pairs.append((cell["outputs"], outputs))
        cell["execution_count"], cell["outputs"] = number, outputs
    pyplot.close("all")
    return notebook, pairs


def _texts(outputs: list[dict[str, Any]]) -> list[str]:
    return ["".join(output["data"]["text/plain"]) for output in outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_runs_and_shows_what_its_cells_give(path: Path) -> None:
    """Every cell runs after the ones before it, and the page shows its value."""
    pytest.importorskip("sympy", reason="comes with the extra `sympy`")
    _, pairs = run(path)
    for there, found in pairs:
        assert _texts(there) == _texts(found)


def test_there_is_a_notebook() -> None:
    """The documentation has one, and a page leads to it."""
    assert NOTEBOOKS
    pages = "".join(p.read_text("utf-8") for p in (ROOT / "docs").rglob("*.md"))
    assert all(path.name in pages for path in NOTEBOOKS)


if __name__ == "__main__":
    for notebook_path in NOTEBOOKS:
        filled, _ = run(notebook_path)
        notebook_path.write_text(json.dumps(filled, ensure_ascii=False, indent=1) + "\n", "utf-8")
