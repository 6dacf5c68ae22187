"""``separatrix cluster symbiosis``: which streams to exchange, which shared facilities to build."""

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

__all__ = ["symbiosis"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]

FigureName = Literal["network", "benefits", "heat"]


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
    figure: FigureName | None = None,
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
    from separatrix_cluster.benefit_sharing.exchange_game import exchange_parts
    from separatrix_cluster.benefit_sharing.shared_exchanges import (
        UNASKED,
        anchor_exit,
        shared_exchanges,
        sharing_work,
    )
    from separatrix_cluster.documents.exchange_network import METHODS as NETWORK
    from separatrix_cluster.documents.exchange_network import (
        network_blocks,
        network_data,
        network_document,
    )
    from separatrix_cluster.documents.shared_exchanges import METHODS as SHARING
    from separatrix_cluster.documents.shared_exchanges import sharing_blocks, sharing_left_out
    from separatrix_cluster.documents.symbiosis import symbiosis_csv, symbiosis_document
    from separatrix_cluster.documents.symbiosis_pictures import symbiosis_figure_of
    from separatrix_cluster.symbiosis.exchange_links import exchange_network
    from separatrix_cluster.symbiosis.fragility import assessed_networks
    from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
    from separatrix_cluster.symbiosis.problem import exchange_problem
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
