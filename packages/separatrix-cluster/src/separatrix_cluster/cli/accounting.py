"""``separatrix cluster account``: carbon by enterprise, source and year.

``separatrix cluster check``: issues in the tables, and what can be computed from them.

``separatrix cluster diagnose``: the four difficulties.

``separatrix cluster feedback``: a page for each enterprise, without a figure of another.

``separatrix cluster new``: the templates of a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import ClusterName, Flag, Formatted, Lang, Out
from separatrix.cli.output import (
    choose,
    emit_csv,
    emit_document,
    emit_json,
    emit_picture,
    exit_code,
    guard_source,
)
from separatrix.errors import InputError
from separatrix.run.files import unwritable
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS, file_name

if TYPE_CHECKING:
    from separatrix.languages import Language
    from separatrix_cluster.completeness.completeness import DataCompleteness
    from separatrix_cluster.reporting.feedback import Feedback
    from separatrix_cluster.tables.input_output_tables import RegionTable
    from separatrix_cluster.tables.panel import Cluster

__all__ = ["account", "check", "diagnose", "feedback", "new"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]


def account(
    cluster: ClusterName,
    /,
    *,
    year: int | None = None,
    inventory: Flag = False,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the carbon account: scope 1 and 2 by enterprise, source and year, and a total without
    double counting.

    The exit code is 1 if rows were skipped; `cluster check` lists them.

    Parameters
    ----------
    year : int
        The year to show in detail; by default the last year whose data cover 90 % of the last known
        emissions.
    inventory : bool
        Write a greenhouse gas inventory after ISO 14064-1: boundaries, gases, biogenic carbon, base year,
        and the source rows of every figure (as csv, one row each).
    format : str
        text, json, csv (one row for each enterprise, year and source), html, docx, pdf, tex, md, svg or
        png (emissions by enterprise); by default that of the file name in --out, else text.
    """
    from separatrix.languages import language_of
    from separatrix.run.results import provenance
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.accounts.uncertainty import spread_of_total
    from separatrix_cluster.completeness.completeness import completeness_of
    from separatrix_cluster.documents.accounts import account_csv, account_document, bars_picture
    from separatrix_cluster.documents.completeness import no_carbon_sentence
    from separatrix_cluster.tables.reader import files_of, load_cluster

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    read = load_cluster(cluster)
    guard_source(out, *files_of(read), what="a file of the cluster")
    FORMATS[chosen].require()
    found = carbon_accounts(read)
    books = completeness_of(read, found, year=year)
    year = books.reporting_year
    if found.years and year not in found.years:
        hint = say(
            "all its rows were excluded; accounted years: {years}", years=", ".join(map(str, found.years))
        )
        raise InputError("K240", say("nothing is accounted for in the year {year}", year=year), hint=hint)
    if inventory:
        return _inventory(read, books, words, chosen, out)
    if chosen == "json":
        totals = {
            str(y): {
                **spread_of_total(found, y).to_dict(),
                "with_missing_and_doubt": books.total(y).to_dict(),
            }
            for y in found.years
        }
        answer = {
            "cluster": read.label,
            "year": year,
            "completeness": books.to_dict(),
            "totals": totals,
            **found.to_dict(),
            "remarks": [r.to_dict() for r in (*read.remarks, *found.remarks, *books.remarks)],
            "provenance": provenance(read),
        }
        emit_json(answer, out)
    elif chosen == "csv":
        emit_csv(account_csv(read, books, words), out, words)
    elif chosen in ("svg", "png"):
        if not found.years:
            raise InputError("K231", no_carbon_sentence(read, words))
        emit_picture(bars_picture(read, books, year or found.years[-1], words), chosen, out)
    else:
        emit_document(account_document(read, books, words), chosen, out, stem="cluster")
    return exit_code((*read.remarks, *found.remarks))


def _inventory(read: Cluster, books: DataCompleteness, words: Language, chosen: str, out: Path | None) -> int:
    from separatrix.run.results import provenance
    from separatrix_cluster.documents.inventory import evidence_csv, inventory_document
    from separatrix_cluster.reporting.inventory import inventory_of

    if chosen in ("svg", "png"):
        raise InputError(
            "K242",
            say("an inventory is not a figure and cannot be exported as {format}", format=chosen),
            hint=say("leave --inventory out, or choose another format"),
        )
    found = inventory_of(read, books)
    if chosen == "json":
        remarks = (*read.remarks, *books.accounts.remarks, *books.remarks)
        answer = {
            "cluster": read.label,
            "inventory": found.to_dict(),
            "completeness": books.to_dict(),
            "remarks": [r.to_dict() for r in remarks],
            "provenance": provenance(read),
        }
        emit_json(answer, out)
    elif chosen == "csv":
        emit_csv(evidence_csv(read, books, found, words), out, words)
    else:
        emit_document(inventory_document(read, books, found, words), chosen, out, stem="inventory")
    return exit_code((*read.remarks, *books.accounts.remarks))


CheckFormat = Literal["text", "json", "csv", "html", "md"]


def check(
    cluster: ClusterName,
    /,
    *,
    year: int | None = None,
    format: Formatted[CheckFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Check the tables of a cluster, and list what can be computed and for how much of the cluster.

    The exit code is 1 if rows were skipped.

    Parameters
    ----------
    year : int
        The year of the coverage; by default the last year whose data cover 90 % of the last known
        emissions.
    format : str
        text, json, csv (one row for each remark), html or md; by default that of the file name in --out,
        else text.
    """
    from separatrix.languages import language_of
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.completeness.completeness import completeness_of
    from separatrix_cluster.completeness.coverage import abilities, rows_left_out_of
    from separatrix_cluster.documents.data_check import check_document, check_to_dict, remarks_csv
    from separatrix_cluster.tables.reader import files_of, load_cluster

    chosen = choose(format, out, get_args(CheckFormat))
    words = language_of(lang)
    read = load_cluster(cluster)
    guard_source(out, *files_of(read), what="a file of the cluster")
    accounts = carbon_accounts(read)
    remarks = (*read.remarks, *accounts.remarks)
    books, left = completeness_of(read, accounts, year=year), rows_left_out_of(read, accounts)
    able = abilities(read, accounts, books)
    if chosen == "json":
        emit_json(check_to_dict(read, able, remarks, left, books), out)
    elif chosen == "csv":
        emit_csv(remarks_csv(remarks, words), out, words)
    else:
        emit_document(check_document(read, able, remarks, words, left, books), chosen, out, stem="cluster")
    return exit_code(remarks)


FigureName = Literal["radar", "drivers", "decoupling", "carbon"]


def diagnose(
    cluster: ClusterName,
    /,
    *,
    standard: str | None = None,
    year: int | None = None,
    figure: FigureName | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Diagnose the four difficulties of a cluster: low understanding, extensive growth, low value-chain
    position and weak technology.

    The exit code is 1 if rows were skipped; `cluster check` lists them.

    Parameters
    ----------
    standard : str
        The park standard for the gap analysis (a name, or a .yaml file in the cluster's folder), instead
        of the one in cluster.yaml.
    year : int
        The reporting year; by default the last year whose data cover 90 % of the last known emissions.
    figure : str
        The figure for SVG or PNG: radar (the four difficulties, the default), drivers (of the change in
        emissions), decoupling, or carbon (by enterprise).
    format : str
        text, json, csv (the indicators), html, docx, pdf, tex, md, svg or png (one figure); by default
        that of the file name in --out, else text (svg with --figure).
    """
    from separatrix.languages import language_of
    from separatrix_cluster.diagnosis.diagnosis import diagnose as diagnosis_of
    from separatrix_cluster.documents.diagnosis import diagnosis_csv, diagnosis_document, figure_of
    from separatrix_cluster.tables.reader import files_of, load_cluster

    chosen = choose(format, out, get_args(Format), default="text" if figure is None else "svg")
    if figure is not None and chosen not in ("svg", "png"):
        raise InputError(
            "K242",
            say("--figure exports SVG or PNG, not {format}", format=chosen),
            hint=say("leave one of them out; documents hold every figure"),
        )
    words = language_of(lang)
    read = load_cluster(cluster)
    guard_source(out, *files_of(read), what="a file of the cluster")
    FORMATS[chosen].require()
    found = diagnosis_of(read, standard=standard, year=year)
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(diagnosis_csv(found, words), out, words)
    elif chosen in ("svg", "png"):
        emit_picture(figure_of(found, figure or "radar", words), chosen, out)
    else:
        emit_document(diagnosis_document(found, words), chosen, out, stem="cluster")
    return exit_code(found.remarks)


FeedbackFormat = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md"]


def feedback(
    cluster: ClusterName,
    enterprise: str | None = None,
    /,
    *,
    year: int | None = None,
    format: Formatted[FeedbackFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Write the feedback page of an enterprise: its data, comparison with at least three others, and
    missing data.

    Averages come from groups without a dominant member and are the same on all pages of a group. If no
    such group exists, the page gives the reason. It shows no other data of other enterprises.

    Parameters
    ----------
    enterprise : str
        The id or name of the enterprise; without it, the pages of all enterprises are written to the
        folder --out.
    year : int
        The year of the comparison; by default the last year whose data cover 90 % of the last known
        emissions.
    format : str
        text, json, csv (the comparisons), html, docx, pdf, tex or md; by default that of the file name in
        --out, else text (html for all enterprises).
    """
    from separatrix.languages import language_of
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.reporting.feedback import enterprise_feedback
    from separatrix_cluster.tables.reader import files_of, load_cluster

    words = language_of(lang)
    read = load_cluster(cluster)
    if enterprise is not None:
        chosen = choose(format, out, get_args(FeedbackFormat))
        guard_source(out, *files_of(read), what="a file of the cluster")
        FORMATS[chosen].require()
        _write(read, enterprise_feedback(read, enterprise, year=year), words, chosen, out)
        return 0
    if out is None or (out.exists() and not out.is_dir()):
        raise InputError(
            "U901",
            say("the pages of all enterprises are files of one folder, and --out names none"),
            hint=say("give --out FOLDER, or name one enterprise"),
        )
    chosen = format or "html"
    FORMATS[chosen].require()
    accounts = carbon_accounts(read)
    names = _file_names([str(e) for e in read.enterprises])
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(out, problem) from None
    targets = {e: out / file_name(name, chosen) for e, name in names.items()}
    for target in targets.values():
        guard_source(target, *files_of(read), what="a file of the cluster")
    for identity, target in targets.items():
        _write(read, enterprise_feedback(read, identity, accounts, year=year), words, chosen, target)
    return 0


def _write(read: Cluster, told: Feedback, words: Language, chosen: str, out: Path | None) -> None:
    from separatrix_cluster.documents.feedback import feedback_csv, feedback_document

    if chosen == "json":
        emit_json({"cluster": {"name": read.name}, **told.to_dict()}, out)
    elif chosen == "csv":
        emit_csv(feedback_csv(told, words), out, words)
    else:
        emit_document(feedback_document(read, told, words), chosen, out, stem="feedback")


def _file_names(identities: list[str]) -> dict[str, str]:
    """Return a name of a file for each id, no two alike on any system."""
    taken: set[str] = set()
    found = {}
    for k, identity in enumerate(identities):
        name = re.sub(r"[^\w-]+", "-", identity).strip("-")[:60] or "enterprise"
        if name.casefold() in taken:
            name = f"{name}-{k + 1}"
        taken.add(name.casefold())
        found[identity] = name
    return found


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
        The folder to write to; existing files are never overwritten.
    table : list of str
        Only this table (and enterprises); repeatable.
    example : str
        Copy a shipped cluster instead of templates: rotterdam, houston, kalundborg, synthetic-park,
        messy-park.
    mrio : Path
        A multi-regional input-output table (EXIOBASE, WIOD …) saved by pymrio; its part for --region is
        written to the tables io and io_sectors, also in an existing cluster. Requires the extra mrio.
    region : str
        The region of the cluster in that table.
    stressor : list of str
        The row of emissions in its extensions; repeatable, rows are added up.
    """
    from separatrix_cluster.tables.table_reader import copy_example, write_templates

    if example is not None and (table or mrio):
        raise InputError("K104", "--example copies a cluster whole", hint="omit --table and --io")
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
    from separatrix_cluster.tables.input_output_tables import load_mrio, region_table

    return region_table(load_mrio(saved), region, stressors)
