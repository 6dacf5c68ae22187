"""How an idea passes along links: models of diffusion, and what they make of the weights of links.

Kempe, D., Kleinberg, J. and Tardos, É. (2003), Maximizing the spread of influence through a social network,
KDD 2003, 137-146.  Granovetter, M. (1978), Threshold models of collective behavior, American Journal of
Sociology 83, 1420-1443.

Bass's model in the aggregate: adoption out of oneself, and by imitation of those who have adopted.

Bass, F. M. (1969), A new product growth for model consumer durables, Management Science 15, 215-227,
equations (8) to (10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.sentences import Sentence, say

if TYPE_CHECKING:
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = [
    "Activation",
    "DIFFUSION_MODELS",
    "DiffusionModel",
    "activation",
    "bass_coefficients",
    "bass_density",
    "bass_peak",
    "bass_share",
    "diffusion_model",
    "forward",
]

Floats = NDArray[np.float64]

ABOVE_ONE = 1e-9
"""By how much weights into a node may add to more than 1: rounding alone. Larger: thresholds that are no
distribution pass; smaller: thirds are refused."""


@dataclass(frozen=True)
class DiffusionModel:
    """A way in which an idea passes along links.

    Attributes
    ----------
    name : str
        On the command line.
    title : str
        For people.
    kind : str
        ``cascade``: each link passes the idea on once, with its own probability; ``threshold``: a node takes
        it up when the weights of its links from those who have it reach its threshold, uniform on [0, 1];
        ``bass``: at a rate that grows with the shares of those who have it.
    shares : bool
        Whether the weight of a link counts as a share of all weights into its target, or as it is given.
    """

    name: str
    title: Sentence
    kind: Literal["cascade", "threshold", "bass"]
    shares: bool


DIFFUSION_MODELS = {
    model.name: model
    for model in (
        DiffusionModel(
            "weighted-cascade",
            say(
                "weighted cascade: each link passes the idea on with its share of the weights "
                "of all links into its target"
            ),
            "cascade",
            True,
        ),
        DiffusionModel(
            "independent-cascade",
            say("independent cascade: each link passes the idea on with its weight as the probability"),
            "cascade",
            False,
        ),
        DiffusionModel(
            "linear-threshold",
            say(
                "linear threshold: an enterprise takes the idea up when those who have it make up "
                "a random share of the weights of the links into it"
            ),
            "threshold",
            True,
        ),
        DiffusionModel(
            "given-threshold",
            say(
                "linear threshold with the weights as given: an enterprise takes the idea up when the "
                "weights of the links from those who have it reach a random threshold"
            ),
            "threshold",
            False,
        ),
        DiffusionModel(
            "bass",
            say(
                "Bass: an enterprise takes the idea up at a rate of its own and at one that grows with "
                "the share of the weights of the links into it from those who have it"
            ),
            "bass",
            True,
        ),
    )
}
"""The models, by their names."""


class Activation(NamedTuple):
    """The links into each node, ready for compiled loops: those of node i are ``indptr[i]:indptr[i + 1]``.

    Attributes
    ----------
    indptr : ndarray of int64, shape (N + 1,)
    sources : ndarray of int32, shape (L,)
        Of a cascade by falling probability.
    chance : ndarray, shape (L,)
        Of a cascade the probability of each link; of thresholds the weights of the links into the node, added
        up to and with this one.
    """

    indptr: NDArray[np.int64]
    sources: NDArray[np.int32]
    chance: Floats


def diffusion_model(name: str) -> DiffusionModel:
    """Return the model of this name.

    Raises
    ------
    NameProblem
        N401 for a name that no model has.
    """
    if name in DIFFUSION_MODELS:
        return DIFFUSION_MODELS[name]
    meant = nearest(name, list(DIFFUSION_MODELS))
    raise NameProblem(
        "N401",
        f"unknown model of diffusion `{name}`",
        hint=f"did you mean `{meant}`?" if meant else f"there are {', '.join(DIFFUSION_MODELS)}",
    )


def activation(links: LinkGraph, model: DiffusionModel, probability: float | None = None) -> Activation:
    """Return what a model makes of the weights of links.

    Parameters
    ----------
    links : LinkGraph
    model : DiffusionModel
    probability : float, optional
        Of every link of an independent cascade, whatever its weight.

    Raises
    ------
    InputError
        N402 for a probability above 1, for weights into a node that add to more than 1 and for a probability
        that the model does not take.
    """
    indptr, sources, weights = links.sources_of
    target = np.repeat(np.arange(links.size), np.diff(indptr))
    weights = _weights(links, model, probability, weights, target)
    if model.kind == "cascade":
        _at_most_one(links, weights, sources, target)
        if ((weights[1:] > weights[:-1]) & (target[1:] == target[:-1])).any():
            order = np.lexsort((-weights, target))
            sources, weights = sources[order], weights[order]
        return Activation(indptr, sources, weights)
    return Activation(indptr, sources, _added_up(links, indptr, weights, target, model.shares))


def forward(links: LinkGraph, model: DiffusionModel, probability: float | None = None) -> Activation:
    """Return the links from each node, with the probability or the weight that a model gives them.

    Raises
    ------
    InputError
        As `activation` does.
    """
    indptr, targets, weights = links.targets_of
    source = np.repeat(np.arange(links.size), np.diff(indptr))
    weights = _weights(links, model, probability, weights, targets)
    if model.kind == "cascade":
        _at_most_one(links, weights, source, targets)
    elif model.kind == "threshold" and not model.shares:
        activation(links, model)  # refuses weights that add to more than 1
    return Activation(indptr, targets, weights)


def _weights(
    links: LinkGraph,
    model: DiffusionModel,
    probability: float | None,
    weights: Floats,
    target: NDArray[np.integer[Any]],
) -> Floats:
    """Return the weights as a model takes them: as they are, as shares, or one for all."""
    if probability is not None:
        if model.kind != "cascade" or model.shares:
            raise InputError(
                "N402",
                f"the model {model.name} takes its probabilities from the links",
                hint="leave the probability out, or use independent-cascade",
            )
        if not 0 < probability <= 1:
            raise InputError(
                "N402", f"a probability of {probability:g}; expected a number above 0 and at most 1"
            )
        return np.full(len(weights), float(probability))
    if model.shares:
        sums = np.bincount(target, weights, links.size)
        return np.asarray(np.minimum(weights / sums[target], 1.0))
    return weights


def _at_most_one(
    links: LinkGraph,
    weights: Floats,
    source: NDArray[np.integer[Any]],
    target: NDArray[np.integer[Any]],
) -> None:
    for at in np.flatnonzero(weights > 1)[:1]:
        raise InputError(
            "N402",
            f"the link from `{links.names[source[at]]}` to `{links.names[target[at]]}` has weight "
            f"{weights[at]:g}; an independent cascade takes weights as probabilities, at most 1",
            hint="give probabilities, or use weighted-cascade, which takes each weight as a share",
        )


def _added_up(
    links: LinkGraph, indptr: NDArray[np.int64], weights: Floats, target: NDArray[np.int64], shares: bool
) -> Floats:
    """Return the weights into each node added up, link by link."""
    whole = np.cumsum(weights)
    before = np.concatenate([[0.0], whole])[indptr[:-1]]
    sums = whole - before[target]
    last = indptr[1:][np.diff(indptr) > 0] - 1
    if shares:
        sums[last] = 1.0
        return np.asarray(np.minimum(sums, 1.0))
    for at in last[sums[last] > 1 + ABOVE_ONE][:1]:
        raise InputError(
            "N402",
            f"the weights of the links into `{links.names[target[at]]}` add to {sums[at]:.6g}; "
            "as thresholds are at most 1, so are they",
            hint="use linear-threshold, which takes each weight as a share of them",
        )
    return np.asarray(np.minimum(sums, 1.0))


def bass_share(times: Any, innovation: float, imitation: float) -> Floats:
    """Return the share of all who have adopted by each time, from none at time 0.

    Parameters
    ----------
    times : array_like
        0 or later.
    innovation, imitation : float
        p and q of Bass, a unit of time: the rate at which one adopts is ``p + q * share``.

    Raises
    ------
    InputError
        N405 for coefficients that are negative or no numbers.

    Examples
    --------
    >>> bass_share([0, 5, 20], 0.03, 0.38).round(4).tolist()
    [0.0, 0.3312, 0.9963]
    """
    bass_coefficients(innovation, imitation)
    t = np.asarray(times, float)
    if innovation == 0:
        return np.zeros_like(t)
    # With u = exp(-(p + q) t), F = (1 - u) / (1 + q/p u), neither of which overflows.
    u = np.exp(-(innovation + imitation) * t)
    return np.asarray(-np.expm1(-(innovation + imitation) * t) / (1 + imitation / innovation * u))


def bass_density(times: Any, innovation: float, imitation: float) -> Floats:
    """Return how much of all adopts a unit of time, at each time.

    Examples
    --------
    >>> bass_density([0.0], 0.03, 0.38).round(4).tolist()
    [0.03]
    """
    share = bass_share(times, innovation, imitation)
    return np.asarray((innovation + imitation * share) * (1 - share))


def bass_peak(innovation: float, imitation: float) -> float:
    """Return when adoption is fastest: 0 where it falls from the beginning, infinity where it never begins.

    Examples
    --------
    >>> round(bass_peak(0.03, 0.38), 3)
    6.193
    """
    bass_coefficients(innovation, imitation)
    if innovation == 0:
        return math.inf
    if imitation <= innovation:
        return 0.0
    return math.log(imitation / innovation) / (innovation + imitation)


def bass_coefficients(innovation: float, imitation: float) -> None:
    """Refuse invalid rates.

    Raises
    ------
    InputError
        N405 for one that is negative or no finite number.
    """
    for name, value in (("innovation p", innovation), ("imitation q", imitation)):
        if not 0 <= value < math.inf:
            raise InputError(
                "N405",
                f"a coefficient of {name} of {value:g}; expected a finite number of 0 or more",
                hint="as in p = 0.03 and q = 0.38 a year",
            )
