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
    """Rank the measures of a cluster by what a tonne costs, and choose among them.

    Measures that act on the same emissions weaken one another: every figure is what they do together.  The
    exit code is 1 if rows of the table were left out.

    Parameters
    ----------
    budget : float
        The most that may be invested, in the money unit of cluster.yaml; alone it asks for the set that cuts
        most.
    target : str
        What shall be cut a year: tonnes (50000), a share of the emissions (15%), or standard, what the park
        standard asks of carbon per energy.
    by : int
        The year in which the target shall be met: tells when to begin what.  Without --target it is that of
        the park standard.
    yearly_budget : float
        With --by, the most that may be invested in one year, in the money unit of cluster.yaml; --budget is
        that of all years.
    begin : int
        With --by, the first year in which anything can be begun; by default this year, or the one after the
        emissions where that is later.
    carbon_price : float
        Currency per t CO2e; by default `carbon_price` of cluster.yaml, else none.
    discount_rate : float
        What spreads an investment over its life, as a share a year; by default `discount_rate` of
        cluster.yaml, else 0.08.
    year : int
        Of the emissions that measures act on; by default the year that is reported.
    order : str
        How measures that pay by themselves are ranked: benefit (the largest net benefit first), or pareto
        (first those that no other beats in both benefit and tonnes).
    figure : str
        Which figure an SVG or PNG shows: curve (what a tonne costs, the default) or path (with --by:
        emissions year by year).
    format : str
        text, json, csv (the curve), html, docx, pdf, tex, md, or svg or png (one figure); by default what
        --out ends in, else text (svg with --figure).
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
            say("--figure makes SVG or PNG, and {format} was asked for", format=chosen),
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
