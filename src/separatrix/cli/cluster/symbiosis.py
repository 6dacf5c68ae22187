"""``separatrix cluster symbiosis``: which streams to exchange, which shared facilities to build."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import ClusterName, Formatted, Lang, Out
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, exit_code, guard_source
from separatrix.present.writers.registry import FORMATS

__all__ = ["symbiosis"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md"]


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
    seconds: float = 60.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the exchanges of streams and the shared facilities that bring the cluster most.

    The exit code is 1 if rows were left out, or if the target cannot be met within the limits.

    Parameters
    ----------
    carbon_price : float
        Currency per t CO2e avoided; by default `carbon_price` of cluster.yaml, else 0.
    budget : float
        Most that may be invested once, in the money unit of cluster.yaml.
    target : float
        Least abatement, t CO2e a year; where it cannot be met, what would have to give way is told.
    build : list of str
        Id of a facility that must be built; may be given several times.
    min_approach : float
        K between what gives heat and what takes it.
    distance : float
        Kilometres between enterprises of which neither links nor coordinates tell them; 5 by default.
    without : list of str
        Id of an enterprise that takes no part; may be given several times.
    seconds : float
        Most that the solver may take.
    format : str
        text, json, csv (each exchange and each pair that was rejected), html, docx, pdf, tex or md; by
        default what --out ends in, else text.
    """
    from separatrix.cluster.symbiosis.optimal_exchange import optimal_exchange
    from separatrix.cluster.symbiosis.problem import exchange_problem
    from separatrix.cluster.tables.folder import files_of, load_cluster
    from separatrix.present.documents.clusters.symbiosis import symbiosis_csv, symbiosis_document
    from separatrix.present.languages import language_of
    from separatrix.run.provenance import provenance

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    read = load_cluster(cluster)
    guard_source(out, *files_of(read), what="a file of the cluster")
    FORMATS[chosen].require()
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
    plan = optimal_exchange(problem, seconds=seconds)
    if chosen == "json":
        answer = {"cluster": read.label, **plan.to_dict(), "provenance": provenance(read)}
        answer["remarks"] = [r.to_dict() for r in read.remarks]
        emit_json(answer, out)
    elif chosen == "csv":
        emit_csv(symbiosis_csv(read, plan, words), out, words)
    else:
        emit_document(symbiosis_document(read, plan, words), chosen, out, stem="symbiosis")
    return exit_code(read.remarks) or int(not plan.feasible)
