"""Opening and editing in a served page, and what it does when its server is killed and started again."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_page import problems_of, serious
from source_files import source_path

Studio = Callable[..., str]
Served = Callable[[], tuple["subprocess.Popen[str]", str]]


def test_a_file_is_edited_with_its_errors_in_place(page: Page, studio: Studio) -> None:
    """A mistake is marked on its line with help; a mended file is shown, after a reload too."""
    page.goto(studio("shi-chen-2018"))
    page.get_by_role("button", name="Edit", exact=True).click()
    area = page.get_by_role("textbox", name="The file shi-chen-2018.yaml")
    text = area.input_value()
    area.fill(text.replace("pi1 - C1", "Rr - C1", 1))
    area.press("Control+Enter")
    fault = page.get_by_role("alert").filter(has_text="S012")
    expect(fault).to_contain_text("did you mean `R1`")
    line = next(k for k, row in enumerate(text.split("\n"), 1) if "pi1 - C1" in row)
    expect(page.locator(".editor-gutter .at-fault")).to_have_text(str(line))
    assert serious(page) == []
    area.fill(text.replace("title: '", "title: 'Mine: ", 1))
    page.get_by_role("button", name="Open this edition").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Mine: Cooperative innovation", timeout=30_000)
    page.wait_for_timeout(600)  # until the address follows
    page.reload()
    expect(heading).to_contain_text("Mine: Cooperative innovation", timeout=30_000)


@pytest.mark.soak
def test_a_game_of_the_catalogue_and_a_file_are_opened(page: Page, studio: Studio) -> None:
    """By words of its title, in the link from then on; a file by choosing it, a broken one not at all."""
    problems = problems_of(page)
    page.goto(studio("shi-chen-2018"))
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_label("Search the").fill("maynard hawk")
    page.get_by_role("dialog").get_by_role("listitem").first.get_by_role("button").click()
    expect(heading).to_contain_text("Hawk", timeout=30_000)
    expect(page).to_have_url(re.compile("open.example"))
    page.reload()
    expect(heading).to_contain_text("Hawk", timeout=30_000)
    assert problems == []
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="File or folder").click()
    choose = page.get_by_label("A game: .yaml")
    choose.set_input_files(
        [{"name": "bad.yaml", "mimeType": "text/yaml", "buffer": b"payoff_matrix: [[1, 2], [Rr, 4]]"}]
    )
    expect(page.get_by_role("alert").locator(".fault")).to_be_visible()
    mine = b"title: <img src=x onerror=alert(1)>\npayoff_matrix: [[-1, 4], [0, 2]]"
    choose.set_input_files([{"name": "mine.yaml", "mimeType": "text/yaml", "buffer": mine}])
    expect(heading).to_have_text("<img src=x onerror=alert(1)>", timeout=30_000)


@pytest.mark.soak
def test_two_tabs_edit_without_each_other(browser: Browser, studio: Studio) -> None:
    """Each tab has its own edition, and neither sees the other's."""
    context = browser.new_context()
    tabs = [context.new_page() for _ in range(2)]
    for k, tab in enumerate(tabs):
        tab.goto(studio("shi-chen-2018"))
        tab.get_by_role("button", name="Edit", exact=True).click()
        area = tab.get_by_role("textbox", name="The file shi-chen-2018.yaml")
        area.fill(area.input_value().replace("title: '", f"title: 'Tab {k}: ", 1))
    for tab in tabs:
        tab.get_by_role("button", name="Open this edition").click()
    for k, tab in enumerate(tabs):
        expect(tab.get_by_role("heading", level=1)).to_contain_text(f"Tab {k}:", timeout=30_000)
    context.close()


@pytest.fixture
def served() -> Iterator[Served]:
    """Start a studio again and again on the same port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "separatrix", "studio", "shi-chen-2018", "--no-browser"]
        process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, encoding="utf-8")
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_page_outlives_its_server(browser: Browser, served: Served) -> None:
    """The page keeps what it showed, says what to do, and asks the new server once its address was opened."""
    process, address = served()
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Edit", exact=True).click()
    area = page.get_by_role("textbox", name="The file shi-chen-2018.yaml")
    area.fill(area.input_value().replace("title: '", "title: 'Mine: ", 1))
    page.get_by_role("button", name="Open this edition").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Mine:", timeout=30_000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    page.get_by_role("tab", name="Regime map").click()
    expect(page.get_by_text("The server does not answer.")).to_be_visible(timeout=30_000)
    expect(heading).to_contain_text("Mine:")
    _, address = served()
    expect(page.get_by_text("The server was restarted.")).to_be_visible(timeout=30_000)
    other = context.new_page()
    other.goto(address)
    expect(page.get_by_text("Areas and borders are exact.")).to_be_visible(timeout=60_000)
    expect(heading).to_contain_text("Mine:")
    expect(page.get_by_text("The server was restarted.")).to_be_hidden()
    context.close()


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_folder_outlives_its_server(browser: Browser, served: Served, tmp_path: Path) -> None:
    """An uploaded folder is there after a restart and a reload; one can be chosen again once mended."""
    park, empty = tmp_path / "园区", tmp_path / "empty"
    shutil.copytree(source_path("separatrix_cluster/shipped/kalundborg"), park)
    empty.mkdir()
    whole = (park / "cluster.yaml").read_text("utf-8")
    (park / "cluster.yaml").write_text("name: [", "utf-8")
    process, address = served()
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="File or folder").click()
    choose = page.get_by_label("The folder of a cluster")
    choose.set_input_files(empty)
    expect(page.get_by_role("alert").filter(has_text="This folder contains no files.")).to_be_visible()
    choose.set_input_files(park)
    expect(page.get_by_role("alert").locator(".fault")).to_be_visible()
    (park / "cluster.yaml").write_text(whole, "utf-8")
    choose.set_input_files(park)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Kalundborg Symbiosis")
    shutil.rmtree(park)
    page.reload()
    expect(heading).to_have_text("Kalundborg Symbiosis")
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, address = served()
    context.new_page().goto(address)
    page.get_by_role("tab", name="Exchanges").click()
    expect(page.get_by_role("heading", name="Network of exchanges")).to_be_visible()
    expect(page.get_by_label(re.compile("^Network of exchanges"))).to_be_visible()
    page.reload()
    expect(heading).to_have_text("Kalundborg Symbiosis")
    context.close()
