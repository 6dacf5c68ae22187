"""Reading a cluster: its folder, or one of those that are shipped."""

from __future__ import annotations

import os
from pathlib import Path

from separatrix.cluster.cells import WORKBOOKS, read_cells, sheets_of
from separatrix.cluster.cluster import Cluster
from separatrix.cluster.description import DESCRIPTION, Description, read_description
from separatrix.cluster.layout import layouts
from separatrix.cluster.remark import Remark
from separatrix.cluster.table import Table
from separatrix.cluster.table_reading import read_table
from separatrix.errors import InputError, Place, SeparatrixError
from separatrix.sentence import say

__all__ = ["load_cluster"]

_ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS)


def load_cluster(source: str | os.PathLike[str]) -> Cluster:
    """Read a cluster.

    Parameters
    ----------
    source : str or path
        A folder with a `cluster.yaml` (or that file itself), if it exists or has a separator; else the
        name of a shipped cluster.

    Returns
    -------
    Cluster
        With a remark for everything that was left out or doubted; the rest is there.

    Raises
    ------
    InputError
        K100 where there is no such cluster, K101 where `cluster.yaml` makes no sense, K102 where no
        enterprise can be read.

    Examples
    --------
    >>> park = load_cluster("synthetic-park")
    >>> len(park.enterprises) > 5, park.description.synthetic
    (True, True)
    """
    folder, origin = _folder(source)
    description = read_description(folder / DESCRIPTION)
    found = _files(folder, description)
    tables: dict[str, Table] = {}
    remarks: list[Remark] = []
    broken: dict[str, str] = {}
    known: frozenset[str] | None = None
    for name in ["enterprises", *(n for n in layouts() if n != "enterprises")]:
        if name not in found:
            if name == "enterprises":
                raise _no_enterprises(folder)
            continue
        path, sheet = found[name]
        try:
            table, amiss = read_table(read_cells(path, sheet), name, description, known)
        except SeparatrixError as problem:
            if name == "enterprises":
                raise InputError(
                    "K102", f"no enterprise can be read: {problem.message}",
                    where=problem.where or Place(str(path)), hint=problem.hint,
                ) from None  # fmt: skip
            broken[name] = path.name
            remarks.append(_unread(path, problem))
            continue
        remarks.extend(amiss)
        tables[name] = table
        if name == "enterprises":
            known = frozenset(table.texts("id"))
            if not known:
                raise _no_enterprises(folder, path)
    return Cluster(description, tables, tuple(remarks), origin, broken)


def _folder(source: str | os.PathLike[str]) -> tuple[Path, str]:
    text = os.fspath(source)
    path = Path(text)
    if path.name == DESCRIPTION and path.is_file():
        return path.parent, str(path.parent)
    if path.is_dir() and (path / DESCRIPTION).is_file():
        return path, text
    if os.sep in text or "/" in text or path.exists():
        what = (
            "is no folder"
            if path.is_file()
            else "does not exist"
            if not path.exists()
            else "has no cluster.yaml"
        )
        raise InputError(
            "K100", f"{text} {what}", where=Place(text),
            hint="`separatrix cluster new FOLDER` writes a template of a cluster",
        )  # fmt: skip
    from separatrix.cluster.shipped import shipped_cluster

    return shipped_cluster(text), text


def _files(folder: Path, description: Description) -> dict[str, tuple[Path, str | None]]:
    """Return in which file, and which sheet of it, each table is."""
    found: dict[str, tuple[Path, str | None]] = {}
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        stem = path.stem.lower().replace("-", "_").replace(" ", "_")
        if path.name.startswith(("~$", ".")) or suffix not in _ENDINGS or not path.is_file():
            continue
        if stem in layouts():
            if stem in found:
                raise InputError(
                    "K103", f"the table `{stem}` stands in {found[stem][0].name} and in {path.name}",
                    where=Place(str(path)), hint="keep one, or name it under `tables` in cluster.yaml",
                )  # fmt: skip
            found[stem] = (path, _sheet_named(path, stem))
        elif suffix in WORKBOOKS and stem in ("cluster", "tables", "data"):
            for sheet in sheets_of(path):
                name = sheet.strip().lower().replace("-", "_").replace(" ", "_")
                if name in layouts():
                    found.setdefault(name, (path, sheet))
    for name, text in description.tables.items():
        file, _, sheet = text.partition("#")
        if not (folder / file).is_file():
            raise InputError(
                "K103", f"cluster.yaml names {file} for `{name}`, and there is no such file",
                where=Place(str(folder / file)),
            )  # fmt: skip
        found[name] = (folder / file, sheet or None)
    return found


def _sheet_named(path: Path, stem: str) -> str | None:
    if path.suffix.lower() not in WORKBOOKS:
        return None
    return next((s for s in sheets_of(path) if s.strip().lower() == stem), None)


def _unread(path: Path, problem: SeparatrixError) -> Remark:
    return Remark(
        problem.code, "error", path.name, None, None,
        say("the table cannot be read: {why}", why=problem.message),
        None if problem.hint is None else say("{hint}", hint=problem.hint),
    )  # fmt: skip


def _no_enterprises(folder: Path, path: Path | None = None) -> InputError:
    where = Place(str(path or folder / "enterprises.csv"))
    if path is not None:
        return InputError(
            "K102", "the table `enterprises` has no row that can be read", where=where,
            hint="write a row for each enterprise; `id` is a short name that the other tables use",
        )  # fmt: skip
    return InputError(
        "K102", "no enterprise can be read; a cluster needs the table `enterprises` with a column `id`",
        where=where, hint="`separatrix cluster new FOLDER` writes templates of all tables",
    )  # fmt: skip
