"""What carriers of energy and gases are called, and how gases weigh against CO2.

`accounts/factors/carriers.toml` holds the names of carriers: our own, that of each factor set, and others
that are understood.
"""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from separatrix.sentences import Sentence
from separatrix_cluster.tables.members import misspelt

__all__ = [
    "carrier_called",
    "carrier_entries",
    "carrier_name",
    "carrier_named",
    "carrier_spellings",
    "gwp100",
    "is_carrier",
    "origin_named",
    "plain_gas",
    "plain_name",
    "shipped_lines",
]

ORIGINS = ("green", "waste")
"""What names of electricity and heat may say of where it came from."""


def shipped_lines(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped table of factors."""
    return list(csv.DictReader(_shipped(name).splitlines()))


def _shipped(name: str) -> str:
    return files("separatrix_cluster").joinpath("accounts", "factors", name).read_text(encoding="utf-8")


@cache
def carrier_entries() -> dict[str, dict[str, Any]]:
    """Return the carriers that have a name of their own, each with its other names."""
    return tomllib.loads(_shipped("carriers.toml"))


@cache
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, entry in carrier_entries().items():
        for spelling in (name, entry.get("cn", name), *_names_of(entry)):
            found.setdefault(plain_name(spelling), name)
    for line in shipped_lines("ipcc-2006.csv"):
        found.setdefault(plain_name(line["carrier"]), line["carrier"])
    return found


def carrier_spellings() -> dict[str, tuple[str, ...]]:
    """Return every carrier that has a name of its own, with the other names that are understood."""
    return {name: _names_of(entry) for name, entry in carrier_entries().items()}


def _names_of(entry: dict[str, Any]) -> tuple[str, ...]:
    return (*entry.get("names", ()), *(name for origin in ORIGINS for name in entry.get(origin, ())))


@cache
def _origins() -> dict[str, str]:
    return {
        plain_name(name): origin
        for entry in carrier_entries().values()
        for origin in ORIGINS
        for name in entry.get(origin, ())
    }


def origin_named(text: str) -> str:
    """Return what the name of bought energy says of its origin: green power, waste heat, or nothing.

    Examples
    --------
    >>> origin_named("绿电"), origin_named("waste heat"), origin_named("steam")
    ('green', 'waste', '')
    """
    return _origins().get(plain_name(text), "")


def plain_name(text: str) -> str:
    """Return the name of a carrier in the registry's way: small letters, one underscore between words."""
    return "_".join(re.sub(r"[-_\s]+", " ", text.casefold()).split())


def is_carrier(text: str) -> bool:
    """Return whether a text names a carrier."""
    return plain_name(text) in _spellings()


def carrier_named(text: str) -> tuple[str | None, str | None]:
    """Return the carrier that a text names, or else the one it was most likely meant to be.

    Examples
    --------
    >>> carrier_named("原煤"), carrier_named("Raw coal"), carrier_named("disel")
    (('raw_coal', None), ('raw_coal', None), (None, 'diesel'))
    """
    found = _spellings().get(plain_name(text))
    return (found, None) if found is not None else (None, misspelt(text, _spellings()))


def carrier_name(carrier: str, language: str = "en") -> str:
    """Return how people call a carrier in a language: by its name there, else its own in words.

    Examples
    --------
    >>> carrier_name("raw_coal"), carrier_name("raw_coal", "zh")
    ('raw coal', '原煤')
    """
    known = carrier_entries().get(carrier) or _processes().get(carrier, {})
    return str(known.get(language) or carrier.replace("_", " "))


def carrier_called(carrier: str) -> Sentence:
    """Return how a sentence calls a carrier: every language that has a name for it has its own.

    Examples
    --------
    >>> carrier_called("raw_coal")
    'raw coal'
    """
    return Sentence(carrier_name(carrier), {})


@cache
def _processes() -> dict[str, dict[str, str]]:
    return {line["process"]: line for line in shipped_lines("processes.csv")}


@cache
def gwp100(report: str) -> dict[str, float]:
    """Return the global warming potentials over 100 years of a report: SAR, TAR, AR4, AR5 or AR6.

    Source: the tables of the IPCC's assessment reports as collected in openclimatedata's
    globalwarmingpotentials (CC0).

    Examples
    --------
    >>> gwp100("AR5")["CH4"], gwp100("AR6")["N2O"]
    (28.0, 273.0)
    """
    values = {line["gas"]: float(line[report]) for line in shipped_lines("gwp100.csv") if line[report]}
    return {"CO2": 1.0, "CO2E": 1.0, "CO2EQ": 1.0, **{plain_gas(gas): v for gas, v in values.items()}}


def plain_gas(text: str) -> str:
    """Return the name of a gas in capitals, without blanks and dashes.

    Examples
    --------
    >>> plain_gas("CO₂-eq"), plain_gas("hfc 134a")
    ('CO2EQ', 'HFC134A')
    """
    return re.sub(r"[-\s_]", "", unicodedata.normalize("NFKC", text)).upper()
