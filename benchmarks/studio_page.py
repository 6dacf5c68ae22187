"""The studio in a browser: its first load, and its frames while a lever is held; no peer is exact.

`python benchmarks/studio_page.py` measures once and prints what it found.  It needs playwright and Chromium.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from timing import Plan, Row

__all__ = ["WORKLOADS"]

GAME = "three-parties"
STARTS = 60
SECONDS = 6
NONE = "– (no peer is exact)"

HOLD = """async (seconds) => {
  const lever = document.querySelector("input[type=range]");
  const frames = [];
  const [low, high] = [Number(lever.min), Number(lever.max)];
  await new Promise((done) => {
    let [count, last] = [0, performance.now()];
    const begun = last;
    const frame = () => {
      const now = performance.now();
      if (count > 10) frames.push(now - last);
      [last, count] = [now, count + 1];
      lever.value = String(low + (high - low) * (0.5 + 0.4 * Math.sin(count / 40)));
      lever.dispatchEvent(new Event("input", { bubbles: true }));
      if (now - begun < 1000 * seconds) requestAnimationFrame(frame); else done();
    };
    requestAnimationFrame(frame);
  });
  return frames;
}"""


@contextmanager
def browser() -> Iterator[Any]:
    """Start the browser that is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        try:
            yield found
        finally:
            found.close()


def first_load() -> tuple[float, float]:
    """Return the seconds until the page of a game stands, and the bytes that came for it."""
    command = [sys.executable, "-m", "separatrix", "studio", "shi-chen-2018", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        try:
            with browser() as chromium:
                page = chromium.new_page()
                page.goto(address)  # the browser and the server are warm after it
                page.get_by_role("tab").first.wait_for()
                came: list[float] = []
                channel = page.context.new_cdp_session(page)
                channel.send("Network.enable")
                channel.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
                page.reload()
                page.get_by_role("button", name="E1:").first.wait_for()
                taken = page.evaluate("performance.getEntriesByName('redraw')[0].startTime")
                return taken / 1000, sum(came)
        finally:
            server.terminate()


def held_lever() -> list[float]:
    """Return the milliseconds of each frame while a lever of three parties is held and moved."""
    chance = random.Random(1)
    starts = ";".join(
        "both," + ",".join(str(chance.randint(50, 950) / 1000) for _ in range(3)) for _ in range(STARTS)
    )
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        file = Path(folder) / "page.html"
        subprocess.run(
            [sys.executable, "-m", "separatrix", "export-html", GAME, "--out", str(file)], check=True
        )
        text = file.read_text("utf-8")
        model = text.partition('"hash":"')[2].partition('"')[0]
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{file.as_uri()}#v1={model}&by=x&starts={starts}")
        page.get_by_role("tab").first.wait_for()
        page.wait_for_timeout(1500)
        assert page.locator(".phase-start").count() == STARTS
        frames: list[float] = page.evaluate(HOLD, SECONDS)
        return frames


def page_in_a_browser(plan: Plan) -> list[Row]:
    """Tell how soon the page stands, and how evenly it follows a lever."""
    if find_spec("playwright") is None or shutil.which("chromium") is None:
        return [Row("studio in a browser", "not measured: no playwright or no chromium here", NONE, "–")]
    taken, size = first_load()
    frames = sorted(held_lever())
    rate = 1000 * len(frames) / sum(frames)
    work = f"studio, lever of {GAME} held, {STARTS} trajectories"
    return [
        Row("studio, first load on loopback until the picture stands", f"{taken:.2f} s", NONE, "–", "≤ 1 s"),
        Row("the same: what comes over the line", f"{size / 1000:.0f} kB", NONE, "–", "≤ 400 kB"),
        Row(f"{work}: frames a second", f"{rate:.0f}", NONE, "–", "≥ 50"),
        Row("the same: longest frame", f"{frames[-1]:.0f} ms", NONE, "–", "≤ 50 ms"),
        Row("the same: 99 % of frames within", f"{frames[int(0.99 * len(frames))]:.0f} ms", NONE, "–"),
    ]


WORKLOADS = (page_in_a_browser,)

if __name__ == "__main__":
    for row in page_in_a_browser(Plan("", 1, 1, 1.0)):
        print(f"{row.work}: {row.ours} {row.goal and f'(goal {row.goal})'}")
