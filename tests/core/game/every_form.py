"""One game of each form, with values for every parameter."""

from __future__ import annotations

from typing import Any

_TWO = [
    {"name": "A", "share": "x", "strategies": ["c", "d"]},
    {"name": "B", "share": "y", "strategies": ["c", "d"]},
]
_MIXED = [
    {"name": "A", "share": "x", "strategies": ["c", "d", "e"]},
    {"name": "B", "share": "y", "strategies": ["c", "d"]},
]

FORMS: dict[str, dict[str, Any]] = {
    "matrix": {"payoff_matrix": [[0, "-a", 1], [1, 0, "-a"], ["-a", 1, 0]], "parameters": {"a": "1/2"}},
    "bimatrix": {
        "populations": _MIXED,
        "bimatrix": [[[1, 2], [3, -1]], [[0, 4], ["b", 1]], [[2, 2], [1, 5]]],
        "parameters": {"b": 7},
    },
    "pairwise": {
        "populations": _MIXED,
        "payoff_matrices": {
            "A,A": [[0, 2, 1], [3, 0, 1], [1, 1, 4]],
            "A,B": [[1, 0], [0, 2], [1, 1]],
            "B,A": [[1, 2, 3], [3, 1, 0]],
        },
        "speeds": {"A": 3, "y": "1/2"},
    },
    "dynamic table": {
        "populations": _TWO,
        "let": {"F": "f*(1-x)"},
        "parameters": {"f": 5},
        "bimatrix": [[[1, 2], ["-F", 0]], [[2, "F - 1"], [3, 1]]],
    },
    "functions": {
        "populations": _TWO,
        "parameters": {"r": "0.5"},
        "speeds": {"y": "r"},
        "payoff_functions": {
            "A": {"c": "y*(1-x)/(1+y) - r*x", "d": "x^2"},
            "B": {"c": "exp(-x)", "d": "max(x, y)/2 + sqrt(x)"},
        },
    },
    "group": {
        "populations": [{"name": "A", "share": "x"}],
        "parameters": {"N": 6, "r": 9, "M": 3},
        "group": {
            "size": "N",
            "payoff": {"yes": "r*min(1, max(0, k + 2 - M))/N - 1", "no": "binomial(k, 2)"},
        },
    },
    "large group": {
        "populations": [{"name": "A", "share": "x"}],
        "group": {"size": 40, "payoff": {"yes": "k/5 - 1", "no": "max(0, k - 20)"}},
    },
    "advantages": {"populations": _TWO, "advantages": {"x": "y^2 - x", "y": "1/2 - x*y"}},
    "equations": {
        "populations": _MIXED,
        "replicator": {
            "x_c": "x_c*(x_d - x_e)",
            "x_d": "x_d*(x_e - x_c)",
            "x_e": "-x_c*(x_d - x_e) - x_d*(x_e - x_c)",
            "y": "y*(1-y)*(x_c - y/2)",
        },
    },
}

POINT = {
    "x": "1/3",
    "y": "1/4",
    "x_c": "1/2",
    "x_d": "1/3",
    "x_e": "1/6",
    "x_1": "1/2",
    "x_2": "1/3",
    "x_3": "1/6",
}
"""A state, by share."""
