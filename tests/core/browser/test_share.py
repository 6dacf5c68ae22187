"""The menu *Share* as a person uses it: what is copied runs, what is saved can be read."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from browser_page import exported, problems_of, serious

pytestmark = pytest.mark.soak

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the paper's game as an offline file, once."""
    return exported("shi-chen-2018", tmp_path_factory.mktemp("share"))


def opened(page: Page, address: str) -> None:
    """Open a page and its menu."""
    page.goto(address)
    page.get_by_role("button", name=re.compile("Share|分享")).click()


def saved(page: Page, name: str, folder: Path) -> Path:
    """Choose what saves a file, and return where it is."""
    with page.expect_download(timeout=120_000) as coming:
        page.get_by_role("button", name=name).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    expect(page.get_by_role("status").filter(has_text=path.name)).to_be_visible()
    return path


def test_the_menu_is_reached_and_left_by_keys(page: Page, file: Path) -> None:
    """Enter opens it, Tab goes on into it, Escape closes it and gives the focus back; axe finds nothing."""
    problems = problems_of(page)
    page.goto(file.as_uri())
    button = page.get_by_role("button", name="Share")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    assert serious(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Link to this view")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert problems == []


def test_the_command_on_the_page_gives_the_labels_on_the_page(page: Page, file: Path, tmp_path: Path) -> None:
    """After a lever was moved, the copied command prints what the table of rest points says."""
    page.goto(file.as_uri())
    box = page.locator("#parameter-C1-box")
    box.fill("13/2")
    box.press("Enter")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="As a command").click()
    command = page.get_by_role("textbox", name="What was copied").input_value().splitlines()[0]
    assert command == "separatrix analyze shi-chen-2018 --set C1=13/2"
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    stable = [
        p["id"] for p in json.loads(done.stdout)["rest_points"] if p["stability"] == "asymptotically stable"
    ]
    page.keyboard.press("Escape")
    rows = page.get_by_role("row").filter(has_text="asymptotically stable")
    assert [row.split()[0] for row in rows.all_inner_texts()] == stable


def test_pictures_and_tables_are_saved(page: Page, file: Path, tmp_path: Path) -> None:
    """SVG holds lines and names, PNG is a picture, CSV has the columns of the command line, TeX its table."""
    opened(page, f"{file.as_uri()}#v1=&starts=both,1/2,1/4")
    picture = ElementTree.fromstring(saved(page, "Picture as SVG", tmp_path).read_text("utf-8"))
    assert len(picture.findall(f".//{SVG}path")) > 20
    assert not picture.findall(f".//{SVG}image")
    assert "E5" in {"".join(text.itertext()).strip() for text in picture.iter(f"{SVG}text")}
    assert saved(page, "Picture as PNG", tmp_path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    tikz = saved(page, "Picture as TikZ", tmp_path).read_text("utf-8")
    assert tikz.count("{") == tikz.count("}")
    assert r"\textbf{E5}" in tikz
    with saved(page, "Trajectories as CSV", tmp_path).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert list(rows[0]) == ["course", "time", "x", "y"]
    assert {row["course"] for row in rows} == {"1", "2"}
    times = [float(row["time"]) for row in rows if row["course"] == "2"]
    assert times == sorted(times)
    assert times[0] < 0 < times[-1]
    tex = saved(page, "Equations and rest points as LaTeX", tmp_path).read_text("utf-8")
    assert r"\begin{longtable}" in tex
    assert r"\frac{2}{3}" in tex


def test_the_page_of_time_is_saved_as_curves(page: Page, file: Path, tmp_path: Path) -> None:
    """One panel for each share, and the times of the table are those of the curves."""
    page.goto(f"{file.as_uri()}#v1=&page=time")
    page.get_by_role("button", name="Share").click()
    picture = ElementTree.fromstring(saved(page, "Picture as SVG", tmp_path).read_text("utf-8"))
    texts = {"".join(text.itertext()).strip() for text in picture.iter(f"{SVG}text")}
    assert {"x · Enterprise A: cooperate", "y · Enterprise B: cooperate"} <= texts
    assert len(saved(page, "Trajectories as CSV", tmp_path).read_text("utf-8").splitlines()) > 100


def test_all_is_said_in_chinese(page: Page, file: Path, tmp_path: Path) -> None:
    """The menu and what it writes speak the language of the page; a table begins with the mark of UTF-8."""
    opened(page, f"{file.as_uri()}#v1=&lang=zh&starts=on,1/2,1/4")
    told = page.locator("#share-menu section").first.inner_text().split()
    assert told == ["复制", "当前视图的链接", "命令", "Python代码"]
    tex = saved(page, "方程与均衡点（LaTeX）", tmp_path).read_text("utf-8")
    assert r"\documentclass[a4paper]{ctexart}" in tex
    assert "鞍点" in tex
    assert saved(page, "轨线数据（CSV）", tmp_path).read_bytes().startswith(b"\xef\xbb\xbfcourse")


def test_from_disk_what_needs_the_studio_says_so(page: Page, file: Path) -> None:
    """A page without a server offers no report, and tells what opens it where there are reports."""
    opened(page, file.as_uri())
    report = page.get_by_role("button", name="Report as PDF")
    expect(report).to_be_disabled()
    expect(report).to_contain_text("in separatrix studio ")


def test_the_server_makes_reports_and_the_offline_file(
    page: Page, studio: Callable[..., str], tmp_path: Path
) -> None:
    """PDF, Word and the page itself come from the server; the page that was saved opens from disk."""
    opened(page, studio("hawk-dove-one-population"))
    assert saved(page, "Report as PDF", tmp_path).read_bytes().startswith(b"%PDF-")
    assert "word/document.xml" in zipfile.ZipFile(saved(page, "Report for Word", tmp_path)).namelist()
    again = saved(page, "This page as a file that opens without a server", tmp_path)
    problems = problems_of(page)
    page.goto(again.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Hawk and dove, one population")
    assert problems == []
