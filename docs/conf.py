"""How the documentation is built: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx

import separatrix

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
sys.path.insert(0, str(Path(__file__).parent))
from cluster_tables import ClusterTable, ThreatTable

project = "Separatrix"
author = "The Separatrix authors"
copyright = "2026, The Separatrix authors"
version = release = separatrix.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 5
exclude_patterns = ["_build"]
nitpicky = False
# Types in docstrings such as `names` or `points` are words, and no references to attributes of that name.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "Separatrix"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"exclude-members": "__init__"}
napoleon_numpy_docstring = True
napoleon_google_docstring = False


def _mathml(latex: str, *, block: bool) -> str:
    """Return a formula as MathML, which browsers show without a script from another place."""
    return latex2mathml.tex2mathml(latex, as_block=block)


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(_mathml(node.astext(), block=False))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{_mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode


def _insert_commands(_: Sphinx, page: str, source: list[str]) -> None:
    """Put the help of all commands where the page of the command line marks the place."""
    if page != "reference/command-line":
        return
    from separatrix.cli.app import build_app

    help_pages = build_app().generate_docs(heading_level=2)
    commands = help_pages[help_pages.index("\n### ") :]  # after the table of contents
    source[0] = source[0].replace("<!-- commands -->", commands)


def _write_atlas(_: Sphinx) -> None:
    """Write the atlas of published games with its portraits, unless it is there."""
    import atlas

    if not atlas.PAGE.exists():
        atlas.main(())


def setup(app: Sphinx) -> None:
    """Register the renderer of formulas, and what is generated from the program's own data."""
    app.connect("builder-inited", _write_atlas)
    app.connect("source-read", _insert_commands)
    app.add_directive("cluster", ClusterTable)
    app.add_directive("threats", ThreatTable)
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
