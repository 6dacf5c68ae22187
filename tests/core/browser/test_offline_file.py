"""The offline file opens from disk and asks nobody for anything."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from browser_page import exported, exported_anew, problems_of, serious


def test_the_same_model_gives_the_same_bytes_and_opens_without_a_request(
    page: Page, requests: list[str], tmp_path: Path
) -> None:
    """Two exports are equal byte for byte; from disk the page shows the game, loads nothing else."""
    (tmp_path / "again").mkdir()
    file = exported("shi-chen-2018", tmp_path)
    assert file.read_bytes() == exported_anew("shi-chen-2018", tmp_path / "again").read_bytes()
    problems = problems_of(page)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cooperative innovation")
    assert [r for r in requests if not r.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert problems == []
    assert serious(page) == []
