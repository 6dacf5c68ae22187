"""Random games for the property tests: documents as Python data, with names that are hard to carry."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

HOSTILE = [
    "=cmd|'/c calc'!A1",
    "+1",
    "-R1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "\\input{secret}",
    "#read(x)",
    "a, b",
    "a; b",
    'say "no"',
    "it's",
    "yes",
    "no",
    "null",
    "true",
    "1",
    "1.50",
    "1e5",
    "合作",
    "减排；投资",
    "{x}",
    "[x]",
    "a: b",
    "- a",
    "* a",
    "& a",
    "! a",
    "%TAG",
    "''",
    "'=x",
    "#N/A",
    "naïve",
    "pay",
    "2024-01-01",
]

names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Zs", "Cf")),
        min_size=1,
        max_size=8,
    ),
    st.from_regex(r"[A-Za-z]{1,6}( [a-z]{1,6})?", fullmatch=True),
)
identifiers = st.sampled_from(
    ["a", "b", "C1", "R_2", "pi1", "beta", "lambda", "e", "i", "I", "收益", "π", "E0"]
)
numbers = st.one_of(
    st.integers(-1000, 1000),
    st.fractions(max_denominator=30, min_value=-50, max_value=50),
    st.decimals(-100, 100, places=3).map(Fraction),
    st.sampled_from([10**20, Fraction(1, 10**12), Fraction(1, 3)]),
)


def expressions(known: list[str]) -> st.SearchStrategy[Any]:
    """Expressions over the names in `known`, as texts, and numbers."""
    atoms = (
        st.one_of(st.sampled_from([*known, "2", "0.5", "7"])) if known else st.sampled_from(["2", "0.5", "7"])
    )
    texts = st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " - "]), inner).map("".join),
            inner.map(lambda t: f"-({t})"),
            inner.map(lambda t: f"({t})^2"),
            st.tuples(inner, inner).map(lambda p: f"max({p[0]}, {p[1]})"),
        ),
        max_leaves=5,
    )
    return st.one_of(numbers, texts)


@st.composite
def documents(
    draw: st.DrawFn, *, plain: bool = False, sizes: tuple[int, ...] | None = None
) -> dict[str, Any]:
    """A game in profile form, or of one population; `plain` ones hold nothing that CSV cannot hold."""
    if sizes is None:
        sizes = draw(st.sampled_from([(2,), (2, 2), (3,), (2, 3), (2, 2, 2)]))
    labels = draw(st.lists(names, min_size=len(sizes), max_size=len(sizes), unique=True))
    labels = [
        f"P{i}" if n.strip().lower() in ("meets",) or n.lower().startswith("pay") else n
        for i, n in enumerate(labels)
    ]
    populations = []
    for label, share, size in zip(labels, ("x", "y", "z"), sizes, strict=False):
        strategies = draw(
            st.lists(
                names.filter(lambda n: n not in {"1", "2", "3"}), min_size=size, max_size=size, unique=True
            )
        )
        populations.append({"name": label, "share": share, "strategies": strategies})
    parameters = draw(st.lists(identifiers, max_size=4, unique=True))
    moving = (
        [p["share"] for p in populations] if max(sizes) == 2 and not plain and draw(st.booleans()) else []
    )
    cell = expressions([*parameters, *moving])
    document: dict[str, Any] = {"title": draw(names), "populations": populations}
    if plain:
        document["parameters"] = {}
    else:
        document["source"] = draw(names)
        document["parameters"] = {
            name: draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "value": numbers,
                        "meaning": names,
                        "unit": names,
                        "range": st.just([0, "1/3"]),
                    },
                )
            )
            or None
            for name in parameters
        }
        if parameters:
            document["let"] = {"P": draw(cell)}
            document["assume"] = [f"{name} > 0" for name in parameters[:2]]
            document["scenarios"] = {"base": None, "hard times": {parameters[0]: draw(numbers)}}
        if max(sizes) == 2:
            document["today"] = {p["share"]: Fraction(1, 3) for p in populations}
    if len(sizes) == 1:
        document["payoff_matrix"] = [[draw(cell) for _ in range(sizes[0])] for _ in range(sizes[0])]
    else:
        document["payoffs"] = [
            {"play": list(play), "pay": [draw(cell) for _ in sizes]}
            for play in itertools.product(*(p["strategies"] for p in populations))
        ]
    return document
