"""The picture of the architecture: `scripts/dev.py architecture` draws docs/_static/architecture.svg.

Its boxes are the layers of `pyproject.toml`, where import-linter reads them, and its words the first
lines of the packages.  Python's standard library is enough.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "_static" / "architecture.svg"
WIDTH, GAP, ROW, TOP = 470, 20, 34, 70
MOST = 66  # characters of a line that a box holds

ARROWS = {
    "separatrix-park": "Its folders; they import from both columns to the right.",
    "separatrix-cluster": "↓ Each imports from those below it, and from the column to the right.",
    "separatrix": "↓ Each imports from those below it alone.",
}


def source(module: str) -> Path:
    """Return the file of a module, or that of a package."""
    (packages,) = set(ROOT.glob(f"packages/*/src/{module.partition('.')[0]}"))
    own = packages.joinpath(*module.split(".")[1:])
    return own / "__init__.py" if own.is_dir() else own.with_suffix(".py")


def line_of(module: str) -> str:
    """Return the first line of what a module says of itself, as much of it as a box holds."""
    told = (ast.get_docstring(ast.parse(source(module).read_text("utf-8"))) or "").split("\n")[0]
    told = re.sub(r"`+|\.$", "", told)
    return told if len(told) <= MOST else told[:MOST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def layers(name: str) -> list[list[str]]:
    """Return the layers of a contract, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (found,) = (c["layers"] for c in contracts["contracts"] if c["name"] == name)
    return [re.split(r" [|:] ", layer) for layer in found]


def columns() -> Iterator[tuple[str, str, list[list[str]]]]:
    """Yield each distribution with what it is for and its layers; those of the park are its folders."""
    park = source("separatrix_park").parent
    folders = [f"separatrix_park.{p.parent.name}" for p in sorted(park.glob("*/__init__.py"))]
    plain = [[name] for name in folders if line_of(name) and ".migrations" not in name]
    yield "separatrix-park", "separatrix_park", plain
    yield "separatrix-cluster", "separatrix_cluster", layers("Imports of clusters go one way")
    yield "separatrix", "separatrix", layers("Imports of the core go one way")


def text(x: float, y: float, words: str, kind: str) -> str:
    """Return a line of text."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def drawn() -> str:
    """Return the picture."""
    every = list(columns())
    height = TOP + ROW * max(sum(len(layer) for layer in own) for _, _, own in every) + 50
    width = len(every) * (WIDTH + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="title description">',
        '<title id="title">The three distributions and their layers</title>',
        '<desc id="description">Each layer imports from those below it; the park imports from clusters and'
        " the core, clusters from the core.</desc>",
        "<style>text{font-family:system-ui,sans-serif;fill:#1a1a1a}.head{font-size:19px;font-weight:600}"
        ".name{font-family:ui-monospace,monospace;font-size:13px;font-weight:600}"
        ".say{font-size:11.5px;fill:#444}rect{stroke:#8a8a8a;stroke-width:1}</style>",
        f'<rect x="0" y="0" width="{width}" height="{height}" fill="#ffffff" stroke="none"/>',
    ]
    for k, (name, package, own) in enumerate(every):
        left, y = GAP + k * (WIDTH + GAP), TOP
        parts += [text(left, 30, name, "head"), text(left, 52, line_of(package), "say")]
        for layer in own:
            tall = ROW * len(layer) - 4
            parts.append(f'<rect x="{left}" y="{y}" width="{WIDTH}" height="{tall}" rx="4" fill="#f3f6f4"/>')
            for module in layer:
                parts.append(text(left + 10, y + 13, module.rpartition(".")[2], "name"))
                parts.append(text(left + 10, y + 26, line_of(module), "say"))
                y += ROW
        parts.append(text(left, y + 20, ARROWS[name], "say"))
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
