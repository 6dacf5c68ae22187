"""The answers of the library on the cluster of the approved data, each as a document; runs in a worker.

For developers
--------------
A maker computes once and returns functions that write the result, so that other languages and formats need
no new computation: a worker keeps its last result. Nothing here depends on Django or on people.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from separatrix.document.tree import Document, Heading, Paragraph, document_in, line
from separatrix.errors import InputError
from separatrix.game.populations import translate
from separatrix.languages import Language, language_of
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.tipping.results import TippingValues
from separatrix.policy.tipping.tipping import tipping_values
from separatrix.reports.programmes import temporary_document
from separatrix.reports.tipping import tipping_csv, tipping_document
from separatrix.sentences import Sentence, say
from separatrix.writers.registry import file_name, write, write_blocks
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.brief.brief import brief_of_cluster
from separatrix_cluster.brief.document import brief_document
from separatrix_cluster.brief.programmes import spending
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.completeness.coverage import abilities, rows_left_out_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.documents.calibration import calibration_document, translated_game
from separatrix_cluster.documents.data_check import check_document, standard_blocks
from separatrix_cluster.documents.diagnosis import diagnosis_csv, diagnosis_document
from separatrix_cluster.documents.footprint import footprint_csv, footprint_document
from separatrix_cluster.documents.inventory import evidence_csv, inventory_document
from separatrix_cluster.documents.measures import measures_csv, measures_document
from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
from separatrix_cluster.measures.abatement import abatement
from separatrix_cluster.reporting.inventory import inventory_of
from separatrix_cluster.studio.cluster_json import cluster_exchanges, exchanges_document
from separatrix_cluster.tables.panel import Cluster

__all__ = ["MAKERS", "Told", "answer"]

Options = Mapping[str, Any]

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
}

PICTURE = "pictures/{}.svg"
"""Place of the figures of an answer's page, next to it."""

CALLED = "park"
"""Name of the cluster in commands shown in an answer: the real folder is confidential."""

_KEPT = 6


@dataclass(frozen=True)
class Told:
    """A result and its writers: as a document, and as a table if it has one."""

    document: Callable[[Language], Document]
    csv: Callable[[Language], str] | None = None


def _check(cluster: Cluster, _: Options) -> Told:
    accounts = carbon_accounts(cluster)
    books, left = completeness_of(cluster, accounts), rows_left_out_of(cluster, accounts)
    able, remarks = abilities(cluster, accounts, books), (*cluster.remarks, *accounts.remarks)
    return Told(lambda words: check_document(cluster, able, remarks, words, left, books))


def _inventory(cluster: Cluster, _: Options) -> Told:
    books = completeness_of(cluster, carbon_accounts(cluster))
    found = inventory_of(cluster, books)
    return Told(
        lambda words: inventory_document(cluster, books, found, words),
        lambda words: evidence_csv(cluster, books, found, words),
    )


def _diagnosis(cluster: Cluster, options: Options) -> Told:
    found = diagnose(cluster, standard=options.get("standard"), year=options.get("year"))
    return Told(lambda words: diagnosis_document(found, words), lambda words: diagnosis_csv(found, words))


def _standard(cluster: Cluster, options: Options) -> Told:
    found = diagnose(cluster, standard=options.get("standard"), year=options.get("year"))
    card = found.scorecard
    if card is None:
        raise InputError(
            "W271",
            say("no park standard is set"),
            hint=say("set one in the description of the park (park office)"),
        )

    def standard_document(words: Language) -> Document:
        title = card.standard.text_in("title", words.code)
        return document_in(words, title, cluster.name, standard_blocks(card, words))

    return Told(standard_document)


def _measures(cluster: Cluster, options: Options) -> Told:
    terms: dict[str, Any] = {
        key: options.get(key) for key in ("budget", "carbon_price", "discount_rate", "year")
    }
    found = abatement(cluster, **terms)
    return Told(lambda words: measures_document(found, words), lambda words: measures_csv(found, words))


def _path(cluster: Cluster, options: Options) -> Told:
    asked = ("target", "by", "budget", "yearly_budget", "carbon_price", "discount_rate")
    terms: dict[str, Any] = {key: options.get(key) for key in asked}
    if terms["by"] is None:
        terms["by"] = cluster.description.target_year
    if terms["by"] is None:
        raise InputError(
            "W271",
            say("measures need a target year, and none is set"),
            hint=say("give the year, or name a target year in the description of the park"),
        )
    found = abatement(cluster, **terms)
    return Told(lambda words: measures_document(found, words), lambda words: measures_csv(found, words))


def _exchanges(cluster: Cluster, _: Options) -> Told:
    found = cluster_exchanges(cluster)
    return Told(lambda words: exchanges_document(found, words))


def _game(cluster: Cluster, _: Options) -> Told:
    found = calibrate(cluster)
    found = replace(found, cluster=replace(found.cluster, origin=CALLED))
    return Told(lambda words: calibration_document(found, words))


def _policy(cluster: Cluster, _: Options) -> Told:
    """Find each instrument's tipping level in the calibrated game, and the cheapest temporary support."""
    game = translated_game(calibrate(cluster))
    tipping = tipping_values(game, noise=False)
    paid = spending(tipping)
    programme, refused = None, None
    if paid is not None:
        try:
            programme = temporary_programme(game, [paid[1].name])
        except InputError as problem:
            refused = problem.message

    def policy_document(words: Language) -> Document:
        first = tipping_document(replace(tipping, game=translate(tipping.game, words.code)), words)
        if programme is None:
            said = refused or _without_programme(tipping)
            more = [Paragraph(line(f"{words.capital(words.tell(said))}{words.FULL_STOP}"))]
            return replace(first, blocks=(*first.blocks, *more))
        of = programme.analysis
        translated = replace(of, game=translate(of.game, words.code))
        second = temporary_document(replace(programme, analysis=translated), words)
        return replace(first, blocks=(*first.blocks, Heading(second.title), *second.blocks))

    return Told(policy_document, lambda _: tipping_csv(tipping))


def _without_programme(tipping: TippingValues) -> Sentence:
    """Return why no public support is calculated."""
    conditions = [one.condition(one.goal) for one in tipping.instruments]
    if any(condition.idle for condition in conditions):
        return say("today's state leads there without support, so no support is calculated")
    if any(condition.tipping is not None for condition in conditions):
        return say("the tipping instrument costs the public nothing, so no support is calculated")
    return say("no single instrument tips the system from today's state")


def _footprints(cluster: Cluster, options: Options) -> Told:
    accounts = carbon_accounts(cluster)
    found = cradle_to_gate(cluster, accounts, allocation=options.get("allocation"))
    return Told(
        lambda words: footprint_document(found, found.products, words, accounts.remarks),
        lambda words: footprint_csv(found, found.products, words),
    )


def _brief(cluster: Cluster, options: Options) -> Told:
    terms = {key: options.get(key) for key in ("budget", "carbon_price", "standard", "year")}
    found = brief_of_cluster(cluster, CALLED, **terms)
    return Told(lambda words: brief_document(found, words))


MAKERS: Mapping[str, Callable[[Cluster, Options], Told]] = {
    "check": _check,
    "inventory": _inventory,
    "diagnosis": _diagnosis,
    "standard": _standard,
    "measures": _measures,
    "path": _path,
    "exchanges": _exchanges,
    "game": _game,
    "policy": _policy,
    "footprints": _footprints,
    "brief": _brief,
}
"""By the name of the kind of answer."""

_found: OrderedDict[tuple[int, str, str], tuple[Cluster, Told]] = OrderedDict()
"""What this worker found last; a cluster is kept with it, so that its number belongs to no other."""


def answer(cluster: Cluster, arguments: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Return an answer in a language and a format.

    Parameters
    ----------
    cluster : Cluster
        Of the approved data.
    arguments : mapping
        ``kind``, one of `MAKERS`; ``language``; ``format``, page or a format of documents; ``options``.
    progress : callable
        Receives the progress from 0 to 1.

    Returns
    -------
    mapping
        Of a page its blocks as HTML, its figures, and whether it has a table; else a file.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> asked = {"kind": "measures", "language": "en", "format": "md", "options": {}}
    >>> base64.b64decode(answer(load_cluster("synthetic-park"), asked, lambda part: None)["base64"])[:2]
    b'# '
    """
    kind, format = str(arguments["kind"]), str(arguments["format"])
    options = {key: value for key, value in arguments["options"].items() if value is not None}
    words = language_of(str(arguments["language"]))
    progress(0.05)
    key = id(cluster), kind, repr(sorted(options.items()))
    if key not in _found:
        _found[key] = cluster, MAKERS[kind](cluster, options)
        while len(_found) > _KEPT:
            _found.popitem(last=False)
    told = _found[key][1]
    progress(0.8)
    if format == "csv":
        if told.csv is None:
            raise InputError("W271", say("this answer has no table of its own"))
        return _file(kind, format, told.csv(words).encode())
    document = told.document(words)
    progress(0.9)
    if format == "page":
        html, pictures = write_blocks(document, PICTURE.format)
        return {
            "title": document.title,
            "html": html,
            "pictures": [picture.decode() for picture in pictures],
            "table": told.csv is not None,
        }
    return _file(kind, format, write(document, format, kind, pictures=False).content)


def _file(kind: str, format: str, content: bytes) -> dict[str, Any]:
    return {
        "name": file_name(kind, format),
        "media": MEDIA[format],
        "base64": base64.b64encode(content).decode(),
    }
