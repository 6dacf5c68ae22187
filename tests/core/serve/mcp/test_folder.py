"""What an assistant may name, and the folder beyond which it sees nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from separatrix.errors import InputError, SeparatrixError
from separatrix.mcp.folder import WorkingFolder


@pytest.fixture
def folder(tmp_path: Path) -> WorkingFolder:
    """Return a folder with a game in a folder of its own."""
    inside = tmp_path / "games"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "game.yaml").write_text("title: a", "utf-8")
    (tmp_path / "games-of-others").mkdir()
    (tmp_path / "games-of-others" / "game.yaml").write_text("title: b", "utf-8")
    return WorkingFolder.at(inside)


@pytest.mark.parametrize(
    "name",
    [
        *("..", "../games-of-others/game.yaml", "deep/../../games-of-others/game.yaml", "/", "//etc/passwd"),
        *("/etc/hosts.yaml", "a/\0.yaml", "x" * 5000 + "/a", "loop/game.yaml"),
    ],
)
def test_what_lies_outside_is_refused(folder: WorkingFolder, name: str) -> None:
    """No spelling of a place outside, no name that begins alike, and no loop of links is let through."""
    (folder.root / "loop").symlink_to(folder.root / "loop")
    with pytest.raises(InputError) as caught:
        folder.source(name if "/" in name else f"{name}/")
    assert caught.value.code == "U920"


@pytest.mark.parametrize(
    "name", ["deep/game.yaml", "./deep/game.yaml", "deep/../deep/game.yaml", "near.yaml"]
)
def test_what_lies_inside_is_found(folder: WorkingFolder, name: str) -> None:
    """A file of the folder may be spelt in several ways, and a link that stays inside is followed."""
    (folder.root / "near.yaml").symlink_to(folder.root / "deep" / "game.yaml")
    assert folder.source(name).name == Path("deep/game.yaml")
    assert folder.source(str(folder.root / name)).name == Path("deep/game.yaml")


def test_names_without_an_ending_are_of_the_catalogue(folder: WorkingFolder) -> None:
    """A plain name never leads to a file, even where one of that name is there."""
    (folder.root / "wang-2023").write_text("title: mine", "utf-8")
    assert folder.source(" wang-2023 ").game().title != "mine"
    assert folder.source("./wang-2023").game  # a path says that it is one
    with pytest.raises(InputError, match="U901"):
        folder.source("  ")


def test_a_name_without_an_ending_is_looked_up_in_the_folder_alone(
    folder: WorkingFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there is such a file where the process works is not told; of one in the folder it is."""
    (tmp_path / "zzelsewhere").write_text("SECRET", "utf-8")
    (folder.root / "zzhere").write_text("title: mine", "utf-8")
    monkeypatch.chdir(tmp_path)
    hints = {}
    for name in ("zzelsewhere", "zznowhere", "zzhere"):
        with pytest.raises(SeparatrixError, match="C401") as caught:
            folder.source(name).game()
        hints[name] = str(caught.value).replace(name, "")
    assert hints["zzelsewhere"] == hints["zznowhere"] != hints["zzhere"]


def test_a_game_may_be_given_as_its_text(folder: WorkingFolder) -> None:
    """More than one line is a text, whatever it looks like."""
    text = "title: ../game.yaml\npayoff_matrix: [[1, 0], [0, 1]]\n"
    source = folder.source(text)
    assert (source.argument, source.game().title) == ("-", "../game.yaml")


def test_the_whole_disk_is_no_folder(tmp_path: Path) -> None:
    """A server that was started at the root of a disk, as some programs do, refuses to serve."""
    for path in (Path(tmp_path.anchor), tmp_path / "absent"):
        with pytest.raises(InputError, match="--folder"):
            WorkingFolder.at(path)


def test_new_files_are_new_and_inside(folder: WorkingFolder) -> None:
    """A file that is there, a link that leads nowhere, and a place outside are no targets."""
    assert folder.target("deep/report.html") == folder.root / "deep" / "report.html"
    (folder.root / "dangling.html").symlink_to(folder.root / "nowhere.html")
    for name in ("deep/game.yaml", "dangling.html", "deep"):
        with pytest.raises(InputError, match="U910"):
            folder.target(name)
    with pytest.raises(InputError, match="U920"):
        folder.target("../report.html")


def test_a_file_is_read_in_the_folder_wherever_the_server_was_started(
    folder: WorkingFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the same name where the process works is neither read, nor told of, nor proposed."""
    game = "title: {}\npayoff_matrix: [[1, 0], [0, 1]]\n"
    (folder.root / "deep" / "game.yaml").write_text(game.format("mine"), "utf-8")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    for name in ("deep/game.yaml", "deep/absent.yaml", "absent.yaml", "absenty.yaml"):
        (elsewhere / name).write_text(game.format("SECRET") + "wrong: SECRET\n", "utf-8")
    monkeypatch.chdir(elsewhere)
    source = folder.source("deep/game.yaml")
    assert source.game().title == "mine" and source.argument == "deep/game.yaml"
    for name in ("deep/absent.yaml", "absent.yaml"):
        with pytest.raises(InputError, match="G100") as caught:
            folder.source(name).game()
        assert "SECRET" not in str(caught.value) and "absenty" not in str(caught.value)
    with pytest.raises(SeparatrixError) as caught:  # a broken file of the folder is shown, with its own text
        (folder.root / "broken.yaml").write_text("title: a\npayoff_matrix: [[1, qq], [0, 1]]\n", "utf-8")
        (elsewhere / "broken.yaml").write_text("title: SECRET\n" * 3, "utf-8")
        folder.source("broken.yaml").game()
    assert "SECRET" not in str(caught.value) and "qq" in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="files are opened by their names there")
@pytest.mark.parametrize("swapped", ["deep", "deep/game.yaml"])
def test_what_was_looked_at_is_what_is_opened(folder: WorkingFolder, tmp_path: Path, swapped: str) -> None:
    """A link out of the folder that takes the place of a file, or of a folder above it, is not followed."""
    source = folder.source("deep/game.yaml")
    place = folder.root / swapped
    place.rename(folder.root / "away")
    place.symlink_to(tmp_path / "games-of-others" / Path(swapped).relative_to("deep"))
    with pytest.raises(InputError, match="G100") as caught:
        source.game()
    assert "title: b" not in str(caught.value)
