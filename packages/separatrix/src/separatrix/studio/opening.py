"""Reading an upload, in a worker: the game or the cluster that it holds.

What was read last is kept, so that a page that asks for one thing after the other has it read once.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

from separatrix.errors import Place, SeparatrixError
from separatrix.game.model import Game
from separatrix.game.reader import load, read_text
from separatrix.plugins import source_kind
from separatrix.sentences import say
from separatrix.studio.upload import Upload, plain_name

__all__ = ["OpenModels", "opened"]

_KEPT = 4
"""How many games and clusters a worker remembers."""


class OpenModels:
    """What was opened last, by the address of its content.

    Parameters
    ----------
    home : Path
        A folder of the worker's own, where files lie that must be in one to be read.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._opened: OrderedDict[str, Any] = OrderedDict()
        self._kinds: dict[str, str] = {}
        self._calibrated: dict[str, Game] = {}

    def get(self, digest: str) -> Any | None:
        """Return what is kept under an address, None where it is not."""
        if digest in self._opened:
            self._opened.move_to_end(digest)
        return self._opened.get(digest)

    def game_of(self, digest: str) -> Any:
        """Return the game that is kept under an address; of a cluster, that which its tables make."""
        content = self._opened[digest]
        if isinstance(content, Game):
            return content
        if digest not in self._calibrated:
            self._calibrated[digest] = source_kind(self._kinds[digest]).call("game", content)
        return self._calibrated[digest]

    def open(self, digest: str, upload: Upload) -> Any:
        """Read an upload and keep it; drop the least recently used one."""
        folder = self.home / digest
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        content = self._opened[digest] = opened(upload, folder)
        self._kinds[digest] = upload.kind
        while len(self._opened) > _KEPT:
            forgotten, _ = self._opened.popitem(last=False)
            self._calibrated.pop(forgotten, None)
            self._kinds.pop(forgotten, None)
            shutil.rmtree(self.home / forgotten, ignore_errors=True)
        return content


def opened(upload: Upload, folder: Path) -> Any:
    """Return the game or the cluster that an upload holds.

    Parameters
    ----------
    upload : Upload
    folder : Path
        Empty, and ours: here files are written that must lie in a folder to be read.

    Raises
    ------
    SeparatrixError
        As the command line does; places name the file as it was called where it came from.

    Examples
    --------
    >>> opened(Upload.of_text("payoff_matrix: [[-1, 4], [0, 2]]"), Path()).shares
    ('x',)
    """
    text = upload.text
    suffix = Path(upload.name).suffix.lower()
    if upload.kind == "game" and text is not None and suffix in (".yaml", ".yml", ".json", ".txt", ""):
        return read_text(text, upload.name)
    if upload.kind != "game":
        # Commands that a page names call a cluster as its folder is called.
        folder = folder / plain_name(upload.name, upload.kind)
        folder.mkdir()
    try:
        if upload.kind != "game":
            return source_kind(upload.kind).call("open", upload, folder)
        path = folder / upload.name
        path.write_bytes(upload.files[0][1])
        return load(path)
    except SeparatrixError as problem:
        raise _without_folder(problem, folder) from None


def _without_folder(problem: SeparatrixError, folder: Path) -> SeparatrixError:
    """Return an error whose places name files as they are called in the upload."""
    where = problem.where
    if where is not None and where.source:
        shown = where.source.replace(f"{folder}/", "").replace(f"{folder}\\", "").replace(str(folder), "")
        problem.where = Place(shown or None, where.line, where.column, where.width, where.text)
    if str(folder) in problem.message:
        problem.message = say("{told}", told=problem.message.replace(str(folder), ".").replace("./", ""))
    return problem
