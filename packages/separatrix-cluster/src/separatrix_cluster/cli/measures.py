"""``separatrix cluster measures``: what measures cost a tonne, and which to take."""

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

__all__ = ["measures"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]

FigureName = Literal["curve", "path"]


def measures(
    cluster: ClusterName,
    /,
    *,
    budget: float | None = None,
    target: str | None = None,
    by: int | None = None,
    yearly_budget: float | None = None,
    begin: int | None = None,
    carbon_price: float | None = None,
    discount_rate: float | None = None,
    year: int | None = None,
    order: Literal["benefit", "pareto"] = "benefit",
    figure: FigureName | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Rank the measures of a cluster by abatement cost, and choose the cheapest set that meets a target.

    Every figure accounts for the interaction of measures that reduce the same emissions. The exit code is
    1 if rows of the table were skipped.

    Parameters
    ----------
    budget : float
        The maximum investment, in the money unit of cluster.yaml; without --target, find the set with the
        largest reduction.
    target : str
        The annual reduction target: tonnes (50000), a share of the emissions (15%), or standard, the
        carbon intensity of energy that the park standard requires.
    by : int
        The target year; the plan gives the start year of each measure. Without --target, the target is
        that of the park standard.
    yearly_budget : float
        With --by, the maximum investment in one year, in the money unit of cluster.yaml; --budget is the
        total.
    begin : int
        With --by, the earliest start year; by default this year or the year after the emissions,
        whichever is later.
    carbon_price : float
        The carbon price per t CO2e; by default `carbon_price` in cluster.yaml, else none.
    discount_rate : float
        The annual discount rate; by default `discount_rate` in cluster.yaml, else 0.08.
    year : int
        The year of the emissions to reduce; by default the reporting year.
    order : str
        Ranking of profitable measures: benefit (largest net benefit first), or pareto (first those that
        no other measure exceeds in both benefit and tonnes).
    figure : str
        The figure for SVG or PNG: curve (abatement cost, the default) or path (with --by: emissions by
        year).
    format : str
        text, json, csv (the curve), html, docx, pdf, tex, md, svg or png (one figure); by default that of
        the file name in --out, else text (svg with --figure).
    """
    from separatrix.languages import language_of
    from separatrix_cluster.documents.measures import (
        measures_csv,
        measures_document,
        measures_figure,
    )
    from separatrix_cluster.measures.abatement import abatement
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
    found = abatement(
        read,
        year=year,
        budget=budget,
        target=target,
        by=by,
        yearly_budget=yearly_budget,
        begin=begin,
        carbon_price=carbon_price,
        discount_rate=discount_rate,
        order=order,
    )
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(measures_csv(found, words), out, words)
    elif chosen in ("svg", "png"):
        emit_picture(measures_figure(found, figure or "curve", words), chosen, out)
    else:
        emit_document(measures_document(found, words), chosen, out, stem="measures")
    file = read.table("measures").file
    return exit_code((*found.remarks, *(r for r in read.remarks if r.file == file)))
