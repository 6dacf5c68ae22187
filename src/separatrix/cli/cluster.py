"""``separatrix cluster``: a real cluster's tables, carbon accounts and diagnosis."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from separatrix.errors import InputError
from separatrix.run.csv_text import csv_text

if TYPE_CHECKING:
    from separatrix.cluster.tables.cluster import Cluster
    from separatrix.cluster.tables.mrio import RegionTable
    from separatrix.present.document import Document, Draw
    from separatrix.reading.remark import Remark

__all__ = ["account", "app", "check", "diagnose", "new"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]
Lang = Literal["en", "zh"]

FigureName = Literal["radar", "drivers", "decoupling", "carbon"]

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".tex": "tex",
    ".md": "md",
    ".svg": "svg",
    ".png": "png",
    ".txt": "text",
}

_FIGURES = ("svg", "png")
"""Formats that hold one figure alone."""

app = App(
    name="cluster",
    help="Account for and diagnose a real cluster from a folder of tables.",
    help_format="plaintext",
    result_action="return_value",
)


@app.command
def new(
    folder: Path,
    /,
    *,
    table: Annotated[list[str] | None, Parameter(negative="")] = None,
    example: str | None = None,
    mrio: Annotated[Path | None, Parameter(name="--io")] = None,
    region: str | None = None,
    stressor: Annotated[list[str] | None, Parameter(negative="")] = None,
) -> int:
    """Write a commented template of a cluster: cluster.yaml and a CSV file for every table.

    Parameters
    ----------
    folder : Path
        Where to write; files that are there already are never overwritten.
    table : list of str
        Only this table (and enterprises); may be given several times.
    example : str
        In place of templates a copy of a shipped cluster: rotterdam, houston, kalundborg, synthetic-park.
    mrio : Path
        A multi-regional input-output table (EXIOBASE, WIOD …) that pymrio saved; the part of --region is
        written as the tables io and io_sectors, also into a folder that is a cluster already. Needs the extra
        mrio.
    region : str
        Which region of it the cluster is in.
    stressor : list of str
        Row of its extensions that is the emissions; may be given several times, then they are added.
    """
    from separatrix.cluster.tables.template import copy_example, write_templates

    if example is not None and (table or mrio):
        raise InputError("K104", "--example copies a cluster whole", hint="leave out --table and --io")
    if example is not None:
        written = copy_example(folder, example)
    else:
        written = write_templates(folder, table, _region(mrio, region, stressor))
    for path in written:
        print(path)
    return 0


def _region(saved: Path | None, region: str | None, stressors: Sequence[str] | None) -> RegionTable | None:
    if saved is None:
        if region is not None or stressors:
            raise InputError("K106", "--region and --stressor say what to take of --io, which is not given")
        return None
    if region is None or not stressors:
        raise InputError(
            "K106",
            "--io needs to know the region and the emissions",
            hint="as in --io exiobase --region CN --stressor 'CO2 - combustion - air'",
        )
    from separatrix.cluster.tables.mrio import load_mrio, region_table

    return region_table(load_mrio(saved), region, stressors)


@app.command
def check(
    cluster: str,
    /,
    *,
    format: Annotated[
        Literal["text", "json", "csv", "html", "md"] | None, Parameter(name=["--format", "-f"])
    ] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Check the tables, and tell what can be computed from them and for how much of the cluster.

    The exit code is 1 if rows were left out.

    Parameters
    ----------
    cluster : str
        A folder with a cluster.yaml, or the name of a shipped cluster (rotterdam, houston, kalundborg,
        synthetic-park).
    format : str
        text, json, csv (every remark, one a row), html or md; by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh.
    """
    from separatrix.cluster.accounts.account import carbon_accounts
    from separatrix.cluster.accounts.coverage import abilities, rows_left_out
    from separatrix.cluster.tables.folder import load_cluster
    from separatrix.present.documents.clusters.check import check_document
    from separatrix.present.languages import language_of

    chosen = format or _format_of(out)
    if chosen in _FIGURES:
        raise InputError("U902", "a check has no figure", hint="use text, json, csv, html or md")
    words = language_of(lang)
    read = load_cluster(cluster)
    _guard_tables(out, read)
    accounts = carbon_accounts(read)
    remarks = (*read.remarks, *accounts.remarks)
    able = abilities(read, accounts)
    if chosen == "json":
        answer = {
            "cluster": {**read.label, "years": list(read.years)},
            "tables": {
                n: {"file": t.file, "rows": len(t), "left_out": t.given - len(t)}
                for n, t in read.tables.items()
            },
            "broken": dict(read.broken),
            "rows_left_out": rows_left_out(read, accounts),
            "abilities": [a.to_dict() for a in able],
            "remarks": [r.to_dict() for r in remarks],
        }
        _put(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", out)
    elif chosen == "csv":
        rows = [
            (
                r.code,
                r.severity,
                r.file,
                r.row,
                r.column,
                words.tell(r.what),
                "" if r.hint is None else words.tell(r.hint),
            )
            for r in remarks
        ]
        _put(csv_text(("code", "severity", "file", "row", "column", "what", "hint"), rows), out)
    else:
        left = rows_left_out(read, accounts)
        _show(check_document(read, able, remarks, words, left), chosen, out, cluster)
    return _code(remarks)


@app.command
def account(
    cluster: str,
    /,
    *,
    year: int | None = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Account for carbon: scope 1 and 2 by enterprise, source and year, and a total that counts once.

    The exit code is 1 if rows were left out; `cluster check` tells which.

    Parameters
    ----------
    cluster : str
        A folder with a cluster.yaml, or the name of a shipped cluster.
    year : int
        The year whose details are shown; by default the last.
    format : str
        text, json, csv (a line for each enterprise, year and source), html, docx, pdf, tex, md, or svg or
        png (carbon by enterprise); by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh.
    """
    from separatrix.cluster.accounts.account import carbon_accounts
    from separatrix.cluster.accounts.uncertainty import spread_of_total
    from separatrix.cluster.tables.folder import load_cluster
    from separatrix.present.documents.clusters.account import account_document, bars_picture
    from separatrix.present.languages import language_of
    from separatrix.run.provenance import provenance

    chosen = format or _format_of(out)
    words = language_of(lang)
    read = load_cluster(cluster)
    _guard_tables(out, read)
    found = carbon_accounts(read)
    if year is not None and year not in found.years:
        known = ", ".join(map(str, found.years)) or "none"
        raise InputError("K240", f"--year {year}: nothing is known of that year", hint=f"known are {known}")
    if chosen == "json":
        totals = {str(y): spread_of_total(found, y).to_dict() for y in found.years}
        answer = {
            "cluster": read.label,
            "totals": totals,
            **found.to_dict(),
            "provenance": provenance(read),
        }
        _put(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", out)
    elif chosen == "csv":
        rows = ((*entry, read.attribution) for entry in found.lines())
        _put(csv_text((*found.line_names(), "data_source"), rows), out)
    elif chosen in _FIGURES:
        if not found.years:
            raise InputError("K231", words.CL_NO_CARBON)
        _draw(bars_picture(read, found, year or found.years[-1], words), chosen, out)
    else:
        spreads = {y: spread_of_total(found, y) for y in found.years}
        _show(account_document(read, found, spreads, words, year), chosen, out, cluster)
    return _code((*read.remarks, *found.remarks))


@app.command
def diagnose(
    cluster: str,
    /,
    *,
    standard: str | None = None,
    figure: FigureName | None = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Diagnose low understanding, extensive growth, the low end of the chain and weak technology.

    The exit code is 1 if rows were left out; `cluster check` tells which.

    Parameters
    ----------
    cluster : str
        A folder with a cluster.yaml, or the name of a shipped cluster.
    standard : str
        Measure the gap to this park standard (a name, or a .yaml file in the cluster's folder) instead of
        that of cluster.yaml.
    figure : str
        Which figure an SVG or PNG shows: radar (the four difficulties, the default), drivers (what changed
        the emissions), decoupling, or carbon (by enterprise).
    format : str
        text, json, csv (the indicators), html, docx, pdf, tex, md, or svg or png (one figure); by default
        what --out ends in, else text (svg with --figure).
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh.
    """
    from separatrix.cluster.diagnosis.diagnose import diagnose as diagnosis_of
    from separatrix.cluster.tables.folder import load_cluster
    from separatrix.present.documents.clusters.diagnosis import diagnosis_document
    from separatrix.present.documents.clusters.pictures import figure_of
    from separatrix.present.languages import language_of

    chosen = format or ("svg" if figure is not None and out is None else _format_of(out))
    if figure is not None and chosen not in _FIGURES:
        raise InputError(
            "K242",
            f"--figure makes SVG or PNG, and {chosen} was asked for",
            hint="leave one of them out; documents hold every figure",
        )
    words = language_of(lang)
    read = load_cluster(cluster)
    _guard_tables(out, read)
    found = diagnosis_of(read, standard=standard)
    if chosen == "json":
        _put(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n", out)
    elif chosen == "csv":
        rows = [
            (
                d.name,
                i.id,
                words.tell(i.name),
                i.value,
                i.unit,
                i.low,
                i.high,
                i.score,
                i.score_low,
                i.score_high,
                i.coverage,
                words.tell(i.source),
                "" if i.missing is None else words.tell(i.missing),
                found.cluster.attribution,
            )
            for d in found.difficulties
            for i in d.indicators
        ]
        header = (
            "difficulty indicator name value unit low high score score_low score_high covers method missing "
            "data_source"
        ).split()
        _put(csv_text(header, rows), out)
    elif chosen in _FIGURES:
        _draw(figure_of(found, figure or "radar", words), chosen, out)
    else:
        _show(diagnosis_document(found, words), chosen, out, cluster)
    return _code(found.remarks)


# --------------------------------------------------------------------------- writing


def _code(remarks: Iterable[Remark]) -> int:
    return 1 if any(r.severity == "error" for r in remarks) else 0


def _guard_tables(out: Path | None, cluster: Cluster) -> None:
    """Refuse to write an answer over the data that it is about."""
    from separatrix.cluster.tables.folder import files_of

    if out is not None and out.exists() and any(out.samefile(path) for path in files_of(cluster)):
        raise InputError("U903", f"--out {out} is a file of the cluster itself", hint="choose another name")


def _format_of(out: Path | None) -> Any:
    if out is None:
        return "text"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )
    return found


def _put(text: str, out: Path | None) -> None:
    from separatrix.run.files import write_file

    if out is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        write_file(out, text)


def _draw(picture: Draw, chosen: str, out: Path | None) -> None:
    from separatrix.run.files import require_writable, write_file

    if chosen == "svg":
        _put(picture("svg").decode(), out)
        return
    if out is None:
        raise InputError("U901", "a png cannot be printed", hint="give --out FILE")
    require_writable(out)
    write_file(out, picture("png"))


def _show(document: Document, chosen: str, out: Path | None, cluster: str) -> None:
    import warnings

    from separatrix.cli.basins import show_document
    from separatrix.present.writers import ready, write
    from separatrix.run.files import require_writable, write_file

    if chosen == "text":
        show_document(document, out)
        return
    if out is None and chosen in ("docx", "pdf"):
        raise InputError("U901", f"a {chosen} cannot be printed", hint="give --out FILE")
    ready(chosen)
    if out is not None:
        require_writable(out)
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        written = write(document, chosen, "cluster" if out is None else out.stem)
    for message in dict.fromkeys(str(w.message) for w in noticed if issubclass(w.category, UserWarning)):
        logging.getLogger("separatrix").warning(message)
    if out is None:
        print(written.content.decode())
        return
    for name, content in written.beside.items():
        write_file(out.parent / name, content, make_folder=True)
    write_file(out, written.content)
