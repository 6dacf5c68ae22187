"""What an assistant may name: a game of the catalogue, a file of one folder, or the text of a game."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["WorkingFolder", "ModelSource"]

LONGEST_TEXT = 1_000_000
"""Characters of a game that is given as text: as many as a game file may have bytes."""

LONGEST_NAME = 4096
"""Characters of the name of a file: as many as systems take."""


@dataclass(frozen=True)
class ModelSource:
    """Where a game is read from: its name in the catalogue or its place, or else its text.

    Attributes
    ----------
    name : str or Path
        A path is relative to the folder of the server.
    text : str or None
    folder : Path or None
        The folder of the server; None for a text.
    """

    name: str | Path
    text: str | None = None
    folder: Path | None = None

    def game(self) -> Game:
        """Read the game; raise what `separatrix.load` raises."""
        from separatrix.game.reader import load, read_text
        from separatrix.io.files import reading_in

        if self.text is not None:
            return read_text(self.text, str(self.name))
        if self.folder is None:
            return load(self.name)
        with reading_in(self.folder):  # the server may have been started elsewhere
            return load(self.name)

    @property
    def argument(self) -> str:
        """What stands for the game on the command line; ``-`` where its text goes to standard input."""
        if self.text is not None:
            return "-"
        text = self.name.as_posix() if isinstance(self.name, Path) else self.name
        return f"./{text}" if isinstance(self.name, Path) and not self.name.suffix else text


@dataclass(frozen=True)
class WorkingFolder:
    """The folder beyond which nothing is read or written.

    Attributes
    ----------
    root : Path
        Absolute, without links.
    """

    root: Path

    @classmethod
    def at(cls, path: Path) -> WorkingFolder:
        """Return the folder at a path.

        Raises
        ------
        InputError
            U920 where there is none, and for the root of a disk, which would keep nothing apart.
        """
        root = path.resolve()
        if not root.is_dir():
            raise InputError(
                "U920", say("{folder} is not a folder", folder=path), hint=say("give --folder FOLDER")
            )
        if root == root.parent:
            raise InputError(
                "U920",
                say("{folder} is the whole disk: an assistant could read every file of it", folder=root),
                hint=say("start the server in the folder of your games, or give --folder FOLDER"),
            )
        return cls(root)

    def source(self, model: str) -> ModelSource:
        """Return where a game is read from.

        Parameters
        ----------
        model : str
            The name of a game of the catalogue; the path of a file, with its ending; or, where it has more
            than one line, the game itself.

        Raises
        ------
        InputError
            U920 for a file outside; U901 for no name, G101 for too long a text.

        Examples
        --------
        >>> WorkingFolder(Path.cwd()).source("shi-chen-2018").argument
        'shi-chen-2018'
        >>> WorkingFolder(Path.cwd()).source("../of-somebody-else.yaml")
        Traceback (most recent call last):
            ...
        separatrix.errors.InputError: U920 `../of-somebody-else.yaml` lies outside the folder of this server
        help: name a game of the catalogue or a file in this folder, or give the text of the game
        """
        if "\n" in model.strip():
            if len(model) > LONGEST_TEXT:
                raise InputError(
                    "G101",
                    say(
                        "the text of the game has {length:,} characters; at most {most:,} are read",
                        length=len(model),
                        most=LONGEST_TEXT,
                    ),
                )
            return ModelSource("game", model)
        name = model.strip()
        if not name:
            raise InputError(
                "U901", say("no game is named"), hint=say("the tool `examples` lists the catalogue")
            )
        if not (Path(name).suffix or "/" in name or "\\" in name or os.sep in name):
            return ModelSource(name, folder=self.root)
        return ModelSource(self.inside(name), folder=self.root)

    def inside(self, name: str) -> Path:
        """Return the place of a file of this folder, relative to it, with every link followed.

        The error does not show whether a file outside exists.

        Raises
        ------
        InputError
            U920 where it lies outside, or a link leads there.
        """
        try:
            if len(name) > LONGEST_NAME:
                raise ValueError
            # First by the name alone: nothing outside is touched, not even to be looked at.
            plain = Path(os.path.normpath(self.root / name))
            plain.relative_to(self.root)
            return plain.resolve().relative_to(self.root)
        except (ValueError, OSError, RuntimeError):  # of these a zero byte, a loop of links
            raise InputError(
                "U920",
                say("`{name}` lies outside the folder of this server", name=_short(name)),
                hint=say(
                    "name a game of the catalogue or a file in this folder, or give the text of the game"
                ),
            ) from None

    def target(self, name: str) -> Path:
        """Return where a new file of this folder may be written, as an absolute path.

        Raises
        ------
        InputError
            U920 where it lies outside; U910 where something bears this name already.
        """
        place = self.root / self.inside(name)
        if os.path.lexists(self.root / name) or os.path.lexists(place):
            raise InputError(
                "U910",
                say("`{name}` exists, and an assistant replaces no file", name=_short(name)),
                hint=say("choose another name"),
            )
        return place


def _short(name: str) -> str:
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 120 else plain[:119] + "…"
