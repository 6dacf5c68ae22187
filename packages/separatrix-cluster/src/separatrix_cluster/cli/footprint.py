"""``separatrix cluster footprint``: carbon footprints of products, written and read as PACT records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import output
from separatrix.cli.options import Formatted, Lang, Out
from separatrix.cli.output import choose, emit_csv, emit_document, emit_json, exit_code, guard_source
from separatrix.errors import InputError
from separatrix.run.files import write_file
from separatrix.sentences import say
from separatrix.writers.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separatrix_cluster.footprints.footprint import ProductFootprint
    from separatrix_cluster.footprints.results import ProductCarbon

__all__ = ["footprint"]

Format = Literal["text", "json", "csv", "html", "docx", "pdf", "tex", "md"]


def footprint(
    source: Annotated[str, Parameter(completer=output.clusters)],
    /,
    *,
    product: str | None = None,
    enterprise: str | None = None,
    year: int | None = None,
    allocation: Literal["mass", "value", "energy"] | None = None,
    basis: Literal["market", "location"] = "market",
    record: Path | None = None,
    standard: Annotated[list[str] | None, Parameter(negative="")] = None,
    exempted: float | None = None,
    geography: str | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute cradle-to-gate carbon footprints of products; read and write PACT records.

    The exit code is 1 if rows were skipped.

    Parameters
    ----------
    source : str
        A folder with a cluster.yaml or the name of a shipped cluster, with the tables products and
        purchases; or a .json file with a supplier's records to check and show.
    product : str
        Only this product, as named in the table products.
    enterprise : str
        Only products of this enterprise.
    year : int
        The year; by default the last of the table products.
    allocation : str
        Allocation of emissions among the products of an enterprise: by mass, value or energy.
    basis : str
        Accounting for purchased electricity: market (by contract, if it states a factor) or location.
    record : Path
        Also write the footprints to this file in PACT's JSON data model 3.0.3: one record, or several in
        an envelope.
    standard : list of str
        For --record: the standard followed, such as PACT-3.0 or ISO14067; repeatable.
    exempted : float
        For --record: the percentage of emissions excluded; required if data are missing.
    geography : str
        For --record: a country (CN), subdivision (CN-JS) or region (Eastern Asia), instead of the country
        in cluster.yaml.
    format : str
        text, json, csv (one row for each component of each product), html, docx, pdf, tex or md; by
        default that of the file name in --out, else text.
    """
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    words = language_of(lang)
    FORMATS[chosen].require()
    if source.lower().endswith(".json"):
        from separatrix_cluster.documents.footprint import (
            record_to_dict,
            records_csv,
            records_document,
        )
        from separatrix_cluster.footprints.footprint import read_footprints

        for option, given in {
            "--enterprise": enterprise,
            "--year": year,
            "--allocation": allocation,
            "--basis": None if basis == "market" else basis,
            "--standard": standard,
            "--exempted": exempted,
            "--geography": geography,
        }.items():
            if given is not None:
                raise InputError(
                    "U901",
                    say(
                        "{option} is for a cluster; of the records in {file} it says nothing",
                        option=option,
                        file=source,
                    ),
                    hint=say("leave it out, or name the folder of a cluster"),
                )
        guard_source(out, source, what="the file of records")
        guard_source(record, source, what="the file of records")
        read = [f for f in read_footprints(source) if product in (None, f.product)]
        if not read:
            raise InputError(
                "K255", say("--product {product}: the file has no record of it", product=product)
            )
        if record is not None:
            _write_records(record, read)
        if chosen == "json":
            emit_json({"records": [record_to_dict(f) for f in read]}, out)
        elif chosen == "csv":
            emit_csv(records_csv(read, words), out, words)
        else:
            emit_document(records_document(Path(source).name, read, words), chosen, out, stem="footprint")
        return 0

    from separatrix.run.results import provenance
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.documents.footprint import footprint_csv, footprint_document
    from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
    from separatrix_cluster.tables.reader import files_of, load_cluster

    cluster = load_cluster(source)
    for target in (out, record):
        guard_source(target, *files_of(cluster), what="a file of the cluster")
    accounts = carbon_accounts(cluster)
    found = cradle_to_gate(cluster, accounts, year=year, allocation=allocation, basis=basis)
    if product is not None:
        products: Sequence[ProductCarbon] = (found.footprint_of(product, enterprise),)
    else:
        products = [p for p in found.products if enterprise in (None, p.enterprise)]
    if not products:
        raise InputError(
            "K255",
            say("of the products of {year} no amount was made", year=found.year)
            if enterprise is None
            else say(
                "--enterprise {enterprise} makes no product in {year}", enterprise=enterprise, year=found.year
            ),
        )
    if record is not None:
        told = [
            found.record(p, standards=standard or (), exempted=exempted, geography=geography)
            for p in products
        ]
        _write_records(record, told)
    if chosen == "json":
        answer = {"cluster": cluster.label, **found.to_dict(), "provenance": provenance(cluster)}
        answer["footprints"] = [p.to_dict() for p in products]
        answer["remarks"] = [r.to_dict() for r in (*cluster.remarks, *accounts.remarks, *found.remarks)]
        emit_json(answer, out)
    elif chosen == "csv":
        emit_csv(footprint_csv(found, products, words), out, words)
    else:
        document = footprint_document(found, products, words, accounts.remarks)
        emit_document(document, chosen, out, stem="footprint")
    return exit_code((*cluster.remarks, *accounts.remarks, *found.remarks))


def _write_records(path: Path, footprints: Sequence[ProductFootprint]) -> None:
    records = [f.to_record() for f in footprints]
    whole = records[0] if len(records) == 1 else {"data": records}
    write_file(path, json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
