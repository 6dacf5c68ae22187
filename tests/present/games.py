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
