"""``separatrix cluster symbiosis``: which streams to exchange, which shared facilities to build.

``separatrix cluster measures``: what measures cost a tonne, and which to take.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import ClusterName, Formatted, Lang, Out
from separatrix.cli.output import (
    choose,
    emit_csv,
    emit_document,
    emit_json,
    emit_picture,
    exit_code,
    guard_source,
    solver_aside,
)
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS

__all__ = ["measures", "symbiosis"]

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


SymbiosisFigureName = Literal["network", "benefits", "heat"]


def symbiosis(
    cluster: ClusterName,
    /,
    *,
    carbon_price: float | None = None,
    budget: float | None = None,
    target: float | None = None,
    build: Annotated[list[str] | None, Parameter(negative="")] = None,
    min_approach: float = 10.0,
    distance: float | None = None,
    without: Annotated[list[str] | None, Parameter(negative="")] = None,
    share: bool | None = None,
    orders: int = 200,
    seed: int = 0,
    seconds: float = 60.0,
    figure: SymbiosisFigureName | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the exchanges of streams and shared facilities with the largest benefit for a cluster.

    Also reports a stable division of the benefit, whether the network qualifies as industrial symbiosis,
    and the effect of each enterprise's exit. Without a table `streams`, only the exchanges in `links` are
    analysed. The exit code is 1 if rows were skipped, or if the target cannot be met within the limits.

    Parameters
    ----------
    carbon_price : float
        The carbon price per t CO2e avoided; by default `carbon_price` in cluster.yaml, else 0.
    budget : float
        The maximum investment, in the money unit of cluster.yaml.
    target : float
        The minimum abatement in t CO2e per year; if it cannot be met, the conflicting limits are listed.
    build : list of str
        Id of a facility that must be built; repeatable.
    min_approach : float
        The minimum temperature difference between heat source and sink, in K.
    distance : float
        Assumed distance in km between enterprises without links or coordinates; by default 5.
    without : list of str
        Id of an enterprise to exclude; repeatable.
    share : bool
        Compute Shapley value, core and nucleolus; by default only where this takes seconds.
    orders : int
        Number of sampled orderings for the Shapley value of more than 12 enterprises.
    seed : int
        The random seed of these orderings.
    seconds : float
        Time limit of the solver in seconds.
    figure : str
        The figure for SVG or PNG: network (the exchanges between enterprises, the default), benefits (of
        each exchange), or heat (temperatures of heat sources and sinks).
    format : str
        text, json, csv (each exchange and each rejected pair), html, docx, pdf, tex, md, svg or png (one
        figure); by default that of the file name in --out, else text (svg with --figure).
    """
    from separatrix.languages import language_of
    from separatrix.run.console import progress
    from separatrix.run.results import provenance
    from separatrix_cluster.benefit_sharing.coalition_game import exchange_parts
    from separatrix_cluster.benefit_sharing.shared_exchanges import (
        UNASKED,
        anchor_exit,
        shared_exchanges,
        sharing_work,
    )
    from separatrix_cluster.documents.exchanges import METHODS as NETWORK
    from separatrix_cluster.documents.exchanges import SHARED_EXCHANGES_METHODS as SHARING
    from separatrix_cluster.documents.exchanges import (
        network_blocks,
        network_data,
        network_document,
        sharing_blocks,
        sharing_left_out,
    )
    from separatrix_cluster.documents.symbiosis import symbiosis_csv, symbiosis_document, symbiosis_figure_of
    from separatrix_cluster.symbiosis.network import assessed_networks, exchange_network
    from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
    from separatrix_cluster.symbiosis.problem import exchange_problem
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
    drawn = chosen in ("svg", "png")
    if chosen != "csv" and not drawn and not read.table("streams") and exchange_network(read) is not None:
        networks = assessed_networks(read, None)
        if chosen == "json":
            found = {"cluster": read.label, **network_data(networks), "provenance": provenance(read)}
            emit_json({**found, "remarks": [r.to_dict() for r in read.remarks]}, out)
        else:
            emit_document(network_document(read, networks, words), chosen, out, stem="symbiosis")
        return exit_code(read.remarks)
    problem = exchange_problem(
        read,
        carbon_price=carbon_price,
        budget=None if budget is None else budget * read.description.money_factor,
        target=target,
        required=build or (),
        minimum_approach=min_approach,
        distance=distance,
        without=without or (),
    )
    with solver_aside():
        plan = optimal_exchange(problem, seconds=seconds)
    if drawn:
        emit_picture(symbiosis_figure_of(read, plan, figure or "network", words), chosen, out)
        return exit_code(read.remarks) or int(not plan.feasible)
    networks = assessed_networks(read, plan)
    shared, anchor = None, None
    if share is not False and chosen != "csv":
        work, size = sharing_work(exchange_parts(problem), orders=orders)
        if share or size <= UNASKED:
            with progress("coalitions", work, shown=bool(share)) as solved, solver_aside():
                parts = exchange_parts(problem, solved)
                shared = shared_exchanges(plan, parts, orders=orders, seed=seed)
        else:
            anchor = anchor_exit(plan, seconds=seconds)
    if chosen == "json":
        answer = {"cluster": read.label, **plan.to_dict()}
        answer |= {"sharing": None if shared is None else shared.to_dict(), **network_data(networks)}
        answer["anchor_exit"] = None if anchor is None else anchor.to_dict()
        answer["provenance"] = provenance(read)
        answer["remarks"] = [r.to_dict() for r in read.remarks]
        emit_json(answer, out)
    elif chosen == "csv":
        emit_csv(symbiosis_csv(read, plan, words), out, words)
    else:
        if shared is None:
            sharing = [] if share is False else [sharing_left_out(read, anchor, words)]
        else:
            sharing = list(sharing_blocks(read, shared, words))
        more = [*sharing, *network_blocks(read, networks, words)]
        methods = (*SHARING, *NETWORK)
        emit_document(symbiosis_document(read, plan, words, more, methods), chosen, out, stem="symbiosis")
    return exit_code(read.remarks) or int(not plan.feasible)
