"""The parts of a cluster's pages: each is there, or says which tables it takes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from cluster.folders import ENERGY, park
from separatrix.studio.offline import offline_page
from separatrix.studio.upload import Upload
from separatrix.studio.worker_process import opened
from separatrix_cluster.studio.cluster_json import MOST_ENTERPRISES
from separatrix_cluster.studio.uploads import (
    PARTS,
    cluster_game_of,
    offline_cluster,
    part,
    part_json,
    whole_cluster_json,
)
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_cluster, shipped_names
from thinning import thinned


def whole(told: dict[str, dict[str, object]]) -> bool:
    """Return whether a part says something in each language, and not the same."""
    key = "refused" if "refused" in told["en"] else "document"
    hints = [told[code].get("hint") for code in ("en", "zh")]
    return (
        bool(told["zh"][key])
        and told["zh"][key] != told["en"][key]
        and (None in hints or len(set(hints)) == 2)
    )


@pytest.mark.parametrize("name", ["houston", "messy-park", "rotterdam"])
def test_a_part_is_told_in_each_language_or_says_what_it_takes(name: str) -> None:
    """Where the tables do not suffice, both languages say why and what would, in different words."""
    cluster = load_cluster(name)
    parts = {wanted: part_json(cluster, wanted) for wanted in PARTS}
    assert all(whole(told["told"]) for told in parts.values())
    refused = [wanted for wanted, told in parts.items() if "code" in told]
    assert refused == ["exchanges", "measures", "diffusion", "calibration"]


@thinned("wanted", PARTS, each_run=["brief", "calibration", "carbon"])
def test_a_served_part_calls_a_cluster_as_its_folder_and_tells_no_path(wanted: str, tmp_path: Path) -> None:
    """Commands on a page can be typed where the folder is; the server's own folder is never told."""
    paths = [p for p in shipped_cluster("synthetic-park").iterdir() if p.is_file()]
    cluster = opened(Upload.of_paths("cluster", sorted(paths)), tmp_path)
    found = part(cluster, {"part": wanted}, lambda _: None)
    told = json.dumps(found, ensure_ascii=False)
    assert str(tmp_path) not in told and whole(found["told"])
    if wanted in ("brief", "calibration"):
        assert "separatrix calibrate synthetic-park" in told


def test_the_file_that_the_server_gives_is_the_one_that_the_command_writes(tmp_path: Path) -> None:
    """A page saved from the studio has the bytes of `export-html`, and nothing of the server's folders."""
    paths = [p for p in shipped_cluster("houston").iterdir() if p.is_file()]
    cluster = opened(Upload.of_paths("cluster", sorted(paths)), tmp_path)
    saved = base64.b64decode(offline_cluster(cluster, {"language": "zh"}, lambda _: None)["base64"]).decode()
    assert str(tmp_path) not in saved
    assert saved == offline_page(None, "zh", whole_cluster_json(load_cluster("houston")))


def test_only_tables_that_make_a_game_give_the_phase_pages_one() -> None:
    """Of the shipped clusters one has measures and accounts, and its game has Chinese names."""
    games = {name: cluster_game_of(load_cluster(name)) for name in shipped_names()}
    assert [name for name, game in games.items() if game is not None] == ["synthetic-park"]
    made = games["synthetic-park"]
    assert made is not None and "zh" in made.translations


def test_the_offline_file_of_a_cluster_has_the_same_bytes_each_time() -> None:
    """Nothing in it depends on the time, on the order of threads, or on what was computed before."""
    pages = [offline_page(None, "zh", whole_cluster_json(load_cluster("kalundborg"))) for _ in range(2)]
    assert pages[0] == pages[1] and "<title>Kalundborg Symbiosis</title>" in pages[0]


def test_names_cannot_become_code(tmp_path: Path) -> None:
    """An enterprise may be called anything: in the file that opens from disk it is data and no element."""
    evil = "</script><img src=x onerror=alert(1)>"
    cluster = park(
        tmp_path,
        enterprises=f"id,name\nE01,{evil}\nE02,<b>Second</b>\n",
        energy=f"{ENERGY}E01,2024,raw coal,100,t\nE02,2024,electricity,10,MWh\n",
        links="from,to,kind,stream\nE01,E02,exchange,<script>x</script>\n",
    )
    page = offline_page(None, "en", whole_cluster_json(cluster))
    assert "<img src" not in page and page.count("<script") == 2
    data = page.partition('id="separatrix-data">')[2].partition("</script>")[0]
    told = json.loads(data)["cluster"]["content"]
    assert told["carbon"]["enterprises"] == [evil, "<b>Second</b>"]
    assert [node["name"] for node in told["exchanges"]["nodes"]] == [evil, "<b>Second</b>"]


@pytest.mark.parametrize(
    ("enterprises", "energy"),
    [
        ("id,name\nE01,Alone\n", ""),
        ("id,name\nE01,Alone\n", "E01,2024,raw coal,0,t\n"),
        ("id,name\nE01,Alone\nE02,\n", "E01,2024,raw coal,ten,t\nE02,2023,raw coal,5,t\n"),
    ],
)
def test_a_cluster_of_next_to_nothing_has_all_its_pages(
    enterprises: str, energy: str, tmp_path: Path
) -> None:
    """Without rows, with zeros, with rows that were left out: each page says what can be said."""
    cluster = park(tmp_path, enterprises=enterprises, energy=ENERGY + energy)
    content = whole_cluster_json(cluster)["content"]
    json.dumps(content, allow_nan=False)
    assert all(whole(part["told"]) for part in content.values())


def test_the_range_of_an_enterprise_has_no_end_of_many_times_what_is_likely(tmp_path: Path) -> None:
    """Where a year may be a thousandth of the others, the page gives no upper end."""
    rows = "".join(f"E02,{year},electricity,10000,MWh\n" for year in range(2018, 2023))
    cluster = park(tmp_path, energy=f"{ENERGY}{rows}E02,2023,electricity,10,MWh\n")
    told = part_json(cluster, "carbon")
    year = next(year for year in told["years"] if year["year"] == 2023)
    row = year["enterprises"][told["enterprises"].index("Second")]
    assert row[3] is not None and row[4] is None


def test_of_thousands_of_enterprises_a_page_tells_the_largest_one_by_one(tmp_path: Path) -> None:
    """The file stays small enough to open, and the totals are those of all."""
    count = MOST_ENTERPRISES + 50
    rows = [f"E{k},Plant {k}" for k in range(count)]
    amounts = [f"E{k},2024,raw coal,{k + 1},t" for k in range(count)]
    cluster = park(
        tmp_path, enterprises="\n".join(["id,name", *rows]), energy=ENERGY + "\n".join(amounts) + "\n"
    )
    told = part_json(cluster, "carbon")
    assert (len(told["enterprises"]), told["all"]) == (MOST_ENTERPRISES, count)
    assert told["enterprises"][0] == "Plant 50" and told["enterprises"][-1] == f"Plant {count - 1}"
    year = told["years"][0]
    assert sum(row[0] for row in year["enterprises"]) < year["counted"]
