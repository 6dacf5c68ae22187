"""Pictures of the studio for README and documentation: an offline file, driven as a person would drive it.

Called by ``dev.py figures``.  Needs Chromium (CHROMIUM names one that is not on the path).
"""

from __future__ import annotations

import io
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "_static"
FREQUENT, COLOURS = 24, 160
MOST_BYTES = 150_000


def line_and_levers(page: Page) -> None:
    """Pin the view, make cooperating cheaper, and start a trajectory on each side of the line."""
    page.get_by_role("button", name="Pin", exact=True).click()
    cost = page.get_by_role("textbox", name="C1")
    cost.fill("3")
    cost.press("Enter")
    start = page.get_by_role("textbox", name="Start at (x, y)")
    for state in ("0.2, 0.9", "0.9, 0.2"):
        start.fill(state)
        start.press("Enter")


def subsidy_that_ends(page: Page) -> None:
    """Schedule a subsidy that carries the cluster across the separatrix."""
    page.get_by_role("tab", name="Time").click()
    page.get_by_label("Add a temporary instrument").select_option("subsidy")
    for part, value in (("strength", "1"), ("end", "0.8")):
        box = page.get_by_role("textbox", name=f"subsidy: {part}")
        box.fill(value)
        box.press("Enter")


SCENES = {"studio-phase": line_and_levers, "studio-time": subsidy_that_ends}


def main() -> None:
    """Write the pictures."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("no chromium here: apt install chromium, or name one in CHROMIUM")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        file = Path(folder) / "page.html"
        subprocess.run(
            [sys.executable, "-m", "separatrix", "export-html", "shi-chen-2018", "--out", str(file)],
            check=True,
        )
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, act in SCENES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(file.as_uri())
            act(page)
            page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            page.wait_for_timeout(1500)
            write(page.screenshot(), PICTURES / f"{name}.png")
            page.close()
        browser.close()


def write(screenshot: bytes, target: Path) -> None:
    """Write a picture in few colours: flat areas and small marks keep theirs, edges get the nearest ones."""
    whole = Image.open(io.BytesIO(screenshot)).convert("RGB")
    pixels = list(zip(*[iter(whole.tobytes())] * 3, strict=True))
    counted = Counter(pixels)
    kept = [colour for colour, _ in counted.most_common(FREQUENT)]
    off = {c: min(math.dist(c, k) for k in kept) for c in counted}
    while len(kept) < COLOURS:
        # The colour that most pixels would miss most.
        missed = max(off, key=lambda c: off[c] ** 2 * counted[c])
        kept.append(missed)
        off = {c: min(far, math.dist(c, missed)) for c, far in off.items()}
    nearest = {c: min(range(len(kept)), key=lambda k: math.dist(c, kept[k])) for c in counted}
    few = Image.new("P", whole.size)
    few.putpalette([part for colour in kept for part in colour])
    few.putdata([nearest[colour] for colour in pixels])
    few.save(target, optimize=True)
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {target.stat().st_size} bytes; {MOST_BYTES} are allowed")


if __name__ == "__main__":
    main()
