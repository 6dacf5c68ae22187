"""The paths that pages for contributors name exist, and numeric constants of the dynamics have a reason."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from source_files import source_files, source_roots

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/development/architecture.md"])
def test_pages_for_contributors_name_files_that_are_there(page: str) -> None:
    """Every path on them leads somewhere: from the root, or from the `src` of a distribution."""
    paths = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", (ROOT / page).read_text("utf-8"))
    homes = (ROOT, *(root.parent for root in source_roots()))
    lost = {path for path in paths if not any((home / path).exists() for home in homes)}
    assert len(set(paths)) > 9 and {path for path in lost if "CODE" not in path} == set()


def test_the_picture_of_the_architecture_shows_the_layers_that_there_are() -> None:
    """`scripts/dev.py architecture` would draw the one that the documentation shows."""
    found = runpy.run_path(str(ROOT / "scripts" / "architecture.py"))
    assert found["PICTURE"].read_text("utf-8") == found["drawn"]()


def numeric_constants(tree: ast.Module) -> Iterator[tuple[str, ast.stmt | None]]:
    """Yield each name of a file that is bound to numbers alone, with the statement that follows it."""
    for place, bound in enumerate(tree.body):
        if isinstance(bound, ast.Assign):
            target, value = bound.targets[0], bound.value
        elif isinstance(bound, ast.AnnAssign) and bound.value is not None:
            target, value = bound.target, bound.value
        else:
            continue
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
        numbers = [
            n for n in ast.walk(value) if isinstance(n, ast.Constant) and type(n.value) in (int, float)
        ]
        computes = any(isinstance(n, ast.Call | ast.Lambda) for n in ast.walk(value))
        if numbers and not computes and all(re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name) for name in names):
            yield " ".join(names), tree.body[place + 1] if place + 1 < len(tree.body) else None


def is_told(following: ast.stmt | None) -> bool:
    """Whether a statement is the text that belongs to what stands before it."""
    return (
        isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
        and isinstance(following.value.value, str)
    )


def test_tolerances_of_the_dynamics_stand_in_tables() -> None:
    """A number below a thousandth, or above a million, has a name and a reason in a table, `…tolerances.py`.

    The coefficients of a published method are no choice.
    """
    published = {
        "separatrix/dynamics/integration/butcher_tableaus.py",
        "separatrix/dynamics/integration/simd.py",
    }
    bare = []
    for name, path in source_files("separatrix/dynamics").items():
        if not path.name.endswith("tolerances.py") and name not in published:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                number = node.value if isinstance(node, ast.Constant) else None
                if isinstance(number, float) and number and not 1e-3 <= number <= 1e6:
                    bare.append(f"{name}:{getattr(node, 'lineno', 0)}: {number}")
    assert bare == []


def test_every_number_of_the_dynamics_with_a_name_has_a_reason() -> None:
    """Beside each numeric constant stands what it decides, or what moves if it changes."""
    silent = []
    tables = 0
    for path in source_files("separatrix/dynamics").values():
        tables += path.name.endswith("tolerances.py")
        tree = ast.parse(path.read_text("utf-8"))
        silent += [f"{path.name}: {name}" for name, told in numeric_constants(tree) if not is_told(told)]
    assert tables >= 7
    assert silent == []
