"""The shipped clusters give the figures that are known of them."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.frame.concentration import concentration_ratio, herfindahl, location_quotient
from separatrix_cluster.frame.frame import network_of
from separatrix_cluster.tables.reader import load_cluster

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("year", "megatonnes"), [(2008, 22.27), (2016, 29.60), (2022, 21.68)])
def test_emissions_of_rotterdam(year: int, megatonnes: float) -> None:
    """Seventy installations, with the totals of three years."""
    port = load_cluster("rotterdam")
    assert len(port.enterprises) == 70
    assert carbon_accounts(port).total(year) / 1e6 == pytest.approx(megatonnes, abs=0.005)


def test_concentration_of_rotterdam() -> None:
    """Of the 48 installations of 2022."""
    emitted = carbon_accounts(load_cluster("rotterdam")).by_enterprise(2022)
    emitted = emitted[np.nan_to_num(emitted) > 0]
    assert len(emitted) == 48
    assert herfindahl(emitted) == pytest.approx(0.109, abs=5e-4)
    assert concentration_ratio(emitted) == pytest.approx(0.592, abs=5e-4)


def test_manufacturing_of_harris_county() -> None:
    """62 facilities, of which 60 reported 36.41 Mt in 2019; Harris is one of Houston's four counties."""
    houston = load_cluster("houston")
    counties = Path(__file__).with_name("harris_facilities.txt").read_text(encoding="utf-8").split()
    emitted = carbon_accounts(houston).by_enterprise(2019)
    inside = np.isin(houston.enterprises.astype(str), counties)
    assert inside.sum() == 62
    assert (~np.isnan(emitted[inside])).sum() == 60
    assert np.nansum(emitted[inside]) / 1e6 == pytest.approx(36.41, abs=0.005)


def test_nondurables_of_hutchinson_county() -> None:
    """Value added 2019 (BEA CAGDP2, lines 25 and 1): the county's quotient against the United States."""
    lines = Path(__file__).with_name("hutchinson_value_added.csv").read_text(encoding="utf-8").splitlines()
    value = {(row["area"], row["line"]): float(row["value"]) for row in csv.DictReader(lines)}
    found = location_quotient(
        value["Hutchinson, TX", "25"],
        value["Hutchinson, TX", "1"],
        value["United States", "25"],
        value["United States", "1"],
    )
    assert found == pytest.approx(16.55, abs=0.005)


def test_exchanges_of_kalundborg() -> None:
    """Nodes, exchanges, arcs, pairs, connectance, spectral radius, and the busiest partner."""
    found = network_of(load_cluster("kalundborg"))
    assert found is not None
    assert (found.nodes, found.links, found.arcs, found.pairs) == (20, 35, 30, 26)
    assert found.connectance == pytest.approx(0.137, abs=5e-4)
    assert found.spectral_radius == pytest.approx(2.455, abs=5e-4)
    assert found.reciprocity == pytest.approx(0.2667, abs=5e-5)
    assert found.busiest_degree == 13


def test_the_whole_of_the_emissions_trading_system() -> None:
    """The gzipped file of the benchmarks holds every installation, and 1.52 Gt in 2019."""
    path = ROOT / "benchmarks" / "data" / "eutl-2005-2022.csv.gz"
    with gzip.open(path) as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed, "utf-8")))
    assert len(rows) == 15686
    assert sum(float(row["ve2019"] or 0) for row in rows) / 1e9 == pytest.approx(1.521, abs=5e-4)
