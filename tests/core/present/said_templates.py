"""Every sentence that the package can say, as its English template."""

from __future__ import annotations

import ast
import string
from functools import cache

from separatrix_cluster.tables.carriers import carrier_called, carrier_entries
from source_files import source_files


@cache
def calls() -> list[tuple[str, ast.expr | None]]:
    """Return every call of `say` in the package: where it is, and what it is given first."""
    result = []
    for name, path in source_files().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node.func) == "say":
                result.append((f"{name}:{node.lineno}", node.args[0] if node.args else None))
    return result


def called(function: ast.expr) -> str:
    """Return the name of the function that is called, without what it is an attribute of."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def templates() -> dict[str, str]:
    """Return every template of the package, with a place where it is said; names of carriers are data."""
    carriers = {carrier_called(c).template: "carriers.csv" for c in carrier_entries()}
    return carriers | {
        argument.value: place
        for place, argument in calls()
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def fields(template: str) -> dict[str, str]:
    """Return the names in a template, with how they are formatted."""
    return {
        name: specification or ""
        for _, name, specification, _ in string.Formatter().parse(template)
        if name is not None
    }
