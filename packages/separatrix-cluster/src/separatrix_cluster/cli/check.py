"""``separatrix cluster check``: issues in the tables, and what can be computed from them."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import ClusterName, Formatted, Lang, Out
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, exit_code, guard_source

__all__ = ["check"]

Format = Literal["text", "json", "csv", "html", "md"]


def check(
    cluster: ClusterName,
    /,
    *,
    year: int | None = None,
    format: Formatted[Format] = None,
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
    from separatrix_cluster.accounts.account import carbon_accounts
    from separatrix_cluster.completeness.completeness import completeness_of
    from separatrix_cluster.completeness.coverage import abilities, rows_left_out_of
    from separatrix_cluster.documents.check import check_document, check_to_dict, remarks_csv
    from separatrix_cluster.tables.folder import files_of, load_cluster

    chosen = choose(format, out, get_args(Format))
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
