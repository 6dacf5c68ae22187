"""What ``separatrix explain`` tells about uncertain parameters."""

from __future__ import annotations

from separatrix.explain.explanation import explained as _e

__all__ = ["UNCERTAINTY"]

UNCERTAINTY = {
    "V330": _e(
        "numbers that no such distribution has",
        "The lowest number comes before the highest, standard deviations and shapes are above 0, a logarithm "
        "needs positive numbers, and each value of `choice` and `discrete` is given once.",
        "parameters:\n  F: {value: 10, uncertain: {triangular: [12, 10, 8]}}",
        "write [lowest, most likely, highest]; docs/reference/game-file.md lists the numbers of each.",
    ),
    "V331": _e(
        "a percentage of nothing",
        "A distribution in per cent is around the value that the parameter has where it is drawn. Around 0, "
        "or where there is no value, a percentage says nothing.",
        "parameters:\n  H: {value: 0, uncertain: {triangular: 20%}}",
        "give the parameter a value with --set or a scenario, or write the distribution in numbers.",
    ),
    "D651": _e(
        "nothing is uncertain",
        "Sensitivity asks which of the parameters that nobody knows exactly matters most. The game file says "
        "of none how uncertain it is, or all that it says so of are held fixed.",
        "separatrix sensitivity shi-chen-2018",
        "write one into the game file, as in `C1: {value: 4, uncertain: {triangular: [3, 4, 6]}}`, "
        "or give one with --over; or let every parameter vary a little with --spread 10%.",
    ),
    "D652": _e(
        "too few draws that count",
        "Draws that break an assumption of the game are rejected, those without an answer are left out, and "
        "what is left must be enough to estimate from. An assumption with `=` is broken nearly always.",
        "parameters: {a: {value: 2, uncertain: {uniform: [0, 1]}}, b: 3}\nassume: ['a > b']",
        "narrow the distributions so that they fit the assumptions, or draw fewer parameters.",
    ),
    "D653": _e(
        "an unknown measure, or one that lacks its start",
        "What is asked of every draw is `basin:ID`, `fate:ID`, `stable:ID` or `time`, with the id of a rest "
        "point as `separatrix analyze` lists them at the usual values. A fate and a time need a start.",
        "separatrix sensitivity matching-pennies --measure fate --spread 10%",
        "name a measure and an id, as in basin:E4, and give a start with --from x=0.2,y=0.3.",
    ),
    "D654": _e(
        "an impossible number of samples, or an impossible seed",
        "Indices are estimated from at least 16 rows, whose number is rounded up to a power of two.",
        "separatrix sensitivity game.yaml --samples 3",
        "give a number such as 1024, and a seed that is a whole number of 0 or more.",
    ),
}
