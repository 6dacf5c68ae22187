"""A cluster: `cluster.yaml` and the tables in its folder, with their issues."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.run.results import Result
from separatrix.sentences import Sentence, Together
from separatrix_cluster.tables.cell_values import Texts
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.suspect_rows import SuspectRows
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = ["Cluster"]

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
"""A unified social credit code after GB 32100."""


@dataclass(frozen=True, repr=False)
class Cluster(Result):
    """An industrial cluster, as described by its data.

    Attributes
    ----------
    description : Description
        The content of `cluster.yaml`.
    tables : mapping of str to ClusterTable
        The tables that were found and could be read, by name.
    remarks : tuple of Remark
        Excluded, doubtful or interpreted data, with their places.
    origin : str
        The folder, or the name of a shipped cluster.
    broken : mapping of str to str
        The tables that are there but cannot be read at all, with the file.
    suspects : tuple of SuspectRows
        Rows that a remark doubts, and how much of them.
    """

    description: Description
    tables: Mapping[str, ClusterTable]
    remarks: tuple[Remark, ...] = ()
    origin: str = ""
    broken: Mapping[str, str] = field(default_factory=dict)
    suspects: tuple[SuspectRows, ...] = ()

    @property
    def name(self) -> str:
        """The name of the cluster."""
        return self.description.name

    def table(self, name: str) -> ClusterTable:
        """Return a table; one without rows where there is none."""
        # A table of which every row was left out is there, and false.
        return self.tables[name] if name in self.tables else empty_table(name)

    @property
    def enterprises(self) -> Texts:
        """The ids of the enterprises, in the order of the table."""
        return self.table("enterprises").texts("id")

    def name_of(self, identity: str) -> str:
        """Return the full name of an enterprise, or its id where it has none."""
        table = self.table("enterprises")
        place = {str(known): i for i, known in enumerate(table.texts("id"))}.get(identity)
        return identity if place is None else str(table.texts("name")[place]) or identity

    def in_names(self, text: Sentence) -> Sentence:
        """Return a sentence with the names of enterprises where it has their credit codes.

        Other ids are short names that the park gave, and stay; so does a code without a name.
        """
        names = keep(self, "names_of_codes", self._names_of_codes)
        return Sentence(text.template, _replaced(text.values, names), text.keys) if names else text

    def with_names(self, remarks: Iterable[Remark]) -> tuple[Remark, ...]:
        """Return remarks that call enterprises as `in_names` does."""
        return tuple(
            replace(r, what=self.in_names(r.what), hint=None if r.hint is None else self.in_names(r.hint))
            for r in remarks
        )

    def _names_of_codes(self) -> dict[str, str]:
        table = self.table("enterprises")
        known = zip(table.texts("id").astype(str), table.texts("name").astype(str), strict=True)
        return {code: name for code, name in known if name and _CREDIT_CODE.fullmatch(code)}

    @property
    def attribution(self) -> str:
        """Where the data come from and under which licence, for outputs that have room for one text."""
        licence = self.description.licence
        whole = "; ".join(self.description.sources)
        return whole if not licence or licence in whole else f"{whole} ({licence})"

    @property
    def label(self) -> dict[str, Any]:
        """What every output says of the cluster, as plain data."""
        d = self.description
        return {
            "name": d.name,
            "place": d.place,
            "synthetic": d.synthetic,
            "sources": list(d.sources),
            "licence": d.licence,
            "enterprises": len(self.enterprises),
        }

    @property
    def years(self) -> tuple[int, ...]:
        """The years with data on energy, emissions or accounts."""
        return tuple(sorted({y for n in ("energy", "emissions", "accounts") for y in self.table(n).years}))

    @property
    def raw(self) -> dict[str, Any]:
        """What the provenance is the fingerprint of: the description, and a digest of every table."""
        return {
            "cluster": dict(self.description.raw),
            "tables": {n: _digest(t) for n, t in self.tables.items()},
        }


def _digest(table: ClusterTable) -> str:
    whole = hashlib.sha256()
    for name, column in sorted(table.columns.items()):
        whole.update(name.encode())
        whole.update(repr(column.tolist()).encode())
    return whole.hexdigest()[:16]


def _replaced(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a sentence with names for the codes among them, at any depth."""

    def replaced_value(value: Any) -> Any:
        if isinstance(value, Sentence):
            return Sentence(value.template, _replaced(value.values, names), value.keys)
        if isinstance(value, Together):
            return Together([replaced_value(part) for part in value.parts], value.between)
        return names.get(value, value) if type(value) is str else value

    return {key: replaced_value(value) for key, value in values.items()}
