"""Where a game was read from, and where in it each of its parts stands.

A reader works on plain data and names a part by its path of keys and indices; only when something is
wrong does the source turn that path into a place that a person can go to.
"""

from __future__ import annotations

from separatrix.errors import Place

__all__ = ["Path", "Source", "path_text"]

Path = tuple[str | int, ...]
"""The keys and indices that lead to a part of a document, outermost first."""


def path_text(path: Path) -> str:
    """Return `path` as people write it.

    Examples
    --------
    >>> path_text(("payoffs", 2, "pay", 0))
    'payoffs[2].pay[0]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class Source:
    """A document that came as Python data; its parts are told by their keys.

    Parameters
    ----------
    name : str
        What errors call the document.
    folder : str
        The default title of a game without one.
    """

    def __init__(self, name: str = "game", title: str = "Untitled game") -> None:
        self.name = name
        self.title = title
        self.remarks: tuple[str, ...] = ()
        """What was changed while it was read, for its readers to know."""

    def place(
        self,
        path: Path,
        *,
        key: bool = False,
        text: str | None = None,
        offset: int | None = None,
        width: int = 1,
    ) -> Place:
        """Return where `path` stands.

        Parameters
        ----------
        path : Path
            The part.
        key : bool
            Whether the key itself is meant, not what it holds.
        text : str, optional
            The text of the part, where it is an expression.
        offset : int, optional
            The offset within `text` at which the fault lies.
        width : int
            How many characters of `text` are at fault.
        """
        where = path_text(path) or self.name
        if text is None:
            return Place(where)
        return Place(where, 1, (offset or 0) + 1, width if offset is not None else max(1, len(text)), text)

    def quotes(self, path: Path) -> str | None:
        """Return the sign with which the text at `path` is quoted, where it is."""
        return None

    def line(self, path: Path) -> int | None:
        """Return the line on which the key at the end of `path` stands, where there are lines."""
        return None
