"""Games that are hard on a page."""

from __future__ import annotations

from typing import Any

HOSTILE: dict[str, Any] = {
    "title": r"Hostile <script>alert(1)</script> \input{/etc/passwd} | $x$ & 100% #1",
    "source": r"<img src=x onerror=alert(1)> \write18{ls} _under_ ~ ^",
    "populations": [
        {"name": "企业集群中的低碳创新合作主体甲", "share": "x", "strategies": ["合作创新", "不合作 | <b>"]},
        {
            "name": "A population with a name of forty chars!!",
            "share": "y",
            "strategies": [r"[red]cooperate[/red] \input{x}", "=cmd|calc"],
        },
    ],
    "parameters": {
        "a": {
            "latex": r"\input{x}",
            "meaning": r"</td><script>alert(2)</script> | \end{document}",
            "value": 3,
        },
        "成本": {"meaning": "创新成本，单位：万元", "value": 1},
        "b_max": {"meaning": "a sign that turns text around: \u202e", "value": 2},
    },
    "bimatrix": [[["a - 成本", "b_max"], [0, 1]], [[1, 0], [1, "1/3"]]],
    "today": {"x": 0.5, "y": 0.25},
}

REST_EDGES: dict[str, Any] = {
    "title": "Two rest edges",
    "bimatrix": [[[4, 4], [2, 3]], [[4, 2], [1, 1]]],
}

REST_SURFACE: dict[str, Any] = {
    "title": "Advantages only, with a rest surface",
    "populations": [
        {"name": "Firms", "share": "x", "strategies": ["green", "grey"]},
        {"name": "Banks", "share": "y", "strategies": ["lend", "refuse"]},
        {"name": "State", "share": "z", "strategies": ["tax", "exempt"]},
    ],
    "parameters": {"k": {"value": 1}},
    "advantages": {"x": "(z - 1/2)*k", "y": "(z - 1/2)*(1 - 2*x)", "z": "0"},
}

HOSTILE_THREE: dict[str, Any] = {
    "title": r"Three <b>strategies</b> \input{x} | $y$",
    "populations": [
        {
            "name": "企业集群",
            "share": "x",
            "strategies": [
                {"id": "a", "name": r"</text><script>alert(3)</script> \write18{ls}"},
                {"id": "b", "name": "一个非常长的策略名称，用来检验页面的宽度和换行是否正确"},
                {"id": "c", "name": "=cmd|'x' & _under_ \u202e turned"},
            ],
        },
    ],
    "payoff_matrix": [[0, 6, -4], [-3, 0, 5], [-1, 3, 0]],
    "today": {"x_a": "1/2", "x_b": "1/4", "x_c": "1/4"},
}

REST_SIDE: dict[str, Any] = {
    "title": "A side of the triangle at rest",
    "payoff_matrix": [[0, 0, 1], [0, 0, 0], [1, 1, 0]],
}

WIDE: dict[str, Any] = {
    "title": "Five strategies each",
    "bimatrix": [
        [[2, 9], [1, 4], [1, 7], [7, 7], [6, 3]],
        [[1, 7], [0, 6], [6, 9], [0, 7], [4, 3]],
        [[9, 1], [5, 0], [0, 0], [8, 0], [6, 3]],
        [[6, 0], [8, 3], [7, 7], [8, 3], [5, 3]],
        [[3, 7], [4, 0], [6, 8], [1, 2], [4, 1]],
    ],
}

OWN_PLAY: dict[str, Any] = {
    "title": "Two trades that compete within and between",
    "populations": [
        {"name": "Mills", "share": "x", "strategies": ["clean", "dirty"]},
        {"name": "Forges", "share": "y", "strategies": ["wood", "coal", "gas"]},
    ],
    "parameters": {"s": 2},
    "payoff_matrices": {
        "Mills,Mills": [[0, 2], [1, 0]],
        "Mills,Forges": [[2, 0, 1], [0, 1, "s"]],
        "Forges,Mills": [[2, 0], [0, 1], [1, 1]],
    },
    "speeds": {"Mills": "s"},
}

FOUR: dict[str, Any] = {
    "title": "Four parties",
    "populations": ["A", "B", "C", "D"],
    "payoff_matrices": {
        f"{a},{b}": [[(i - j) % 4, 1], [0, (i + 2 * j) % 5]]
        for i, a in enumerate("ABCD")
        for j, b in enumerate("ABCD")
        if a != b
    },
}

TIES: dict[str, Any] = {
    "title": "Unplayed strategies that earn as much",
    "populations": [
        {"name": name, "share": share, "strategies": ["a", "b"]}
        for name, share in zip("ABCD", "xyzw", strict=True)
    ],
    "payoff_functions": {
        "A": {"a": "z*y", "b": "0"},
        "B": {"a": "0", "b": "0"},
        "C": {"a": "-x*w", "b": "0"},
        "D": {"a": "0", "b": "0"},
    },
}

CURVED: dict[str, Any] = {
    "title": "Advantages that bend",
    "populations": ["A", "B"],
    "advantages": {"x": "y - x^2 - 1/8", "y": "x*(1 - y) - 1/5"},
}
