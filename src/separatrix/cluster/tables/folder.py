"""Reading a cluster: its folder, or one of those that are shipped."""

from __future__ import annotations

import os
from pathlib import Path

from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.consistency import doubts
from separatrix.cluster.tables.description import DESCRIPTION, Description, read_description
from separatrix.cluster.tables.layout import layout_of, layouts
from separatrix.cluster.tables.members import Members, members_of
from separatrix.cluster.tables.metered_amounts import in_units_of_factors
from separatrix.cluster.tables.plausibility import implausible
from separatrix.cluster.tables.shipped_clusters import shipped_cluster
from separatrix.cluster.tables.spreadsheets.headings import finder
from separatrix.cluster.tables.table import ClusterTable
from separatrix.cluster.tables.table_reading import read_table
from separatrix.errors import InputError, Place, SeparatrixError, nearest
from separatrix.reading.any_table import read_cells
from separatrix.reading.cells import WORKBOOKS
from separatrix.reading.plain_values import kind_of
from separatrix.reading.remark import Remark
from separatrix.reading.workbook import Workbook
from separatrix.reading.workbook_cells import open_book
from separatrix.sentence import say

__all__ = ["files_of", "folder_of", "load_cluster"]

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
    remarks: list[Remark] = []
    books: dict[Path, Workbook] = {}
    found = _files(folder, description, remarks, books)
    tables: dict[str, ClusterTable] = {}
    broken: dict[str, str] = {}
    members: Members | None = None
    for name in ["enterprises", *(n for n in layouts() if n != "enterprises")]:
        if name not in found:
            if name == "enterprises":
                raise _no_enterprises(folder, None, remarks)
            continue
        path, sheet = found[name]
        try:
            book = _book(path, books) if path.suffix.lower() in WORKBOOKS else None
            if sheet is None and book is not None:
                sheet = next((s for s in book.sheets if _plain(s) == name), None)
            table, amiss = read_table(
                read_cells(path, sheet, book, finder(layout_of(name))), name, description, members
            )
        except SeparatrixError as problem:
            if name == "enterprises":
                raise InputError(
                    "K102",
                    f"no enterprise can be read: {problem.message}",
                    where=problem.where or Place(str(path)),
                    hint=problem.hint,
                ) from None
            broken[name] = path.name
            remarks.append(_unread(path, problem))
            continue
        remarks.extend(amiss)
        tables[name] = table
        if name == "enterprises":
            members = members_of(table.texts("id").tolist(), table.texts("name").tolist())
            if not members.ids:
                raise _no_enterprises(folder, path, amiss)
    tables, taken = in_units_of_factors(tables, description.factor_set)
    remarks.extend((*taken, *doubts(tables), *implausible(tables)))
    return Cluster(description, tables, tuple(remarks), origin, broken)


def folder_of(cluster: Cluster) -> Path:
    """Return the folder of a cluster, shipped or not."""
    folder = Path(cluster.origin)
    return folder if folder.is_dir() else shipped_cluster(cluster.origin)


def files_of(cluster: Cluster) -> list[Path]:
    """Return the files that a cluster was read from."""
    folder = Path(cluster.origin)
    names = {DESCRIPTION, *cluster.broken.values()}
    names |= {table.file.partition("[")[0] for table in cluster.tables.values()}
    names |= {text.partition("#")[0] for text in cluster.description.tables.values()}
    names |= {str(name) for name in cluster.table("purchases").texts("footprint") if name}
    return [folder / name for name in names if (folder / name).is_file()]


def _folder(source: str | os.PathLike[str]) -> tuple[Path, str]:
    if not isinstance(source, (str, os.PathLike)):
        found = kind_of(source)
        raise InputError("K100", f"a cluster is a folder or the name of a shipped one; found {found}")
    text = os.fsdecode(source)
    path = Path(text)
    try:
        if path.name == DESCRIPTION and path.is_file():
            return path.parent, str(path.parent)
        if path.is_dir() and (path / DESCRIPTION).is_file():
            return path, text
        there = path.exists()
    except (OSError, ValueError) as problem:  # too long for a path, or may not be looked into
        why = getattr(problem, "strerror", None) or str(problem)
        raise InputError("K100", f"{text[:80]} cannot be opened: {why}") from None
    if os.sep in text or "/" in text or there:
        what = (
            "is no folder"
            if path.is_file()
            else "does not exist"
            if not path.exists()
            else "has no cluster.yaml"
        )
        raise InputError(
            "K100",
            f"{text} {what}",
            where=Place(text),
            hint="`separatrix cluster new FOLDER` writes a template of a cluster",
        )
    return shipped_cluster(text), text


def _files(
    folder: Path, description: Description, remarks: list[Remark], books: dict[Path, Workbook]
) -> dict[str, tuple[Path, str | None]]:
    """Return in which file, and which sheet of it, each table is."""
    found: dict[str, tuple[Path, str | None]] = {}
    named = {text.partition("#")[0] for text in description.tables.values()}
    for path in _listed(folder):
        suffix = path.suffix.lower()
        stem = _plain(path.stem)
        if path.name.startswith(("~$", ".")) or suffix not in _ENDINGS or not path.is_file():
            continue
        if stem in layouts():
            if stem not in description.tables:
                _place(found, stem, path, None)
        elif suffix in WORKBOOKS and stem in ("cluster", "tables", "data"):
            try:
                sheets = _book(path, books).sheets
            except SeparatrixError as problem:
                remarks.append(_unread(path, problem))
                continue
            for sheet in sheets:
                name = _plain(sheet)
                if name not in layouts():
                    remarks.append(_stranger(f"{path.name}[{sheet}]", name))
                elif name not in description.tables:
                    _place(found, name, path, sheet)
        elif suffix != ".txt" and path.name not in named:
            remarks.append(_stranger(path.name, stem))
    for name, text in description.tables.items():
        file, _, sheet = text.partition("#")
        if not (folder / file).is_file():
            raise InputError(
                "K103",
                f"cluster.yaml names {file} for `{name}`, and there is no such file",
                where=Place(str(folder / file)),
            )
        found[name] = (folder / file, sheet or None)
    for name, (path, _) in found.items():
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(
                "K103",
                f"the file of `{name}` is a link that leads out of the cluster's folder",
                where=Place(str(path)),
                hint="copy the file into the folder",
            )
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as problem:
        raise InputError("K100", f"{folder} cannot be looked into: {problem.strerror}") from None


def _place(found: dict[str, tuple[Path, str | None]], name: str, path: Path, sheet: str | None) -> None:
    if name in found:
        raise InputError(
            "K103",
            f"the table `{name}` stands in {found[name][0].name} and in {path.name}",
            where=Place(str(path)),
            hint=f"keep one, or say in cluster.yaml which counts: tables: {{{name}: {path.name}}}",
        )
    found[name] = (path, sheet)


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _stranger(file: str, name: str) -> Remark:
    meant = nearest(name, list(layouts()), least=0.7)
    return Remark(
        "K105",
        "warning" if meant else "note",
        file,
        None,
        None,
        say("no table of a cluster is called so; it was not read"),
        say("did you mean `{name}`?", name=meant) if meant else None,
    )


def _book(path: Path, books: dict[Path, Workbook]) -> Workbook:
    """Return a workbook, opened once for all its sheets."""
    if path not in books:
        books[path] = open_book(path)
    return books[path]


def _unread(path: Path, problem: SeparatrixError) -> Remark:
    return Remark(
        problem.code,
        "error",
        path.name,
        None,
        None,
        say("the table cannot be read: {why}", why=problem.message),
        None if problem.hint is None else say("{hint}", hint=problem.hint),
    )


def _no_enterprises(folder: Path, path: Path | None, remarks: list[Remark]) -> InputError:
    first = next((r for r in remarks if r.severity == "error"), None)
    told = "" if first is None else f" ({first.where}: {first.what})"
    return InputError(
        "K102",
        f"no enterprise can be read; a cluster needs the table `enterprises` with a column `id`{told}",
        where=Place(str(path or folder / "enterprises.csv")),
        hint="fill in one row for each enterprise"
        if path is not None
        else "`separatrix cluster new FOLDER` writes templates of all tables",
    )
