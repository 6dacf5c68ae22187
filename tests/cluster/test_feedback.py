"""Feedback: what an enterprise is told, and that nobody finds another's figure in it."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cluster.folders import write
from separatrix.cli.app import run
from separatrix.errors import NameProblem
from separatrix.languages import language_of
from separatrix.writers.registry import write as written
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.documents.feedback import feedback_document
from separatrix_cluster.reporting.benchmarking import (
    LEAST_OTHERS,
    may_disclose_sum,
    peer_comparisons,
    safe_groups,
)
from separatrix_cluster.reporting.feedback import Feedback, enterprise_feedback
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

Figures = list[tuple[float, float, float]]
"""Of every enterprise: t CO2e, value added and staff of 2023."""

PARK = load_cluster("synthetic-park")
BOOKS = carbon_accounts(PARK)


def park(folder: Path, figures: Figures, sectors: str) -> Cluster:
    """Return a cluster with verified emissions and accounts of one year."""
    return load_cluster(
        str(
            write(
                folder,
                "name: Park\nmoney_unit: EUR\n",
                enterprises="id,name,sector\n"
                + "".join(f"E{k},Firm {k},{s}\n" for k, s in enumerate(sectors)),
                emissions="enterprise,year,gas,kind,amount,unit\n"
                + "".join(f"E{k},2023,CO2,verified,{c},t\n" for k, (c, _, _) in enumerate(figures)),
                accounts="enterprise,year,value_added,staff\n"
                + "".join(f"E{k},2023,{v},{n}\n" for k, (_, v, n) in enumerate(figures)),
            )
        )
    )


def pages(cluster: Cluster, who: list[int]) -> list[tuple[object, ...]]:
    """Return what the pages of some enterprises tell of others."""
    books = carbon_accounts(cluster)
    told = [enterprise_feedback(cluster, f"E{k}", books) for k in who]
    return [
        tuple((c.average, c.others, c.sectors, c.place, str(c.why)) for c in page.comparisons)
        for page in told
    ]


def drawn(seed: int, count: int) -> Figures:
    """Return figures of very different sizes."""
    rng = random.Random(seed)
    return [
        (
            round(rng.lognormvariate(8, 1.2), 1),
            round(rng.lognormvariate(14, 0.7)),
            round(rng.lognormvariate(5, 0.7)),
        )
        for _ in range(count)
    ]


def other_worlds(figures: Figures, target: int, readers: list[int], part: int) -> Iterator[Figures]:
    """Yield figures in which the target's differs by a fifth, the readers' own and all sums do not."""
    own = figures[target][part]
    for change in (0.22, -0.22, 0.24, -0.24, 0.3, -0.3):
        others = [k for k in range(len(figures)) if k != target and k not in readers]
        for giver in (*sorted(others, key=lambda k: -figures[k][part]), None):
            moved = [list(f) for f in figures]
            moved[target][part] += change * own
            if giver is None:
                whole = sum(figures[k][part] for k in others)
                for k in others:
                    moved[k][part] -= change * own * figures[k][part] / whole
            else:
                moved[giver][part] -= change * own
            if min(f[part] for f in moved) > 0:
                yield [(a, b, c) for a, b, c in moved]


@pytest.mark.parametrize(("seed", "sectors"), [(1, "AAAAABBBB"), (2, "AAAABBBB"), (3, "AAAAABBBCD")])
def test_two_readers_together_cannot_tell_the_figure_of_a_third(
    tmp_path: Path, seed: int, sectors: str
) -> None:
    """With another figure of it, a fifth off, and their own unchanged, both pages tell the same.

    The largest of a sector is looked for by the next two, who know most of the rest.
    """
    figures = drawn(seed, len(sectors))
    told = pages(park(tmp_path / "true", figures, sectors), list(range(len(figures))))
    assert any(c[0] is not None for page in told for c in page)
    for sector in sorted(set(sectors)):
        for part in range(3):
            within = [k for k, s in enumerate(sectors) if s == sector]
            target, *rest = sorted(within, key=lambda k: -figures[k][part])
            readers = [*rest, *(k for k in range(len(figures)) if k not in within)][:2]
            place = tmp_path / f"{sector}{part}"
            found = any(
                pages(park(place / str(n), world, sectors), readers) == [told[k] for k in readers]
                for n, world in enumerate(other_worlds(figures, target, readers, part))
            )
            assert found, (figures, target, readers, part)


def test_no_two_averages_differ_by_one_enterprise() -> None:
    """Over all pages each sector stands in one group only, and a group has one average of each measure."""
    told = [enterprise_feedback(PARK, str(e), BOOKS) for e in PARK.enterprises]
    averages: dict[tuple[str, tuple[str, ...]], set[float | None]] = {}
    for page in told:
        for c in page.comparisons:
            averages.setdefault((c.id, c.sectors), set()).add(c.average)
    assert all(len(found) == 1 for found in averages.values())
    groups = {sectors for _, sectors in averages}
    members = [s for sectors in groups for s in sectors]
    assert len(members) == len(set(members)) and len(groups) > 1
    assert all(c.others >= LEAST_OTHERS for page in told for c in page.comparisons)


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([(10, 10, 5), (12, 11, 6), (9, 10, 5)], False),  # two others only
        ([(10, 10, 5), (12, 11, 6), (9, 10, 5), (11, 9, 4)], True),
        ([(10, 10, 5), (12, 11, 6), (9, 10, 5), (900, 9, 4)], False),  # one has nearly all
        ([(10, 10, 5), (12, 11, 6), (9, 10, 5), (11, 9, 4000)], False),
        ([(0, 10, 5), (12, 11, 6), (9, 10, 5), (11, 9, 4)], False),  # three emit anything
    ],
)
def test_small_groups_and_those_of_one_giant_get_no_average(
    tmp_path: Path, figures: Figures, told: bool
) -> None:
    """There is no average, no place and no number of others, and the page says why."""
    page = enterprise_feedback(park(tmp_path, figures, "A" * len(figures)), "E0")
    for c in page.comparisons:
        if c.id != "energy-per-value-added":
            assert (c.average is not None) is told and (c.place is not None) is told
            assert (c.why is None) is told and (c.others > 0) is told


def test_groups_are_joined_until_every_sum_is_safe() -> None:
    """They leave nobody out, do not overlap, and are none where not even all together are safe."""
    rng = np.random.default_rng(5)
    for _ in range(200):
        count = int(rng.integers(1, 25))
        kinds = [f"C{k}" for k in rng.integers(0, 5, count)]
        sums = [rng.lognormal(3, 1, count), rng.lognormal(1, 1.5, count)]
        groups = safe_groups(kinds, sums)
        if groups:
            assert sorted(i for _, members in groups for i in members) == list(range(count))
            assert all(may_disclose_sum(s[members]) for _, members in groups for s in sums)
            assert all({kinds[i] for i in members} == set(of) for of, members in groups)
            assert len({k for of, _ in groups for k in of}) == sum(len(of) for of, _ in groups)
        else:
            assert not all(may_disclose_sum(s) for s in sums)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_names_nobody_else(lang: str) -> None:
    """No name, no id and no figure of another enterprise, in any of its texts; its own are all there."""
    books = BOOKS
    carbon = books.by_enterprise(2024)
    for at in (0, 11, 25):
        page = enterprise_feedback(PARK, str(PARK.enterprises[at]), books)
        text = written(feedback_document(PARK, page, language_of(lang)), "md", "x").content.decode()
        plain = text.replace("\u00a0", " ").replace(",", "") + str(page.to_dict())
        numbers = set(re.findall(r"[0-9.]+", plain))
        for k, identity in enumerate(map(str, PARK.enterprises)):
            if k != at:
                assert identity not in plain and PARK.name_of(identity) not in plain
                assert not numbers & {f"{carbon[k]:.0f}", f"{carbon[k] / 1e3:.3f}"}
        assert page.name in text and page.years[-1].total == pytest.approx(carbon[at])


def test_a_page_tells_what_is_missing(tmp_path: Path) -> None:
    """Columns that the enterprise left empty, and its own rows that were left out; not those of others."""
    cluster = load_cluster(
        str(
            write(
                tmp_path,
                energy="enterprise,year,carrier,amount,unit\nE01,2023,diesel,5,t\nE01,2023,diesle,7,t\n"
                "E02,2023,petrlo,9,t\nE02,2023,diesel,9,boxes\n",
                accounts="enterprise,year,value_added\nE01,2023,90\n",
            )
        )
    )
    first, second = (enterprise_feedback(cluster, e, year=2023) for e in ("E01", "E02"))
    assert [r.row for r in first.remarks] == [3] and sorted(r.row or 0 for r in second.remarks) == [4, 5]
    assert "staff of 2023" in first.missing and "value added of 2023" not in first.missing
    assert "energy or emissions of 2023" in second.missing and "value added of 2023" in second.missing


def test_the_command_writes_one_page_or_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By id or by name; without either one file for each enterprise, which are read back by their titles."""
    name = PARK.name_of("E05")
    assert run(["cluster", "feedback", "synthetic-park", "E05"]) == 0
    by_id = capsys.readouterr().out
    assert run(["cluster", "feedback", "synthetic-park", name]) == 0
    assert capsys.readouterr().out == by_id and name in by_id
    assert (
        run(["cluster", "feedback", "synthetic-park", "--out", str(tmp_path / "all"), "--format", "md"]) == 0
    )
    files = sorted(p.name for p in (tmp_path / "all").iterdir())
    assert files == sorted(f"{e}.md" for e in PARK.enterprises)
    assert name in (tmp_path / "all" / "E05.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["synthetic-park", "E99"], "K250"),
        (["synthetic-park", "E05", "--year", "1990"], "K240"),
        (["synthetic-park"], "U901"),
        (["synthetic-park", "E05", "--out", "x.png"], "U902"),
    ],
)
def test_refusals(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a code and what to do, and nothing on standard output."""
    assert run(["cluster", "feedback", *arguments]) == 2
    shown = capsys.readouterr()
    assert code in shown.err and shown.out == ""


@pytest.mark.parametrize("format", ["docx", "html", "tex", "pdf", "md", "csv", "json"])
def test_every_format_is_written(format: str, tmp_path: Path) -> None:
    """In Chinese, with the name of the enterprise in those that hold text as text."""
    target = tmp_path / f"x.{format}"
    assert run(["cluster", "feedback", "synthetic-park", "E02", "--lang", "zh", "--out", str(target)]) == 0
    content = target.read_bytes()
    if format == "docx":
        import docx

        assert len(docx.Document(io.BytesIO(content)).tables) == 3
    elif format == "pdf":
        assert content.startswith(b"%PDF")
    else:
        assert ("E02" if format in ("csv", "json") else PARK.name_of("E02")) in content.decode()


def test_an_unknown_enterprise_is_refused_from_python() -> None:
    """With the nearest that there is."""
    with pytest.raises(NameProblem) as caught:
        enterprise_feedback(PARK, "E0l")
    assert caught.value.code == "K250" and "E0" in str(caught.value.hint)


def test_feedback_without_any_year(tmp_path: Path) -> None:
    """A cluster of names alone gives pages that say so."""
    cluster = load_cluster(str(write(tmp_path)))
    told = enterprise_feedback(cluster, "E01")
    assert isinstance(told, Feedback) and told.year is None and told.comparisons == ()
    text = written(feedback_document(cluster, told, language_of("en")), "md", "x").content.decode()
    assert "No energy or emissions data of this enterprise yet" in text


def gapped(folder: Path) -> Cluster:
    """Return five alike of which the first lacks its gas of 2023, and the last closed in 2022."""
    energy = "enterprise,year,carrier,amount,unit\n"
    for k in range(6):
        for year in (2022, 2023):
            if (k, year) != (5, 2023):
                energy += f"E{k},{year},diesel,{100 + k},t\n"
            if (k, year) not in ((0, 2023), (5, 2023)):
                energy += f"E{k},{year},natural_gas,{900 + k},1000 m3\n"
    return load_cluster(
        str(
            write(
                folder,
                enterprises="id,name,sector,closed\n"
                + "".join(f"E{k},Firm {k},C30,{2022 if k == 5 else ''}\n" for k in range(6)),
                energy=energy,
                accounts="enterprise,year,value_added,staff\n"
                + "".join(f"E{k},{y},{90 + k},9\n" for k in range(5) for y in (2022, 2023)),
            )
        )
    )


def test_an_incomplete_enterprise_is_marked_and_compared_with_nobody(tmp_path: Path) -> None:
    """Its own page tells what is missing in place of a comparison, and it is in no average of the others."""
    cluster = gapped(tmp_path)
    own, other = (enterprise_feedback(cluster, e, year=2023) for e in ("E0", "E1"))
    assert [(g.source, g.year) for g in own.gaps] == [("natural_gas", 2023)]
    assert [y.whole for y in own.years] == [True, False]
    carbon = next(c for c in own.comparisons if c.id == "carbon-per-value-added")
    assert carbon.own is None and carbon.average is None and "not complete" in str(carbon.why)
    text = written(feedback_document(cluster, own, language_of("en")), "md", "x").content.decode()
    plain = text.replace("\u00a0", " ")
    assert (
        "which is incomplete: missing natural gas" in plain
        and "Natural gas, 2023: no row" in plain
        and "≥ " in plain
    )
    beside = next(c for c in other.comparisons if c.id == "carbon-per-value-added")
    books = carbon_accounts(cluster).by_enterprise(2023)
    whole = sum(books[1:5]) / (sum(90.0 + k for k in range(1, 5)))
    assert beside.others == 3 and beside.average == pytest.approx(whole, rel=0.02)
    assert "estimate" not in str(own.to_dict())


def test_a_closed_enterprise_is_asked_for_nothing(tmp_path: Path) -> None:
    """Its page says when it closed, and lists nothing of a later year as missing."""
    cluster = gapped(tmp_path)
    told = enterprise_feedback(cluster, "E5", year=2023)
    assert told.missing == () and told.gaps == () and str(told.away) == "it closed in 2022"
    text = written(feedback_document(cluster, told, language_of("en")), "md", "x").content.decode()
    assert text.count("It closed in 2022; no data needed for 2023.") == 2


def test_the_places_of_all_are_those_of_each() -> None:
    """Worked out together for all enterprises, comparisons are what each page alone has told."""
    together = peer_comparisons(PARK, completeness_of(PARK, BOOKS), 2024)
    for enterprise in map(str, PARK.enterprises):
        assert together[enterprise] == enterprise_feedback(PARK, enterprise, BOOKS).comparisons


def test_what_compares_rows_with_others_tells_none_of_their_figures(tmp_path: Path) -> None:
    """A buyer whose supplier cannot have made what it sold is told so, without what the supplier made."""
    cluster = load_cluster(
        write(
            tmp_path,
            "name: Park\ncountry: CN\ngrid_area: East\nmoney_unit: CNY\n",
            enterprises="id,name,sector\nA,Maker,C26\nB,Buyer,C26\n",
            energy="enterprise,year,carrier,amount,unit,supplier\n"
            "A,2024,natural_gas,1.2345,1e4 Nm3,\n"
            "B,2024,heat,98765,GJ,A\nB,2024,electricity,10,MWh,\n",
        )
    )
    accounts = carbon_accounts(cluster)
    assert any("481" in r.what for r in accounts.remarks if r.code == "K218")
    (told,) = (r for r in enterprise_feedback(cluster, "B", accounts).remarks if r.code == "K218")
    assert not re.search(r"\d", told.what + (told.hint or ""))
