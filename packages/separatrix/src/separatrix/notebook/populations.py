"""Finite populations at a prompt and in a notebook: one screen, tables and plots.

Networks of enterprises at a prompt and in a notebook: summary, figure, table and dataset.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numerals import percent, probability_text, readable
from separatrix.document.state_names import balance_words, state_in_words
from separatrix.figures.finite_populations import paint_gradient, paint_invasions, paint_stationary, shape_of
from separatrix.figures.networks import paint_adoption
from separatrix.figures.time_series import look_of
from separatrix.languages import language_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix.population.networks.network import LEVELS
from separatrix.reports.finite_populations import fixation_csv, stationary_csv
from separatrix.reports.programmes import level_costs_csv

if TYPE_CHECKING:
    import pandas
    import xarray

    from separatrix.policy.finite_costs import LevelCosts
    from separatrix.policy.incentive_cost import FiniteProgramme
    from separatrix.population.finite.encounters import Encounters
    from separatrix.population.finite.fixation import Fixation
    from separatrix.population.finite.processes import SelectionStrength
    from separatrix.population.finite.sample_paths import FinitePath
    from separatrix.population.finite.small_mutation_limit import SmallMutationLimit
    from separatrix.population.finite.stationary_distribution import (
        GradientOfSelection,
        StationaryDistribution,
    )
    from separatrix.population.networks.network import NetworkEnsemble

__all__ = [
    "FRAMES",
    "PLOTS",
    "SUMMARIES",
    "network_axes",
    "network_dataset",
    "network_frame",
    "network_summary",
]

Facts = tuple[tuple[str, str], ...]


def _setting(met: Encounters, chosen: SelectionStrength, scenario: str | None) -> Facts:
    sizes = ", ".join(f"{p.name} {z:,}" for p, z in zip(met.game.populations, met.sizes, strict=True))
    facts = (
        ("scenario", scenario or ""),
        ("players", sizes),
        ("process", str(chosen.process.title)),
        ("beta", readable(chosen.beta)),
    )
    return tuple((name, told) for name, told in facts if told)


# --------------------------------------------------------------------------- one screen


def _programme(found: FiniteProgramme) -> Summary:
    own = found.population
    facts = (
        ("players", f"{own.size:,}"),
        ("beta", readable(own.beta)),
        ("incentive", found.incentive),
        ("wished frequency", percent(found.wished)),
        ("without", percent(found.without)),
        ("least", readable(found.least, 6)),
        ("cheapest", readable(found.theta, 6)),
        ("expected cost", readable(found.cost)),
    )
    told = ", ".join(f"{readable(low, 4)} to {readable(high, 4)}" for low, high in found.falling)
    return Summary(
        f"Finite programme: {own.game.title}", (*facts, *((("cost falls from", told),) if told else ()))
    )


def _level_costs(found: LevelCosts) -> Summary:
    facts = (
        ("scenario", found.scenario or ""),
        ("players", f"{found.size:,}"),
        ("beta", readable(found.beta)),
        ("wished frequency", percent(found.wished)),
        ("verdict", found.verdict),
        ("level", "" if found.level is None else readable(found.level, 6)),
        ("expected cost", readable(found.cost)),
        ("frequency", percent(found.frequency)),
    )
    title = f"Levels of {found.instrument} in a finite population: {found.game.title}"
    return Summary(title, tuple((name, told) for name, told in facts if told))


def _programme_frame(found: FiniteProgramme) -> pandas.DataFrame:
    """Return a row for each incentive of the curve."""
    import pandas as pd

    return pd.DataFrame(found.curve, columns=["theta", "cost", "frequency"])


def _fixation(found: Fixation) -> Summary:
    facts = _setting(found.met, found.selection, found.scenario)
    own = found.game.populations[found.population]
    facts += (
        ("residents play", ", ".join(found.names(found.origin))),
        ("mutants", f"{found.mutants:,} in {own.name} play {own.strategies[found.invader].name}"),
        ("probability", f"{probability_text(found.log_probability)} ({found.verdict})"),
        ("its logarithm", readable(found.log_probability, 6)),
    )
    if found.times is not None:
        told = f"{readable(found.times.unconditional, 2)} updates, {readable(found.times.conditional, 2)}"
        facts += (("expected time", f"{told} given fixation"),)
    return Summary(f"Fixation: {found.game.title}", facts)


def _rare(found: SmallMutationLimit) -> Summary:
    strong = found.strong
    rows = tuple(
        (
            ", ".join(p.strategies[a].name for p, a in zip(found.game.populations, state, strict=True)),
            probability_text(float(found.log_weights[i])),
            "" if strong is None else str(strong[i]),
        )
        for i, state in enumerate(found.states)
    )
    heads = ("all play", "share of the time", "if selection is strong")
    facts = _setting(found.met, found.selection, found.scenario)
    return Summary(f"Rare mutation: {found.game.title}", facts, (SummaryTable(heads, rows),))


def _stationary(found: StationaryDistribution) -> Summary:
    words = language_of("en")
    shares = tuple(
        (p.name, s.name, percent(float(share)))
        for p, mean in zip(found.game.populations, found.mean_shares, strict=True)
        for s, share in zip(p.strategies, mean, strict=True)
    )
    states = tuple(
        (state_in_words(found, i, words), probability_text(float(found.log_weights[i])))
        for i in found.likeliest(5)
    )
    facts = (
        *_setting(found.met, found.selection, found.scenario),
        ("mu", readable(found.mu, 6)),
        ("states", f"{len(found.log_weights):,}"),
    )
    tables = (
        SummaryTable(("population", "strategy", "mean share"), shares),
        SummaryTable(("most often", "share of the time"), states),
    )
    return Summary(f"Stationary distribution: {found.game.title}", facts, tables)


def _gradient(found: GradientOfSelection) -> Summary:
    words = language_of("en")
    facts = _setting(found.met, found.selection, found.scenario)
    if found.balances:
        facts += (("drifts", "; ".join(balance_words(b, words) for b in found.balances)),)
    return Summary(f"Gradient of selection: {found.game.title}", facts)


def _path(found: FinitePath) -> Summary:
    rows = tuple(
        (p.name, s.name, f"{int(own[0, a]):,}", f"{int(own[-1, a]):,}", percent(float(mean[a])))
        for p, own, mean in zip(found.game.populations, found.counts, found.mean_shares, strict=True)
        for a, s in enumerate(p.strategies)
    )
    facts = (
        *_setting(found.met, found.selection, found.scenario),
        ("mu", readable(found.mu, 6)),
        ("updates", f"{int(found.updates[-1]):,}; {found.moves:,} of them changed the state"),
        ("seed", str(found.seed)),
    )
    heads = ("population", "strategy", "first", "last", "mean share")
    return Summary(f"Path: {found.game.title}", facts, (SummaryTable(heads, rows),))


# --------------------------------------------------------------------------- tables


def _read(text: str) -> pandas.DataFrame:
    import pandas as pd

    return pd.read_csv(io.StringIO(text))


def _gradient_frame(found: GradientOfSelection) -> pandas.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for what, arrays in (("", found.counts), ("drift ", found.drift), ("noise ", found.noise)):
        for p, own in zip(found.game.populations, arrays, strict=True):
            for a, s in enumerate(p.strategies):
                columns[f"{what}{_population_prefix(found.game, p.name)}{s.name}"] = own[:, a]
    return pd.DataFrame(columns)


def _path_frame(found: FinitePath) -> pandas.DataFrame:
    import pandas as pd

    columns = {
        f"{_population_prefix(found.game, p.name)}{s.name}": own[:, a]
        for p, own in zip(found.game.populations, found.counts, strict=True)
        for a, s in enumerate(p.strategies)
    }
    return pd.DataFrame(columns, index=pd.Index(found.updates, name="updates"))


def _population_prefix(game: Any, population: str) -> str:
    return f"{population}: " if len(game.populations) > 1 else ""


# --------------------------------------------------------------------------- plots


def _plot_rare(found: SmallMutationLimit, axes: Any) -> None:
    paint_invasions(axes, found, language_of("en"))


def _plot_stationary(found: StationaryDistribution, axes: Any) -> None:
    paint_stationary(axes, found)
    if shape_of(found) == "line":
        axes.set_xlabel(f"share that plays {found.game.populations[0].strategies[0].name}")
        axes.set_ylabel("share of the time")


def _plot_gradient(found: GradientOfSelection, axes: Any) -> None:
    paint_gradient(axes, found)
    axes.set_xlabel(f"share that plays {found.game.populations[0].strategies[0].name}")
    axes.set_ylabel("drift")


def _plot_path(found: FinitePath, axes: Any) -> None:
    line = 0
    for p, own, size in zip(found.game.populations, found.counts, found.met.sizes, strict=True):
        for a, s in enumerate(p.strategies[: 1 if p.binary else None]):
            axes.plot(
                found.times,
                own[:, a] / size,
                label=f"{_population_prefix(found.game, p.name)}{s.name}",
                **look_of(line),
            )
            line += 1
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("time")
    axes.set_ylabel("share")
    axes.legend(frameon=False)


SUMMARIES: Mapping[str, Any] = {
    "FiniteProgramme": _programme,
    "LevelCosts": _level_costs,
    "Fixation": _fixation,
    "SmallMutationLimit": _rare,
    "StationaryDistribution": _stationary,
    "GradientOfSelection": _gradient,
    "FinitePath": _path,
}
FRAMES: Mapping[str, Any] = {
    "FiniteProgramme": _programme_frame,
    "LevelCosts": lambda found: _read(level_costs_csv(found)),
    "Fixation": lambda found: _read(fixation_csv([found])),
    "SmallMutationLimit": lambda found: _read(fixation_csv(found.invasions)),
    "StationaryDistribution": lambda found: _read(stationary_csv(found)),
    "GradientOfSelection": _gradient_frame,
    "FinitePath": _path_frame,
}
PLOTS: Mapping[str, Any] = {
    "SmallMutationLimit": _plot_rare,
    "StationaryDistribution": _plot_stationary,
    "GradientOfSelection": _plot_gradient,
    "FinitePath": _plot_path,
}
"""By the name of the class."""


def network_summary(found: NetworkEnsemble) -> Summary:
    """Return the runs in one screen."""
    model = found.model
    middle, low, high = found.mean()
    share, (least, most) = found.full_share
    facts = [
        ("network", f"{model.size:,} enterprises, {model.imitation.links:,} links"),
        ("rule", f"{model.rule.key}, beta {model.beta:g}, mu {model.mu:g}, {model.earning} payoffs"),
        ("runs", f"{found.replicas:,}, seed {found.seed}"),
        ("all adopt in time", f"{percent(share, 1)} of the runs ({percent(least, 1)} to {percent(most, 1)})"),
    ]
    last = len(found.times) - 1
    rows = []
    for k in sorted({round(last * part / 5) for part in range(6)}):
        interval = "" if np.isnan(low[k]) else f"{percent(float(low[k]), 1)} to {percent(float(high[k]), 1)}"
        rows.append((f"{found.times[k]:.4g}", percent(float(middle[k]), 1), interval))
    heads = ("time", f"mean share: {', '.join(model.idea_names)}", "95 % interval")
    return Summary(f"On a network: {model.game.title}", tuple(facts), (SummaryTable(heads, tuple(rows)),))


def network_axes(axes: Any, found: NetworkEnsemble) -> Any:
    """Draw adoption in time on axes."""
    paint_adoption(axes, found)
    axes.set_xlabel("time")
    axes.set_ylabel(f"share: {', '.join(found.model.idea_names)}")
    return axes


def network_frame(found: NetworkEnsemble) -> pandas.DataFrame:
    """Return a row for each enterprise."""
    import pandas as pd

    return pd.DataFrame(
        {
            "enterprise": found.model.members.names,
            "adopted": found.adopted,
            "mean_time": found.adoption_times,
            "tips": found.tips,
            "final": found.adoptions.final / found.replicas,
        }
    ).set_index("enterprise")


def network_dataset(found: NetworkEnsemble) -> xarray.Dataset:
    """Return the share of each type in each replica, and quantiles of adoption."""
    import xarray as xr

    names = list(found.model.types)
    shares = np.stack([found.shares(k) for k in range(len(names))])
    return xr.Dataset(
        {
            "share": (("type", "replica", "time"), shares),
            "adoption": (("level", "time"), found.quantiles()),
            "full_time": ("replica", found.full_times),
        },
        {"type": names, "time": found.times, "level": list(LEVELS), "replica": range(found.replicas)},
        {"title": found.model.game.title, "seed": found.seed, "rule": found.model.rule.key},
    )
