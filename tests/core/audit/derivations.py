"""Right derivations to start from: games as data, and what follows from them by an independent algebra."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import sympy as sp

Document = dict[str, Any]


def two_by_two() -> Document:
    """Two enterprises, as in Shi and Chen (2018), the second with its own costs."""
    names = ("pi1", "pi2", "R1", "R2", "C1", "C2", "D1")
    return {
        "title": "Two enterprises",
        "populations": [
            {"name": "A", "share": "x", "strategies": ["yes", "no"]},
            {"name": "B", "share": "y", "strategies": ["yes", "no"]},
        ],
        "parameters": dict(zip(names, (10, 4, 3, 5, 4, 1, 2), strict=True)),
        "assume": [f"{n} > 0" for n in names],
        "payoffs": [
            {"play": ["yes", "yes"], "pay": ["pi1 - C1", "pi1 - D1"]},
            {"play": ["yes", "no"], "pay": ["R1 - C1", "R2 - C2"]},
            {"play": ["no", "yes"], "pay": ["R2 - C2", "R1 - D1"]},
            {"play": ["no", "no"], "pay": ["pi2 - C2", "pi2 - C2"]},
        ],
    }


def tripartite() -> Document:
    """Three parties with all kinds of terms, among them products of parameters."""
    return {
        "title": "Three parties",
        "populations": [
            {"name": name, "share": share, "strategies": ["yes", "no"]}
            for name, share in (("Firms", "x"), ("Public", "y"), ("State", "z"))
        ],
        "parameters": {"B": 4, "C": 3, "F": 6, "S": 2, "a": 0.5, "K": 5, "L": 3, "M": 1},
        "assume": ["B > 0", "C > 0", "F > 0", "S > 0", "0 < a < 1", "K > 0", "L > 0", "M > 0"],
        "let": {"fine": "a*F"},
        "payoffs": [
            {"play": ["yes", "yes", "yes"], "pay": ["B - C + S", "M - a*L", "K - S"]},
            {"play": ["yes", "yes", "no"], "pay": ["B - C", "M - L", "0"]},
            {"play": ["yes", "no", "yes"], "pay": ["B/2 - C + S", "0", "K - S"]},
            {"play": ["yes", "no", "no"], "pay": ["B/2 - C", "0", "-M"]},
            {"play": ["no", "yes", "yes"], "pay": ["-fine", "2*M - a*L", "fine + K - 2*L"]},
            {"play": ["no", "yes", "no"], "pay": ["0", "2*M - L", "-a*K"]},
            {"play": ["no", "no", "yes"], "pay": ["-fine/2", "-M", "fine - L"]},
            {"play": ["no", "no", "no"], "pay": ["0", "0", "-M"]},
        ],
    }


def symbols(document: Document) -> dict[str, sp.Symbol]:
    """Return a symbol for each parameter and share."""
    shares = [p["share"] for p in document["populations"]]
    return {n: sp.Symbol(n) for n in (*document["parameters"], *shares)}


def read(document: Document, text: str) -> sp.Expr:
    """Return a formula of a document, shorthands written out."""
    known: dict[str, Any] = dict(symbols(document))
    for name, meaning in document.get("let", {}).items():
        known[name] = sp.sympify(str(meaning), locals=known)
    return sp.sympify(str(text).replace("^", "**"), locals=known)


def advantages(document: Document) -> list[sp.Expr]:
    """Return what the first strategy of each population earns more than its second."""
    populations = document["populations"]
    known = symbols(document)
    table = {tuple(p["play"]): p["pay"] for p in document["payoffs"]}
    result = []
    for i in range(len(populations)):
        total = sp.Integer(0)
        others = [k for k in range(len(populations)) if k != i]
        for played in itertools.product((0, 1), repeat=len(others)):
            chance = sp.Integer(1)
            for k, choice in zip(others, played, strict=True):
                share = known[populations[k]["share"]]
                chance *= share if choice == 0 else 1 - share
            pays = []
            for own in (0, 1):
                play = list(played)
                play.insert(i, own)
                profile = tuple(populations[k]["strategies"][c] for k, c in enumerate(play))
                pays.append(read(document, table[profile][i]))
            total += chance * (pays[0] - pays[1])
        result.append(sp.expand(total))
    return result


def rates(document: Document) -> list[sp.Expr]:
    """Return the replicator equations."""
    known = symbols(document)
    shares = [known[p["share"]] for p in document["populations"]]
    return [x * (1 - x) * f for x, f in zip(shares, advantages(document), strict=True)]


def jacobian(document: Document) -> list[list[sp.Expr]]:
    """Return the derivatives of the replicator equations."""
    known = symbols(document)
    shares = [known[p["share"]] for p in document["populations"]]
    return [[sp.diff(rate, x) for x in shares] for rate in rates(document)]


def corners(document: Document) -> list[tuple[int, ...]]:
    """Return the pure states."""
    return list(itertools.product((0, 1), repeat=len(document["populations"])))


def eigenvalues(document: Document, corner: tuple[int, ...]) -> list[sp.Expr]:
    """Return the eigenvalues at a pure state: the diagonal of the Jacobian."""
    known = symbols(document)
    place = {known[p["share"]]: v for p, v in zip(document["populations"], corner, strict=True)}
    return [sp.expand(row[i].subs(place)) for i, row in enumerate(jacobian(document))]


def with_claims(document: Document, published: Document, **more: Any) -> Document:
    """Return the document with claims."""
    result = copy.deepcopy(document)
    result["published"] = published
    result.update(more)
    return result


def text(expression: sp.Expr) -> str:
    """Return a formula as a claim may print it."""
    return str(expression).replace("**", "^")
