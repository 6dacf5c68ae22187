"""The page as one file that opens from disk: script, style and data inside it, nothing to be fetched.

The bytes depend on the model, the language and the version alone.  A policy in the file itself lets run
just this script, by its hash, and lets nothing be loaded.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

__all__ = ["bundle", "offline_page", "script_safe_json"]


def bundle(name: str) -> bytes:
    """Return one of the two files that ``web/`` is built into, ``studio.js`` or ``studio.css``, as gzip."""
    return (files("separatrix.studio") / "bundle" / f"{name}.gz").read_bytes()


def script_safe_json(data: Any) -> str:
    """Return data as JSON that may stand inside a script element.

    Examples
    --------
    >>> script_safe_json({"title": "</script>"})
    '{"title":"\\\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A less-than sign could end the element or begin a comment; the separators end lines in old scripts.
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def offline_page(
    game: Mapping[str, Any] | None,
    language: str = "en",
    cluster: Mapping[str, Any] | None = None,
    heavy: Mapping[str, Any] | None = None,
) -> str:
    """Return the page of a game, or of a cluster with the game that its tables make, as one HTML file.

    Parameters
    ----------
    game : mapping or None
        What `separatrix.studio.page_json.model_json` returns.
    language : str
        In which the page opens.
    cluster : mapping, optional
        What `separatrix_cluster.studio.cluster_json.cluster_json` returns, with the content of its parts.
    heavy : mapping, optional
        Answers to what takes long, by the questions of the page.

    Returns
    -------
    str
        HTML, with the same bytes each time.

    Raises
    ------
    FileNotFoundError
        Where the package was installed without the built page.

    Examples
    --------
    >>> offline_page({"title": "A game", "texts": {}}, "zh")[:31]
    '<!DOCTYPE html>\\n<html lang="zh"'
    """
    script, style = (gzip.decompress(bundle(name)).decode() for name in ("studio.js", "studio.css"))
    policy = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    given = {"game": game, "cluster": cluster, "language": language, "heavy": heavy}
    data = script_safe_json({name: value for name, value in given.items() if value is not None})
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(_title(game, cluster, language))}</title>\n<style>{style}</style>\n"
        f'<div id="separatrix"></div>\n<script type="application/json" id="separatrix-data">{data}</script>\n'
        f"<script>{script}</script>\n</html>\n"
    )


def _title(game: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None, language: str) -> str:
    if cluster is not None:
        return str(cluster["name"])
    named = game or {"title": "Separatrix", "texts": {}}
    return str((named["texts"].get(language) or named)["title"] or named["title"])


def _source(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
