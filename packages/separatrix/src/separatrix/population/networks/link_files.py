"""Links as people keep them: a table of pairs, GraphML, a graph of networkx.

The table has the columns ``from`` and ``to``, and may have ``weight`` and ``kind``.

References
----------
Brandes, U. et al. (2002). GraphML progress report. Graph Drawing, LNCS 2265, 501–512.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.io.cells import MAX_BYTES, Cells
from separatrix.io.csv import read_cells
from separatrix.io.files import decode, read_bytes
from separatrix.population.networks.link_graph import LinkGraph, link_graph, unknown_enterprise

__all__ = ["link_graph_of", "number_in", "read_links"]

COLUMNS = ("from", "to", "weight", "kind")


def read_links(
    path: str | Path, names: Sequence[str] | None = None, *, undirected: bool | None = None
) -> LinkGraph:
    """Return the graph of a file of links.

    Parameters
    ----------
    path : str or Path
        A table (.csv, .tsv, .xlsx, .ods) with columns from, to and, if need be, weight and kind; or .graphml.
    names : sequence of str, optional
        The enterprises; by default those that the links name, in their order.
    undirected : bool, optional
        Whether each link leads both ways; by default what GraphML says, else False.

    Returns
    -------
    LinkGraph
        A link ``from -> to`` means that ``to`` sees, copies, is activated by ``from``.

    Raises
    ------
    InputError
        N107 for a table without these columns, or for a file that is not GraphML; N103 for a weight that is
        not a number; and what `link_graph` raises, with the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "links.csv"
    >>> written = path.write_text("from,to,weight\\nhub,a,1\\nhub,b,2\\n")
    >>> read_links(path).names
    ('hub', 'a', 'b')
    """
    path = Path(path)
    if path.suffix.lower() in (".graphml", ".xml"):
        return _graphml(path, names, undirected)
    if path.suffix.lower() in (".csv", ".tsv") and _is_large(path):
        return _large(path, names, bool(undirected))
    cells = read_cells(path)
    return _links_in(cells, path, names, bool(undirected))


def link_graph_of(graph: Any, *, weight: str = "weight", kind: str = "kind") -> LinkGraph:
    """Return a graph of networkx, whose edges u -> v mean that v sees u; undirected ones lead both ways.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph, or a multigraph with kinds
    weight, kind : str
        The attributes of edges that hold their weight (1 where there is none) and their kind.

    Returns
    -------
    LinkGraph

    Raises
    ------
    InputError, NameProblem
        As `link_graph` does.

    Examples
    --------
    >>> import networkx
    >>> link_graph_of(networkx.path_graph(3)).links
    4
    """
    nodes = list(graph.nodes)
    where = {node: k for k, node in enumerate(nodes)}
    edges = list(graph.edges(data=True))
    pairs = np.array([(where[u], where[v]) for u, v, _ in edges], np.int64).reshape(-1, 2)
    weights = [1.0 if data.get(weight) is None else float(data[weight]) for _, _, data in edges]
    kinds = [str(data.get(kind, "")) for _, _, data in edges]
    return link_graph(
        [str(node) for node in nodes],
        pairs,
        weights,
        undirected=not graph.is_directed(),
        kinds=kinds if any(kinds) else None,
    )


def number_in(text: str, decimal_comma: bool = False) -> float | None:
    """Return the number that a cell holds; None where it holds none.

    Examples
    --------
    >>> number_in("0,5", decimal_comma=True), number_in("about 3")
    (0.5, None)
    """
    try:
        return float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        return None


# --------------------------------------------------------------------------- tables


def _links_in(cells: Cells, path: Path, names: Sequence[str] | None, undirected: bool) -> LinkGraph:
    header = [heading.strip().lower() for heading in cells.header]
    _columns_of(header, path)

    def place(at: int) -> Place:
        return Place(str(path), cells.rows[at])

    for remark in cells.remarks:
        if remark.severity == "error":
            raise InputError("N107", str(remark.what), where=Place(str(path), remark.row), hint=None)
    source, target = (cells.columns[header.index(name)] for name in COLUMNS[:2])
    for at, pair in enumerate(zip(source, target, strict=True)):
        if not all(pair):
            raise InputError(
                "N107",
                f"a link without its {'from' if not pair[0] else 'to'}",
                where=place(at),
                hint="name both ends of each link",
            )
    weights = None
    if "weight" in header:
        weights = _weights(cells.columns[header.index("weight")], cells.decimal_comma, place)
    kinds = cells.columns[header.index("kind")] if "kind" in header else None
    own = names or list(dict.fromkeys(end for pair in zip(source, target, strict=True) for end in pair))
    return link_graph(
        own,
        list(zip(source, target, strict=True)),
        weights,
        undirected=undirected,
        kinds=kinds,
        place=place,
    )


def _columns_of(header: Sequence[str], path: Path) -> None:
    """Refuse a heading without the two ends of links, or with a column that is there twice."""
    lacking = [name for name in COLUMNS[:2] if name not in header]
    if lacking:
        near = nearest(lacking[0], [h for h in header if h not in COLUMNS])
        raise InputError(
            "N107",
            f"{path.name} has no column `{lacking[0]}`; found: {', '.join(h for h in header if h) or 'none'}",
            where=Place(str(path), 1),
            hint=f"rename the column `{near}`"
            if near
            else "the columns of links are from, to, and if need be weight and kind",
        )
    for name in COLUMNS:
        if header.count(name) > 1:
            raise InputError(
                "N107", f"{path.name} has two columns `{name}`", where=Place(str(path), 1), hint="keep one"
            )


def _weights(texts: Sequence[str], comma: bool, place: Any) -> NDArray[np.float64]:
    weights = np.ones(len(texts))
    for at, text in enumerate(texts):
        number = number_in(text, comma) if text else 1.0
        if number is None:
            raise InputError(
                "N103",
                f"a link has the weight `{text}`; expected a number of 0 or more",
                where=place(at),
                hint="leave the cell empty for a weight of 1",
            )
        weights[at] = number
    return weights


# --------------------------------------------------------------------------- large tables


LARGE = 20_000_000
"""Bytes of a table past which it is read column by column, as programs write such tables: without comments,
empty lines or another encoding than UTF-8."""


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > LARGE
    except (OSError, ValueError):
        return False


def _large(path: Path, names: Sequence[str] | None, undirected: bool) -> LinkGraph:
    """Return the links of a table of millions of rows."""
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline().rstrip("\n")
        separator = max(",;\t", key=first.count)
        header = [heading.strip().strip('"').lower() for heading in first.split(separator)]
        _columns_of(header, path)
        kept = [k for k, name in enumerate(header) if name in COLUMNS]
        table = pd.read_csv(
            path,
            sep=separator,
            header=0,
            names=header,
            usecols=kept,
            index_col=False,
            dtype={name: "float64" if name == "weight" else "category" for name in COLUMNS if name in header},
            skip_blank_lines=False,
            keep_default_na=False,
            na_values={"weight": [""], "from": [""], "to": [""]},
            encoding="utf-8-sig",
        )
    except InputError:
        raise
    except (ValueError, OSError) as problem:  # pandas' own errors are of this kind
        reason = " ".join(str(problem).split())
        raise InputError(
            "N107",
            f"the table cannot be read: {reason}",
            where=Place(str(path)),
            hint="a table of this size has one line a link, in UTF-8, without comments",
        ) from None

    def place(at: int) -> Place:
        return Place(str(path), at + 2)

    ends = [table[name].cat for name in COLUMNS[:2]]
    for name, column in zip(COLUMNS, ends, strict=False):
        for at in np.flatnonzero(column.codes.to_numpy() < 0)[:1]:
            raise InputError(
                "N107", f"a link without its {name}", where=place(int(at)), hint="name both ends of each link"
            )
    told = [[str(name).strip() for name in column.categories] for column in ends]
    own = list(names) if names is not None else list(dict.fromkeys(name for part in told for name in part))
    where = {name: k for k, name in enumerate(own)}
    pairs = np.empty((len(table), 2), np.int64)
    for k, (column, categories) in enumerate(zip(ends, told, strict=True)):
        known = np.array([where.get(name, -1) for name in categories], np.int64)
        pairs[:, k] = known[column.codes.to_numpy()]
        for at in np.flatnonzero(pairs[:, k] < 0)[:1]:
            raise unknown_enterprise(categories[int(column.codes.iloc[at])], where, place(int(at)))
    weights = table["weight"].fillna(1.0).to_numpy() if "weight" in header else None
    kinds = table["kind"].tolist() if "kind" in header else None
    return link_graph(own, pairs, weights, undirected=undirected, kinds=kinds, place=place)


# --------------------------------------------------------------------------- GraphML


class _GraphML:
    """What one GraphML file says, read tag by tag."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parser: Any = expat.ParserCreate()
        self.parser.buffer_text = True  # else each line end comes alone
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.attributes: dict[str, tuple[str, str]] = {}
        self.directed: bool | None = None
        self.nodes: list[str] = []
        self.edges: list[tuple[str, str, bool, int]] = []
        self.told: list[dict[str, str]] = []
        self.graphs = 0
        self.inside, self.key = "", ""
        self.written: list[str] = []

    def place(self) -> Place:
        return Place(str(self.path), self.parser.CurrentLineNumber)

    def refuse(self, *_: object) -> None:
        raise InputError(
            "N107", "the file declares a DOCTYPE, which GraphML has no need of", where=self.place()
        )

    def start(self, tag: str, own: Mapping[str, str]) -> None:
        self.written = []
        match tag.rpartition(":")[2]:
            case "key":
                self.attributes[own.get("id", "")] = (own.get("for", "all"), own.get("attr.name", ""))
            case "graph":
                self.graphs += 1
                if self.graphs > 1:
                    raise InputError(
                        "N107",
                        "a second graph, or a graph within a node",
                        where=self.place(),
                        hint="keep one graph",
                    )
                self.directed = own.get("edgedefault") == "directed"
            case "node":
                self.inside = "node"
                self.nodes.append(own.get("id", ""))
            case "edge":
                self.inside = "edge"
                both = own.get("directed", str(bool(self.directed)).lower()) == "true"
                self.edges.append(
                    (own.get("source", ""), own.get("target", ""), both, self.parser.CurrentLineNumber)
                )
                self.told.append({})
            case "hyperedge":
                raise InputError("N107", "a hyperedge; links have two ends", where=self.place())
            case "data":
                self.key = own.get("key", "")

    def text(self, piece: str) -> None:
        self.written.append(piece)

    def end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "data" if self.inside == "edge":
                _, name = self.attributes.get(self.key, ("all", self.key))
                self.told[-1][name or self.key] = "".join(self.written).strip()
            case "node" | "edge":
                self.inside = ""


def _graphml(path: Path, names: Sequence[str] | None, undirected: bool | None) -> LinkGraph:
    text = decode(read_bytes(path, MAX_BYTES, "a graph"), path)
    found = _GraphML(path)
    try:
        found.parser.Parse(text, True)
    except expat.ExpatError as problem:
        raise InputError(
            "N107",
            f"the file is not valid XML: {expat.ErrorString(problem.code)}",
            where=Place(str(path), problem.lineno),
            hint="save it as GraphML again",
        ) from None
    if not found.graphs:
        raise InputError(
            "N107", "the file holds no `graph`", where=Place(str(path)), hint="save it as GraphML"
        )
    known = set(found.nodes)
    for source, target, _, line in found.edges:
        for end in (source, target):
            if end not in known:
                raise NameProblem(
                    "N101",
                    f"an edge names `{end}`, which is not a node",
                    where=Place(str(path), line),
                    hint="add the node, or mend the edge",
                )
    pairs: list[tuple[str, str]] = []
    at: list[int] = []
    for number, (source, target, directed, _) in enumerate(found.edges):
        pairs.append((source, target))
        at.append(number)
        if not directed and undirected is None:
            pairs.append((target, source))
            at.append(number)

    def place(k: int) -> Place:
        return Place(str(path), found.edges[at[k]][3])

    weights = _weights([found.told[k].get("weight", "") for k in at], False, place)
    kinds = [found.told[k].get("kind", "") for k in at]
    return link_graph(
        found.nodes if names is None else names,
        pairs,
        weights,
        undirected=bool(undirected),
        kinds=kinds if any(kinds) else None,
        place=place,
    )
