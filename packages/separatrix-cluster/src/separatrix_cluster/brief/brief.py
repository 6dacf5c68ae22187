"""The brief on a cluster or a game: the answers to ten questions, gathered from what the other wings compute.

The page only selects results; where a computation is refused, it states which data are needed.

The leaders section of a brief: which enterprises to support so that enough act by a date, and which to
inform first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from separatrix.errors import InputError, SeparatrixError
from separatrix.game.model import Game
from separatrix.io.cells import Remark
from separatrix.policy.leader_results import LeadersPlan
from separatrix.policy.leaders import leaders
from separatrix.population.opim import certified_seeds
from separatrix.run.results import provenance
from separatrix.sentences import Sentence, listed, say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.benefit_sharing.coalition_game import exchange_parts
from separatrix_cluster.benefit_sharing.shared_exchanges import UNASKED, shared_exchanges, sharing_work
from separatrix_cluster.brief.emissions import change_answer, data_answer, gap_answer, stand_answer
from separatrix_cluster.brief.remedies import difficulty_answer, exchanges_answer, measures_answer
from separatrix_cluster.brief.statements import (
    QUESTIONS,
    BriefAnswer,
    Locate,
    Provenance,
    Question,
    SourcedValue,
    table_rows,
)
from separatrix_cluster.brief.tipping import (
    GameRuns,
    ending_of,
    game_certainty,
    push_sentences,
    runs_of,
    target_state,
)
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.network_game import CLUSTER_RULES, cluster_game
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.frame.frame import enterprise_network
from separatrix_cluster.measures.abatement import abatement
from separatrix_cluster.symbiosis.network import assessed_networks
from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
from separatrix_cluster.symbiosis.problem import exchange_problem
from separatrix_cluster.tables.panel import Cluster

__all__ = ["Brief", "brief_of_cluster", "brief_of_game", "leaders_answer"]

SEEDS = 3
"""The number of enterprises to inform first."""
SETS, REPLICAS, FRESH = 100, 50, 400
"""Sets of leaders that are tried, runs of each, and runs that measure the answer: some seconds."""
SHARE, ROUNDS = 0.8, 20
"""Which share of the enterprises is to act, and after how many revisions of each."""
NAMED = 5
"""So many leaders are named."""


def leaders_answer(name: str, cluster: Cluster, *, calibrated: bool = False) -> BriefAnswer:
    """Return which enterprises to support so that most act, and which to inform first so that information
    spreads.

    Parameters
    ----------
    name : str
        What the command line is given for the cluster.
    cluster : Cluster
    calibrated : bool
        Whether its tables give a game; without, only the enterprises to inform are found.
    """
    lacking = say("Who deals with whom (table `links`).")
    if not cluster.table("links"):
        return BriefAnswer("leaders", (), (lacking,))
    try:
        told = [*(_won(name, cluster) if calibrated else ()), *_told_first(name, cluster)]
    except InputError:
        return BriefAnswer("leaders", (), (lacking,))
    needs = (
        ()
        if calibrated
        else (
            say(
                "The data that question 7 requires, to choose which enterprises to support and at what cost."
            ),
        )
    )
    return BriefAnswer("leaders", tuple(told), needs)


def _won(name: str, cluster: Cluster) -> Iterator[Sentence]:
    """Yield which enterprises to support on the cluster's own network, in its calibrated game."""
    own = cluster_game(cluster)
    rules: dict[str, Any] = dict(CLUSTER_RULES)
    found = leaders(
        own.game,
        own.links,
        own.members,
        share=SHARE,
        by=ROUNDS,
        costs="incentive",
        sets=SETS,
        replicas=REPLICAS,
        fresh=FRESH,
        unit=own.unit,
        cautions=own.cautions,
        **rules,
    )
    asked = {"share": SHARE, "by": ROUNDS, "sets": SETS, "replicas": REPLICAS, "fresh": FRESH}
    options = tuple(part for key, value in asked.items() for part in (f"--{key}", f"{value:g}"))
    rows = table_rows(cluster.table("links"))

    def source(at: str) -> Provenance:
        return Provenance(("leaders", "--cluster", name, *options, "--format", "json"), at, rows)

    yield from _plan(cluster, found, source)


def _plan(cluster: Cluster, found: LeadersPlan, source: Locate) -> Iterator[Sentence]:
    asked = {
        "share": SourcedValue("share", found.share, source("asked.share")),
        "rounds": SourcedValue("count", ROUNDS, source("asked.by")),
    }
    if found.status == "none needed":
        yield say(
            "No intervention needed: {share} act after {rounds} decision rounds (probability at "
            "least {chance}).",
            chance=SourcedValue("share", found.without.low, source("without_leaders.low")),
            **asked,
        )
        return
    if found.status != "reached":
        yield say(
            "No leaders are known by whom {share} surely act after {rounds} decisions of each.", **asked
        )
        return
    named = [
        say("{name}", name=SourcedValue("name", cluster.name_of(one), source(f"leaders[{k}].name")))
        for k, one in enumerate(found.names[:NAMED])
    ]
    yield say(
        "To win ({count}): {names}. With a chance of {chance} or more {share} then act after {rounds} "
        "decisions of each.",
        count=SourcedValue("count", len(found.names), source("leaders")),
        names=listed(named) if len(found.names) <= NAMED else listed([*named, say("others")]),
        chance=SourcedValue("share", found.reached.low, source("reached.low")),
        **asked,
    )
    if found.support_end is not None:
        kept = SourcedValue("share", found.support_end.kept.low, source("support_end.kept.low"))
        yield say("With a chance of {chance} or more that holds when their support has ended.", chance=kept)


def _told_first(name: str, cluster: Cluster) -> Iterator[Sentence]:
    """Yield which enterprises to inform first, so that the information reaches as many as possible."""
    _, graph = enterprise_network(cluster)
    found = certified_seeds(graph, min(SEEDS, graph.size))
    command = ("seed", "--cluster", name, "--count", str(len(found.names)), "--format", "json")
    rows = table_rows(cluster.table("links"))
    names = [
        say(
            "{name}",
            name=SourcedValue("name", cluster.name_of(one), Provenance(command, f"seeds[{k}].name", rows)),
        )
        for k, one in enumerate(found.names)
    ]
    yield say(
        "Inform {names} first: their information reaches {reached} of {all} enterprises on "
        "average, if each link passes it on according to its weight.",
        names=listed(names),
        reached=SourcedValue("number", found.reached, Provenance(command, "reached", rows)),
        all=SourcedValue("count", found.enterprises, Provenance(command, "enterprises", rows)),
    )


GAME_FILE = "game.yaml"
"""What the game of a cluster is called in the commands that a brief names."""


@dataclass(frozen=True)
class Brief:
    """The answers to the ten questions.

    Attributes
    ----------
    title, place : str
    cluster : Cluster or None
        None where a game was asked about.
    game : Game or None
        The game that was asked about, or that of the cluster; None where it cannot be made.
    answers : tuple of BriefAnswer
        One for each of `QUESTIONS`, in their order.
    """

    title: str
    place: str
    cluster: Cluster | None
    game: Game | None
    answers: tuple[BriefAnswer, ...]
    year: int | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def headline(self) -> tuple[Sentence, ...]:
        """What a reader in a hurry must know.

        Of a cluster: its emissions, their trend, the gap to the standard, then what the game says. Of a game:
        where it leads, and what tips it.
        """
        stand, push = self.answer("stand"), self.answer("push").told
        if self.cluster is None:
            return (*stand.told[:1], *push[:1])
        return (*(stand.lead or self.answer("exchanges").told), *self.answer("gap").lead, *push[:2])

    @property
    def answered(self) -> tuple[int, ...]:
        """The numbers of the questions with an answer."""
        return tuple(answer.number for answer in self.answers if answer.told)

    def answer(self, question: Question) -> BriefAnswer:
        """Return the answer to a question."""
        return self.answers[QUESTIONS.index(question)]

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain data: every number with the command that gives it again, and its rows."""
        described = self.cluster if self.cluster is not None else self.game
        return {
            "title": self.title,
            "kind": "game" if self.cluster is None else "cluster",
            "cluster": None if self.cluster is None else self.cluster.label,
            "year": self.year,
            "answered": list(self.answered),
            "answers": [answer.to_dict() for answer in self.answers],
            "remarks": [remark.to_dict() for remark in self.remarks],
            "provenance": None if described is None else provenance(described),
        }


@dataclass(frozen=True)
class _Terms:
    """The requested year, price and rate."""

    year: int | None
    carbon_price: float | None
    discount_rate: float | None

    @property
    def options(self) -> tuple[str, ...]:
        """The same as options of the command line."""
        given = {
            "--year": self.year,
            "--carbon-price": self.carbon_price,
            "--discount-rate": self.discount_rate,
        }
        return tuple(
            part for key, value in given.items() if value is not None for part in (key, f"{value:g}")
        )


def brief_of_cluster(
    cluster: Cluster,
    name: str = "",
    *,
    year: int | None = None,
    standard: str | None = None,
    budget: float | None = None,
    carbon_price: float | None = None,
    discount_rate: float | None = None,
) -> Brief:
    """Return the brief on a cluster.

    Parameters
    ----------
    cluster : Cluster
    name : str
        What the command line is given for it; by default where it was read from.
    year : int, optional
        Which year is reported; by default the last that is known well enough.
    standard : str, optional
        The park standard, in place of the one that cluster.yaml names.
    budget : float, optional
        The most that may be invested in measures, in the money unit of the tables.
    carbon_price : float, optional
        Currency per t CO2e, in place of that of cluster.yaml.
    discount_rate : float, optional
        A share a year, in place of that of cluster.yaml.

    Returns
    -------
    Brief

    Raises
    ------
    InputError
        K230 for an unknown standard, K240 for a year without data, K560 for an invalid budget, price or rate.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = brief_of_cluster(load_cluster("kalundborg"))
    >>> found.answered
    (8, 9)
    """
    called = name or cluster.origin
    terms = _Terms(year, carbon_price, discount_rate)
    found = diagnose(cluster, carbon_accounts(cluster), standard=standard, year=year)
    runs, calibrated = _game_of_cluster(cluster, called, terms)
    answers = [
        data_answer(called, found),
        stand_answer(called, found),
        change_answer(called, found),
        gap_answer(called, found),
        difficulty_answer(called, found),
        _measures(cluster, found, called, budget, terms),
        BriefAnswer(
            "push", tuple(() if runs is None else push_sentences(runs, from_today=True)), tuple(calibrated)
        ),
        leaders_answer(called, cluster, calibrated=runs is not None and not terms.options),
        _exchanges(cluster, called, carbon_price),
        _certainty(called, found, runs),
    ]
    return Brief(
        cluster.name,
        cluster.description.place,
        cluster,
        None if runs is None else runs.game,
        tuple(answers),
        found.year,
        found.remarks,
    )


def brief_of_game(
    game: Game,
    name: str = "",
    *,
    scenario: str | None = None,
    values: Mapping[str, Any] | None = None,
    start: Mapping[str, Any] | None = None,
) -> Brief:
    """Return the brief on a game: questions that need the tables of a cluster state so.

    Parameters
    ----------
    game : Game
    name : str
        What the command line is given for it.
    scenario, values
        As in `separatrix.analyze`.
    start : mapping of share to number, optional
        Its current state, in place of `today` in the game.

    Returns
    -------
    Brief

    Raises
    ------
    InputError
        As `separatrix.analyze` does.

    Examples
    --------
    >>> import separatrix
    >>> found = brief_of_game(separatrix.load("shi-chen-2018"), start={"x": "0.2", "y": "0.3"})
    >>> found.answered
    (1, 2, 7)
    """
    options = [] if scenario is None else ["--scenario", scenario]
    options += [part for key, value in (values or {}).items() for part in ("--set", f"{key}={value}")]
    arguments = (name or game.origin or "game.yaml", *options)
    runs = runs_of(game, arguments, scenario=scenario, values=values, start=start)
    told = {
        "data": list(_parameters(runs)),
        "stand": list(ending_of(runs)),
        "push": list(push_sentences(runs)),
    }
    needs: dict[str, list[Sentence]] = {}
    if runs.ending is None:
        needs["stand"] = _unanswered(
            runs,
            ("ending",),
            "shock",
            say("The current state of the cluster (`today` in the game file, or `--from`)."),
        )
    needs["push"] = _push_needs(runs)
    sure, missing = game_certainty(runs)
    told["certainty"], needs["certainty"] = sure, missing
    answers = []
    of_tables = say("The tables of a cluster; a game alone is not sufficient.")
    for question in QUESTIONS:
        of_cluster = question not in ("data", "stand", "push", "certainty")
        lacking = [of_tables] if of_cluster else needs.get(question, [])
        answers.append(BriefAnswer(question, tuple(told.get(question, ())), tuple(lacking)))
    return Brief(game.title, game.source or "", None, game, tuple(answers))


def _parameters(runs: GameRuns) -> Iterator[Sentence]:
    game = runs.game
    source = runs.source("analyze", "model.parameters")
    count = len(game.parameters)
    uncertain = sum(p.uncertain is not None for p in game.parameters.values())
    yield say(
        "The game has {count} parameters; of {uncertain} its file says how uncertain they are.",
        count=SourcedValue("count", count, source),
        uncertain=SourcedValue("count", uncertain, source),
    )
    bases = [p.basis for p in game.parameters.values() if p.basis]
    if bases:
        assumed = SourcedValue("count", bases.count("assumed"), source)
        yield say("{count} of them are assumed.", count=assumed)


def _unanswered(
    runs: GameRuns, parts: tuple[str, ...], verb: str, otherwise: Sentence | None = None
) -> list[Sentence]:
    """Return why something could not be computed, in the words of what refused it; else what is needed."""
    refused = [
        _refusal_sentence(runs.problems[part], runs.source(verb).command)
        for part in parts
        if part in runs.problems
    ]
    return refused or ([] if otherwise is None else [otherwise])


def _push_needs(runs: GameRuns) -> list[Sentence]:
    """Return what is needed to determine what tips the game, or more of it."""
    if runs.ending is None:
        return [say("What question 2 needs.")]
    if runs.ending.ending.state == target_state(runs.game):
        return []
    needs = [*_unanswered(runs, ("tipping",), "tip"), *_unanswered(runs, ("temporary",), "programme")]
    if not runs.game.instruments:
        needs.append(say("What policy can do (`instruments` in the game file)."))
    return needs


# --------------------------------------------------------------------------- the parts of a cluster


def _measures(
    cluster: Cluster,
    found: Diagnosis,
    name: str,
    budget: float | None,
    terms: _Terms,
) -> BriefAnswer:
    if not cluster.table("measures"):
        return BriefAnswer(
            "measures", (), (say("What could be done, and what it costs (table `measures`)."),)
        )
    within = () if budget is None else ("--budget", f"{budget:g}")
    command = ("cluster", "measures", name, *terms.options, *within, "--format", "json")
    try:
        result = abatement(
            cluster,
            found.accounts,
            year=terms.year,
            budget=budget,
            carbon_price=terms.carbon_price,
            discount_rate=terms.discount_rate,
        )
    except InputError as problem:
        if problem.code == "K560":
            raise
        return BriefAnswer("measures", (), (_refusal_sentence(problem, command),))
    return measures_answer(command, result)


def _refusal_sentence(problem: SeparatrixError, command: tuple[str, ...]) -> Sentence:
    """Return what a wing refused, in its own words, and what it advises."""
    source = Provenance(command)
    what = SourcedValue("text", problem.message, source)
    if problem.hint:
        return say("{what}: {hint}.", what=what, hint=SourcedValue("text", problem.hint, source))
    return say("{what}.", what=what)


def _game_of_cluster(cluster: Cluster, name: str, terms: _Terms) -> tuple[GameRuns | None, list[Sentence]]:
    command = ("calibrate", name, *terms.options, "--out", GAME_FILE)
    needed = {
        "measures": say("What acting costs and saves (table `measures`)."),
        "accounts": say("What the enterprises earn (table `accounts`)."),
    }
    lacking = [told for table, told in needed.items() if not cluster.table(table)]
    if lacking:
        return None, lacking
    try:
        found = calibrate(
            cluster, year=terms.year, carbon_price=terms.carbon_price, discount_rate=terms.discount_rate
        )
    except InputError as problem:
        return None, [_refusal_sentence(problem, command)]
    runs = replace(
        runs_of(found.game, (GAME_FILE,), command),
        cautions=found.cautions,
        money=(cluster.description.money_factor, True),
        brief=Provenance(("brief", name, *terms.options)),
    )
    if runs.ending is None:
        return runs, _unanswered(runs, ("ending",), "shock", say("Who acts already (table `adoption`)."))
    return runs, _push_needs(runs)


def _exchanges(cluster: Cluster, name: str, carbon_price: float | None) -> BriefAnswer:
    if not cluster.table("streams"):
        return exchanges_answer(name, cluster, None, assessed_networks(cluster, None))
    problem = exchange_problem(cluster, carbon_price=carbon_price)
    plan = optimal_exchange(problem)
    exits: Any = ()
    if plan.flows and sharing_work(exchange_parts(problem))[1] <= UNASKED:
        exits = shared_exchanges(plan, exchange_parts(problem)).exits
    return exchanges_answer(name, cluster, plan, assessed_networks(cluster, plan), exits)


def _certainty(name: str, found: Diagnosis, runs: GameRuns | None) -> BriefAnswer:
    told: list[Sentence] = []
    needs: list[Sentence] = []
    year = found.year
    if year is not None:
        total = found.completeness.total(year)
        source = Provenance(("cluster", "diagnose", name, "--format", "json"), f"completeness.years.{year}")
        # The farther end: where something is missing, the total may be more, and hardly less.
        margin = max(total.high - total.counted, total.counted - total.low)
        if 0 < margin < math.inf and total.counted > 0:
            known = SourcedValue("margin", margin / total.counted, source)
            told.append(say("The total is known to ± {share}.", share=known))
        else:
            needs.append(
                say("How uncertain the amounts are (column `uncertainty` of `energy` or `emissions`).")
            )
    if runs is not None:
        sure, missing = game_certainty(runs)
        told, needs = told + sure, needs + missing
    else:
        needs.append(say("What question 7 needs, for what matters most."))
    return BriefAnswer("certainty", tuple(told), tuple(needs))
