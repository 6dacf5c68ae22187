"""``separatrix cluster feedback``: a page for each enterprise, without a figure of another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

from separatrix.cli.options import ClusterName, Formatted, Lang, Out
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, guard_source
from separatrix.errors import InputError
from separatrix.run.files import unwritable
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS, file_name

if TYPE_CHECKING:
    from pathlib import Path

    from separatrix.languages import Language
    from separatrix_cluster.reporting.feedback import Feedback
    from separatrix_cluster.tables.cluster import Cluster

__all__ = ["feedback"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md"]


def feedback(
    cluster: ClusterName,
    enterprise: str | None = None,
    /,
    *,
    year: int | None = None,
    format: Formatted[Format] = None,
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
    from separatrix_cluster.accounts.account import carbon_accounts
    from separatrix_cluster.reporting.feedback import enterprise_feedback
    from separatrix_cluster.tables.folder import files_of, load_cluster

    words = language_of(lang)
    read = load_cluster(cluster)
    if enterprise is not None:
        chosen = choose(format, out, get_args(Format))
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
