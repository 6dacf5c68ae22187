"""``separatrix calibrate``: from the tables of a cluster to its game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import ClusterName, Flag, Formatted, Lang, Out, named_values
from separatrix.cli.output import (
    choose,
    emit,
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

__all__ = ["calibrate"]

Format = Literal["text", "yaml", "json", "csv", "html", "docx", "pdf", "tex", "md", "svg", "png"]

Pair = Literal["representative", "leader-sme", "enterprises"]


def calibrate(
    cluster: ClusterName,
    /,
    *,
    pair: Pair = "representative",
    year: int | None = None,
    carbon_price: float | None = None,
    support: float | None = None,
    discount_rate: float | None = None,
    history: Flag = False,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Estimate the game of a cluster from its tables, with the source of each of the paper's six
    parameters.

    With --out game.yaml, writes a game file for `analyze`, `basins` and all other commands. The exit
    code is 1 if rows were skipped; `cluster check` lists them.

    Parameters
    ----------
    pair : str
        representative (two identical enterprises, the default), leader-sme (a leader and another
        enterprise) or enterprises (as csv, one row each with its own parameters, for `network
        --enterprises`).
    year : int
        The year of the value added and of the adopters; by default the last year with sufficient data.
    carbon_price : float
        The carbon price per t CO2e, instead of `carbon_price` in cluster.yaml.
    support : float
        The publicly funded share of the annual cost, instead of `support` in cluster.yaml.
    discount_rate : float
        The discount rate per year, instead of `discount_rate` in cluster.yaml.
    history : bool
        Use only the table `adoption` (CLUSTER may be a file with that table): fit the two payoff
        advantages per year with confidence intervals, and compare Bass's model and thresholds on the same
        years; svg and png draw the fit. With --pair leader-sme, leaders and others separately.
    set_ : list of str
        NAME=VALUE or NAME=LOW:VALUE:HIGH: a value that replaces the tables: pi2, v, B, F, K or penalty
        (per year, in the `money_unit` of cluster.yaml), p (currency per t CO2e), a (t CO2e per year), s,
        x or y (shares) or beta (per year and unit of payoff); append A or B for one side only (not for x,
        y and beta); repeatable.
    format : str
        text, yaml (the game file), json, csv (the parameters), html, docx, pdf, tex, md, or svg and png
        with --history; by default that of the file name in --out, else text.
    """
    from separatrix.languages import language_of
    from separatrix_cluster.calibration.calibrate import calibrate as calibration_of
    from separatrix_cluster.documents.calibration import (
        calibrated_game,
        calibration_csv,
        calibration_document,
    )
    from separatrix_cluster.tables.reader import files_of, load_cluster

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    if history:
        return _history(cluster, words, chosen, out, by_group=pair == "leader-sme")
    if chosen in ("svg", "png"):
        raise InputError(
            "K242",
            say("a calibration is not a figure and cannot be exported as {format}", format=chosen),
            hint=say("give --history for the figure of the history of adoption, or choose another format"),
        )
    given = named_values(set_ or (), "--set", "F=30 --set B=20:60:90", "name")
    read = load_cluster(cluster)
    guard_source(out, *files_of(read), what="a file of the cluster")
    FORMATS[chosen].require()
    found = calibration_of(
        read,
        pair,
        year=year,
        carbon_price=carbon_price,
        support=support,
        discount_rate=discount_rate,
        given=given,
    )
    if chosen == "yaml":
        emit(calibrated_game(found), out)
    elif chosen == "csv":
        emit_csv(calibration_csv(found, words), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(calibration_document(found, words), chosen, out, stem="calibration")
    return exit_code(found.remarks)


def _history(source: str, words: Language, chosen: str, out: Path | None, *, by_group: bool) -> int:
    from separatrix_cluster.adoption.fit import fit_history
    from separatrix_cluster.adoption.history import history_of
    from separatrix_cluster.adoption.posterior import adoption_posterior
    from separatrix_cluster.adoption.rival_models import adoption_rivals
    from separatrix_cluster.documents.adoption import (
        adoption_csv,
        adoption_document,
        rivals_picture,
    )

    if chosen == "yaml":
        raise InputError(
            "K242",
            say("a fit to history is not a game file and cannot be exported as {format}", format=chosen),
            hint=say("leave --history out, or choose another format"),
        )
    told = history_of(source, by_group=by_group)
    guard_source(out, told.source, what="the table of adoption")
    FORMATS[chosen].require()
    found = fit_history(told)
    posterior = adoption_posterior(told)
    rivals = adoption_rivals(history_of(source)) if by_group else adoption_rivals(told)
    if chosen == "json":
        belief = posterior.to_dict()["groups"]
        emit_json({**found.to_dict(), "posterior": belief, "rivals": rivals.to_dict()}, out)
    elif chosen == "csv":
        emit_csv(adoption_csv(found, rivals, words), out, words)
    elif chosen in ("svg", "png"):
        emit_picture(rivals_picture(rivals, words), chosen, out)
    else:
        emit_document(adoption_document(found, rivals, words, posterior), chosen, out, stem="adoption")
    return exit_code(found.remarks)
