"""Fixtures of a real browser: Debian's Chromium, or the one that CHROMIUM names.

Where there is none its tests are skipped; where SEPARATRIX_BROWSER says `required` they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

__all__ = ["Studio", "_browser_is_there", "browser_type_launch_args", "requests", "studio"]

expect.set_options(timeout=30_000)  # a busy machine is no failure

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Return the browser's path; None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session", autouse=True)
def _browser_is_there() -> None:
    if chromium() is None:
        told = "no chromium here: apt install chromium, or name one in CHROMIUM"
        if os.environ.get("SEPARATRIX_BROWSER") == "required":
            pytest.fail(told)
        pytest.skip(told)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that is there, and have it call nobody."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": list(QUIET)}


@pytest.fixture
def requests(page: Page) -> list[str]:
    """Collect the address of everything that the page asks for."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    return seen


Studio = Callable[..., str]


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    """Start studios as a user would, each in its own process, once for the same arguments."""
    running: dict[tuple[str, ...], tuple[subprocess.Popen[str], str]] = {}

    def start(*arguments: str) -> str:
        if arguments not in running:
            command = [
                sys.executable,
                "-m",
                "separatrix",
                "studio",
                *arguments,
                "--no-browser",
                "--port",
                "0",
            ]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
            assert process.stdout is not None
            running[arguments] = process, process.stdout.readline().strip()
        return running[arguments][1]

    yield start
    for process, _ in running.values():
        process.terminate()
    for process, _ in running.values():
        process.wait()
