"""Pictures of the platform of a park for the documentation: the example, as people of several roles see it.

Called by ``dev.py figures``.  Needs Chromium (CHROMIUM names one that is not on the path).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from screenshots import PICTURES, write

OURS = (sys.executable, "-m", "separatrix", "park")
PASSWORD = "a horse that counts batteries"
PATIENCE = 240_000
"""Milliseconds that an answer may take."""


@dataclass(frozen=True)
class Scene:
    """A picture: who looks at which page, in which language, and how much of it is shown.

    Where a page's address is not known beforehand, it is led to by a link of the page that is.
    """

    name: str
    who: str
    path: str
    language: str = "en"
    width: int = 1280
    height: int = 900
    link: str = ""


SCENES = (
    Scene("park-home", "office@park.example", "/"),
    Scene("park-form", "entry@e05.example", "/reports/energy/2024/?correct=1"),
    Scene("park-page-one", "office@park.example", "/answers/"),
    Scene("park-brief-zh", "office@park.example", "/answers/brief/", "zh-hans"),
    Scene("park-enterprise", "entry@e05.example", "/enterprise/", width=390, height=844),
    Scene("park-partner", "approval@e05.example", "/partners/", link="Bay Refinery"),
    Scene("park-product", "approval@e05.example", "/products/", link="polymer", height=1100),
    Scene("park-publication", "office@park.example", "/published/new/?year=2023", height=1100),
)


@contextmanager
def example(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve the example, and yield its address and the links of its guests."""
    made = ("--name", "Sanjiang park", "--email", "first@park.example")
    subprocess.run([*OURS, "init", str(folder), *made], check=True, stdout=subprocess.DEVNULL)
    with (folder / "park.toml").open("a", encoding="utf-8") as file:
        file.write("\n[access]\nsecond_factor = []\n")
    filled = [*OURS, "admin", "seed", str(folder)]
    told = subprocess.run(filled, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    links = dict(re.findall(r"^ +(\S+) +(\S+/join/\S+)$", told, re.MULTILINE))
    serving = [*OURS, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip().rstrip("/"), links
        finally:
            server.terminate()


def joined(browser: Browser, address: str, link: str) -> Page:
    """Return a page of a user who joined by a link."""
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(address + urlsplit(link).path)
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main form button.first").click()
    page.wait_for_load_state()
    return page


def draw(page: Page, address: str, scene: Scene) -> None:
    """Take one picture once the page has computed its content."""
    page.set_viewport_size({"width": scene.width, "height": scene.height})
    page.goto(address + scene.path)
    if page.locator("html").get_attribute("lang") != scene.language:
        page.locator(f"form.languages button[value={scene.language}]").click()
        page.goto(address + scene.path)
    if scene.link:
        page.get_by_role("link", name=scene.link, exact=True).first.click()
    page.locator("progress").first.wait_for(state="detached", timeout=PATIENCE)
    page.reload()
    write(page.screenshot(), PICTURES / f"{scene.name}.png")


def main() -> None:
    """Write the pictures."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("no chromium here: apt install chromium, or name one in CHROMIUM")
    with tempfile.TemporaryDirectory() as name, example(Path(name) / "park") as (address, links):
        with sync_playwright() as browsers:
            browser = browsers.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            pages = {who: joined(browser, address, links[who]) for who in {s.who for s in SCENES}}
            for scene in SCENES:
                draw(pages[scene.who], address, scene)
            browser.close()


if __name__ == "__main__":
    main()
