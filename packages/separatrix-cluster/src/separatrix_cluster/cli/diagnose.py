"""``separatrix cluster diagnose``: the four difficulties."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import ClusterName, Formatted, Lang, Out
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

__all__ = ["diagnose"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]

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
    from separatrix_cluster.diagnosis.diagnose import diagnose as diagnosis_of
    from separatrix_cluster.documents.diagnosis import diagnosis_csv, diagnosis_document
    from separatrix_cluster.documents.pictures import figure_of
    from separatrix_cluster.tables.folder import files_of, load_cluster

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
