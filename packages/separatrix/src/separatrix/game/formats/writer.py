"""Writing games: the kind of file follows from its name."""

from __future__ import annotations

import logging
from pathlib import Path

from separatrix.errors import InputError, Place
from separatrix.game.formats.document import document_of
from separatrix.game.model import Game
from separatrix.run.files import unwritable, write_file

__all__ = ["WRITTEN", "check_target", "game_content", "write_game"]

WRITTEN = (".yaml", ".yml", ".csv", ".xlsx", ".nfg")
"""The suffixes of the files that can be written."""

_log = logging.getLogger(__name__)


def check_target(path: Path, *, force: bool) -> None:
    """Refuse a file that is there already, or whose folder is not.

    Raises
    ------
    InputError
        U910 for a file that would be overwritten without `force`, U903 for a folder that is not there.
    """
    where = Place(str(path))
    try:
        if path.is_dir():
            raise InputError("U903", f"{path} is a folder; the name of a file was expected", where=where)
        if path.exists() and not force:
            hint = "add --force to overwrite it"
            raise InputError("U910", f"{path} is there already", where=where, hint=hint)
        if not path.parent.is_dir():
            raise InputError("U903", f"there is no folder {path.parent}", where=where)
    except OSError as problem:  # a name that is too long, a folder that may not be looked into
        raise unwritable(path, problem) from None


def write_game(game: Game, path: Path, *, force: bool = False) -> None:
    """Write a game as YAML, CSV, XLSX or Gambit's `.nfg`.

    Parameters
    ----------
    game : Game
    path : Path
        Its suffix, one of `WRITTEN`, decides the kind.
    force : bool
        Whether a file that is there already may be overwritten.

    Raises
    ------
    InputError
        U910, U903 (see `check_target`), U902 for another suffix, T212, T213 for a game that this kind of
        file cannot hold.
    """
    check_target(path, force=force)
    suffix = path.suffix.lower()
    if suffix not in WRITTEN:
        raise InputError(
            "U902",
            f"no game can be written to a file of the kind `{path.suffix}`",
            where=Place(str(path)),
            hint=f"games are written to {', '.join(WRITTEN)} files",
        )
    write_file(path, game_content(game, "yaml" if suffix == ".yml" else suffix[1:]))


def game_content(game: Game, kind: str) -> str | bytes:
    """Return what a file of a kind holds for a game: yaml, csv, xlsx or nfg.

    Raises
    ------
    InputError
        T212, T213 for a game that this kind of file cannot hold.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> str(game_content(load("matching-pennies"), "nfg")).splitlines()[0]
    'NFG 1 R "Matching pennies"'
    """
    if kind == "yaml":
        from separatrix.io.yaml_text import yaml_text

        return yaml_text(document_of(game)) + _assumption_hint(game)
    if kind == "csv":
        from separatrix.game.formats.table_writer import csv_table

        return csv_table(game)
    if kind == "xlsx":
        from separatrix.game.formats.table_writer import no_table_holds, sheets_of, xlsx_bytes

        sheets = sheets_of(game)
        left_out = no_table_holds(game)
        if left_out:
            _log.warning("a workbook has no place for %s; left out", ", ".join(left_out))
        return xlsx_bytes(sheets)
    from separatrix.game.formats.gambit import nfg_text

    text = nfg_text(game)
    if game.parameters:
        _log.warning("an .nfg file holds numbers only: every parameter stands at its value")
    if game.schedule:
        _log.warning("an .nfg file has no place for a schedule; left out")
    return text


def _assumption_hint(game: Game) -> str:
    """Return a comment with the line that most papers assume without printing it, where nothing is assumed.

    Without it every sign of a parameter is admissible, and regimes are found that no author had in mind.
    """
    if game.assumptions or not game.parameters or any(p.value is not None for p in game.parameters.values()):
        return ""
    told = ", ".join(f"'{name} > 0'" for name in game.parameters)
    lead = "# Nothing is assumed of the parameters. If all are positive, take away the sign # below."
    return f"{lead}\n# assume: [{told}]\n"
