"""The coefficients of explicit Runge-Kutta methods, in which the last stage is the first of the next step.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections II.5
(DOP853: the method of Dormand and Prince of order 8, with errors of orders 5 and 3) and II.6 (its dense
output of order 7); Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae,
Journal of Computational and Applied Mathematics 6, 19-26, RK5(4)7M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.run.cached_property import cached_property

__all__ = ["DOP853", "DORMAND_PRINCE", "Tableau"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tableau:
    """A method.

    Attributes
    ----------
    order : int
        The power of the length with which the error of a step grows, as far as the next length goes by it.
    used : int
        How many of the stages make a step; those after them serve the dense output.
    places : tuple of int
        The row in which the slope of each stage is kept: stages may share one, where one is done with when
        the other is known.  Row 0 holds the coordinates at the start of the step.
    stages, errors, dense : sequences of float
        Weights of the slopes: in what each stage starts from, in the estimates of the error, and in the last
        coefficients of the dense output.
    """

    order: int
    used: int
    places: tuple[int, ...]
    stages: tuple[Sequence[float], ...]
    errors: tuple[Sequence[float], ...]
    dense: tuple[Sequence[float], ...] = ()

    def _placed(self, weights: Sequence[float], first: float) -> Array:
        """Return the weights of slopes by row, after that of the start."""
        rows = {place: k for k, place in enumerate(self.places[: len(weights)])}
        return np.array([first, *(weights[rows[place]] for place in range(1, max(rows) + 1))])

    @cached_property
    def rows(self) -> int:
        """How many rows the stages of a step need."""
        return int(self.error_rows.shape[1]) + 1

    @cached_property
    def nodes(self) -> tuple[float, ...]:
        """The part of the step at which each stage after the first is."""
        return tuple(float(sum(row)) for row in self.stages)

    @cached_property
    def stage_rows(self) -> list[Array]:
        """The weights of the rows in what each stage after the first starts from."""
        return [self._placed(row, 1.0) for row in self.stages]

    @cached_property
    def step_row(self) -> Array:
        """The weights of the rows in how far a step goes, without row 0."""
        return self._placed(self.stages[self.used - 1], 0.0)[1:]

    @cached_property
    def error_rows(self) -> Array:
        """The weights of the rows in the estimates of the error, without row 0."""
        return np.array([self._placed(row, 0.0) for row in self.errors])[:, 1:]

    @cached_property
    def dense_rows(self) -> Array:
        """The weights of the rows in the last coefficients of the dense output."""
        return np.array([self._placed(row, 0.0) for row in self.dense])


DORMAND_PRINCE = Tableau(
    order=5,
    used=6,
    places=(1, 2, 3, 4, 5, 6, 7),
    stages=(
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    ),
    errors=((71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40),),
)
"""For many trajectories at tolerances that figures and labels of attractors want."""

_STAGES = (
    (0.05260015195876773,),
    (0.0197250569845379, 0.0591751709536137),
    (0.02958758547680685, 0.0, 0.08876275643042054),
    (0.2413651341592667, 0.0, -0.8845494793282861, 0.924834003261792),
    (0.037037037037037035, 0.0, 0.0, 0.17082860872947386, 0.12546768756682242),
    (0.037109375, 0.0, 0.0, 0.17025221101954405, 0.06021653898045596, -0.017578125),
    (
        0.03709200011850479,
        0.0,
        0.0,
        0.17038392571223998,
        0.10726203044637328,
        -0.015319437748624402,
        0.008273789163814023,
    ),
    (
        0.6241109587160757,
        0.0,
        0.0,
        -3.3608926294469414,
        -0.868219346841726,
        27.59209969944671,
        20.154067550477894,
        -43.48988418106996,
    ),
    (
        0.47766253643826434,
        0.0,
        0.0,
        -2.4881146199716677,
        -0.590290826836843,
        21.230051448181193,
        15.279233632882423,
        -33.28821096898486,
        -0.020331201708508627,
    ),
    (
        -0.9371424300859873,
        0.0,
        0.0,
        5.186372428844064,
        1.0914373489967295,
        -8.149787010746927,
        -18.52006565999696,
        22.739487099350505,
        2.4936055526796523,
        -3.0467644718982196,
    ),
    (
        2.273310147516538,
        0.0,
        0.0,
        -10.53449546673725,
        -2.0008720582248625,
        -17.9589318631188,
        27.94888452941996,
        -2.8589982771350235,
        -8.87285693353063,
        12.360567175794303,
        0.6433927460157636,
    ),
    (
        0.054293734116568765,
        0.0,
        0.0,
        0.0,
        0.0,
        4.450312892752409,
        1.8915178993145003,
        -5.801203960010585,
        0.3111643669578199,
        -0.1521609496625161,
        0.20136540080403034,
        0.04471061572777259,
    ),
    (
        0.056167502283047954,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.25350021021662483,
        -0.2462390374708025,
        -0.12419142326381637,
        0.15329179827876568,
        0.00820105229563469,
        0.007567897660545699,
        -0.008298,
    ),
    (
        0.03183464816350214,
        0.0,
        0.0,
        0.0,
        0.0,
        0.028300909672366776,
        0.053541988307438566,
        -0.05492374857139099,
        0.0,
        0.0,
        -0.00010834732869724932,
        0.0003825710908356584,
        -0.00034046500868740456,
        0.1413124436746325,
    ),
    (
        -0.42889630158379194,
        0.0,
        0.0,
        0.0,
        0.0,
        -4.697621415361164,
        7.683421196062599,
        4.06898981839711,
        0.3567271874552811,
        0.0,
        0.0,
        0.0,
        -0.0013990241651590145,
        2.9475147891527724,
        -9.15095847217987,
    ),
)
"""For each stage but the first the weights of those before it; row 11 gives the step itself, and what
follows serves the dense output alone."""


_ERROR_5 = (
    0.01312004499419488,
    0.0,
    0.0,
    0.0,
    0.0,
    -1.2251564463762044,
    -0.4957589496572502,
    1.6643771824549864,
    -0.35032884874997366,
    0.3341791187130175,
    0.08192320648511571,
    -0.022355307863886294,
)
"""Of the slopes in the estimate of the error of order 5."""

_ERROR_3 = (
    -0.18980075407240762,
    0.0,
    0.0,
    0.0,
    0.0,
    4.450312892752409,
    1.8915178993145003,
    -5.801203960010585,
    -0.4226823213237919,
    -0.1521609496625161,
    0.20136540080403034,
    0.02265179219836082,
)
"""The same of order 3."""

_DENSE = (
    (
        -8.428938276109013,
        0.0,
        0.0,
        0.0,
        0.0,
        0.5667149535193777,
        -3.0689499459498917,
        2.38466765651207,
        2.117034582445028,
        -0.871391583777973,
        2.2404374302607883,
        0.6315787787694688,
        -0.08899033645133331,
        18.148505520854727,
        -9.194632392478356,
        -4.436036387594894,
    ),
    (
        10.427508642579134,
        0.0,
        0.0,
        0.0,
        0.0,
        242.28349177525817,
        165.20045171727028,
        -374.5467547226902,
        -22.113666853125306,
        7.733432668472264,
        -30.674084731089398,
        -9.332130526430229,
        15.697238121770845,
        -31.139403219565178,
        -9.35292435884448,
        35.81684148639408,
    ),
    (
        19.985053242002433,
        0.0,
        0.0,
        0.0,
        0.0,
        -387.0373087493518,
        -189.17813819516758,
        527.8081592054236,
        -11.57390253995963,
        6.8812326946963,
        -1.0006050966910838,
        0.7777137798053443,
        -2.778205752353508,
        -60.19669523126412,
        84.32040550667716,
        11.99229113618279,
    ),
    (
        -25.69393346270375,
        0.0,
        0.0,
        0.0,
        0.0,
        -154.18974869023643,
        -231.5293791760455,
        357.6391179106141,
        93.40532418362432,
        -37.45832313645163,
        104.0996495089623,
        29.8402934266605,
        -43.53345659001114,
        96.32455395918828,
        -39.17726167561544,
        -149.72683625798564,
    ),
)
"""Weights of the sixteen slopes in the last four coefficients of the dense output."""

DOP853 = Tableau(
    order=8,
    used=12,
    places=(1, 2, 2, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
    stages=_STAGES,
    errors=(_ERROR_5, _ERROR_3),
    dense=_DENSE,
)
"""For tolerances to the last digits, and states at any times between the steps."""
