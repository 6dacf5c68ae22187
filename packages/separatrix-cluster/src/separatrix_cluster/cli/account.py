"""``separatrix cluster account``: carbon by enterprise, source and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

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
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from separatrix.languages import Language
    from separatrix_cluster.completeness.completeness import DataCompleteness
    from separatrix_cluster.tables.cluster import Cluster

__all__ = ["account"]

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
    from separatrix_cluster.accounts.account import carbon_accounts
    from separatrix_cluster.accounts.uncertainty import spread_of_total
    from separatrix_cluster.completeness.completeness import completeness_of
    from separatrix_cluster.documents.accounts import account_csv, account_document, bars_picture
    from separatrix_cluster.documents.completeness import no_carbon_sentence
    from separatrix_cluster.tables.folder import files_of, load_cluster

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
