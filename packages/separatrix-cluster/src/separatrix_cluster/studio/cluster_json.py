"""A cluster as JSON: its head, and part by part what the pages of a cluster show.

A part has numbers, which are independent of language, and for each language the same content as a document,
with every doubt and everything that is missing. Nothing is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from separatrix import __version__
from separatrix.document.document import Document
from separatrix.errors import SeparatrixError
from separatrix.languages import LANGUAGES, Language, language_of
from separatrix.run.results import fingerprint
from separatrix.studio.document_json import document_json
from separatrix_cluster.completeness.completeness import OPEN, DataCompleteness
from separatrix_cluster.diagnosis.diagnose import Diagnosis
from separatrix_cluster.diagnosis.indicator import Indicator
from separatrix_cluster.documents.accounts import account_document
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.documents.words import carbon_unit, difficulty_name
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.folder import load_cluster
from separatrix_cluster.tables.shipped import shipped_names

__all__ = [
    "MOST_ENTERPRISES",
    "Part",
    "carbon_json",
    "carbon_unit_json",
    "cluster_json",
    "difficulties_json",
    "document_part",
    "in_each_language",
    "refused_part",
]

MOST_ENTERPRISES = 300
"""The most enterprises listed one by one: a page with thousands of rows for each year would not open."""

Part = dict[str, Any]
"""The content of a page: numbers by name, and under ``told`` their text in each language."""


def cluster_json(cluster: Cluster, parts: Iterable[str]) -> dict[str, Any]:
    """Return what every page of a cluster says of it, and which parts there are to ask for.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> cluster_json(load_cluster("kalundborg"), ["carbon"])["tables"]
    {'enterprises': 20, 'links': 35}
    """
    return {
        "schema": 1,
        "version": __version__,
        "hash": fingerprint(cluster),
        "shipped": _shipped(cluster),
        **cluster.label,
        "attribution": cluster.attribution,
        "tables": {name: len(table) for name, table in sorted(cluster.tables.items())},
        "broken": sorted(cluster.broken),
        "parts": list(parts),
    }


def _shipped(cluster: Cluster) -> str | None:
    """Return the name under which this very cluster comes with the program; None for any other."""
    own = fingerprint(cluster)
    return next((name for name in shipped_names() if fingerprint(load_cluster(name)) == own), None)


def carbon_json(found: Diagnosis) -> Part:
    """Return carbon by enterprise and year, each with its interval, and how much of a year is known.

    Every amount is t CO2e. The supply from other enterprises of the cluster is excluded from an enterprise,
    so that all of them add up to the total.

    Examples
    --------
    >>> from separatrix_cluster.diagnosis.diagnose import diagnose
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> part = carbon_json(diagnose(load_cluster("rotterdam")))
    >>> part["reporting_year"], part["years"][-1]["share"], len(part["enterprises"])
    (2022, 1.0, 70)
    """
    cluster, books = found.cluster, found.completeness
    shown = _largest(books)

    def carbon_page(words: Language) -> dict[str, Any]:
        totals = [books.accounts.total(y) for y in books.accounts.years]
        largest = [float(v) for y in books.accounts.years for v in books.accounts.by_enterprise(y)]
        return {
            "document": document_json(account_document(cluster, books, words)),
            "unit": carbon_unit_json(totals, words),
            "enterprise_unit": carbon_unit_json(largest, words),
            "cautions": [f"{words.capital(words.tell(c))}{words.FULL_STOP}" for c in found.cautions],
        }

    return {
        "reporting_year": books.reporting_year,
        "enterprises": [cluster.name_of(str(books.enterprises[i])) for i in shown],
        "all": len(books.enterprises),
        "years": [_year(cluster, books, year, shown) for year in books.years],
        "told": in_each_language(carbon_page),
    }


def _largest(books: DataCompleteness) -> list[int]:
    """Return the positions of the enterprises that are listed one by one, in the order of the table."""
    peak = np.zeros(len(books.enterprises))
    for year in books.years:
        peak = np.maximum(peak, np.nan_to_num(books.by_enterprise(year)[2], nan=np.inf))
    return sorted(np.argsort(-peak, kind="stable")[:MOST_ENTERPRISES].tolist())


def _year(cluster: Cluster, books: DataCompleteness, year: int, shown: Sequence[int]) -> dict[str, Any]:
    accounts = books.accounts
    direct, bought = (accounts.by_enterprise(year, scope=s, internal=False) for s in (1, 2))
    least, likely, most = books.by_enterprise(year)
    # What may be many times as much is an open question, and no end of a range.
    most = np.where((likely > 0) & (most > OPEN * likely), np.inf, most)
    whole, seen, away = books.is_comparable(year), books.has_rows(year), books.away(cluster, year)
    total = books.total(year)
    rows: list[list[Any]] = []
    for i in shown:
        known = "away" if away[i] else "whole" if whole[i] else "part" if seen[i] else "none"
        rows.append([_number(direct[i]), _number(bought[i]), known])
        if known != "away" and least[i] != most[i]:
            rows[-1] += [_number(least[i]), _number(most[i])]
    chosen = (accounts.year == year) & ~accounts.internal
    return {
        "year": year,
        "scope_1": float(accounts.location[chosen & (accounts.scope == 1)].sum()),
        "scope_2": float(accounts.location[chosen & (accounts.scope == 2)].sum()),
        "counted": total.counted,
        "missing": _number(total.missing),
        "low": _number(total.low),
        "high": _number(total.high),
        "share": _number(books.share(year)),
        "whole": int(books.is_whole(year).sum()),
        "told_of": int((~np.isnan(accounts.by_enterprise(year))).sum()),
        "in_doubt": books.in_doubt(year),
        "enterprises": rows,
    }


def difficulties_json(found: Diagnosis) -> Part:
    """Return the four difficulties with their intervals, and the indicators that each is based on.

    Examples
    --------
    >>> from separatrix_cluster.diagnosis.diagnose import diagnose
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> part = difficulties_json(diagnose(load_cluster("houston")))
    >>> [d["score"] for d in part["difficulties"]]
    [None, 0.75, None, None]
    """
    plain = [
        {
            "name": d.name,
            "score": d.score,
            "low": d.low,
            "high": d.high,
            "indicators": [_indicator(i) for i in d.indicators],
        }
        for d in found.difficulties
    ]

    def difficulties_page(words: Language) -> dict[str, Any]:
        return {
            "document": document_json(
                diagnosis_document(found, words),
                lambda f: f.title not in _interactive_figure_titles(found, words),
            ),
            "names": [difficulty_name(d.name, words) for d in found.difficulties],
            "indicators": [
                [words.capital(words.tell(i.name)) for i in d.indicators] for d in found.difficulties
            ],
        }

    return {
        "year": found.year,
        "binding": None if found.binding is None else found.binding.name,
        "difficulties": plain,
        "told": in_each_language(difficulties_page),
    }


def _interactive_figure_titles(found: Diagnosis, words: Language) -> tuple[str, ...]:
    """Return the titles of the figures in whose place the pages have pictures of their own."""
    return words.CL_FIGURE_RADAR, words.CL_FIGURE_BARS.format(year=found.year)


def _indicator(found: Indicator) -> dict[str, Any]:
    return {
        "id": found.id,
        "score": found.score,
        "low": found.score if found.score_low is None else found.score_low,
        "high": found.score if found.score_high is None else found.score_high,
        "coverage": found.coverage,
    }


def document_part(write: Callable[[Language], Document]) -> Part:
    """Return a part that is a document alone.

    Examples
    --------
    >>> part = document_part(lambda words: Document(words.code, "", ()))
    >>> part["told"]["zh"]["document"]["title"]
    'zh'
    """
    return {"told": in_each_language(lambda words: {"document": document_json(write(words))})}


def refused_part(problem: SeparatrixError) -> Part:
    """Return why the tables of a cluster do not suffice for a part, and what would.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> refused_part(InputError("K570", "there is no table", hint="add one"))["told"]["en"]
    {'refused': 'there is no table', 'hint': 'add one'}
    """
    return {
        "code": problem.code,
        "told": in_each_language(
            lambda words: {
                "refused": words.tell(problem.message),
                "hint": None if problem.hint is None else words.tell(problem.hint),
            }
        ),
    }


def in_each_language(told: Callable[[Language], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is said of a part in each language."""
    return {code: told(language_of(code)) for code in LANGUAGES}


def carbon_unit_json(values: Iterable[float], words: Language) -> dict[str, Any]:
    """Return the unit in which a picture of these t CO2e reads best."""
    unit = carbon_unit(values, words)
    return {"scale": unit.scale, "name": unit.name, "places": unit.places}


def _number(value: float) -> float | None:
    """Return a number of tonnes to the kilogram; None where nothing can be said."""
    return round(float(value), 3) if math.isfinite(value) else None
