"""What several tests in the browser need: an exported file, and what axe-core says of a page."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

__all__ = ["exported", "exported_anew", "problems_of", "serious"]

AXE = Path(__file__).resolve().parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


def exported(model: str, folder: Path, *more: str) -> Path:
    """Put the offline file of a model into a folder, and return its path; it is made once a process."""
    target = folder / f"{model}.html"
    target.write_bytes(_offline_file(model, more))
    return target


@cache
def _offline_file(model: str, more: tuple[str, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return exported_anew(model, Path(folder), *more).read_bytes()


def exported_anew(model: str, folder: Path, *more: str) -> Path:
    """Write the offline file of a model as a user would, and return its path."""
    target = folder / f"{model}.html"
    subprocess.run(
        [sys.executable, "-m", "separatrix", "export-html", model, "--out", str(target), *more], check=True
    )
    return target


def problems_of(page: Page) -> list[str]:
    """Return a list that fills with whatever the page complains of: errors, refused loads, exceptions."""
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    return problems


def serious(page: Page) -> list[str]:
    """Return what axe-core finds that is serious or critical, each with the places."""
    # Evaluated by the tests and not loaded by the page, whose own policy stays as it is.
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes']][:4]}"
        for v in result["violations"]
        if v["impact"] in ("serious", "critical")
    ]
