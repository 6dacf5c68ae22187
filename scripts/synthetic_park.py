"""Write the tables of `synthetic-park`, the made-up cluster that shows every table a cluster can have.

Run it with ``python scripts/synthetic_park.py``; the same seed gives the same files. Nothing in them is
measured: sizes, energy use and money are drawn to be consistent with a Chinese park of cement, chemicals,
metals, machines and food, and so that each of the four difficulties can be scored.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from separatrix_cluster.footprints.footprint import ProductFootprint

FOLDER = (
    Path(__file__).parents[1]
    / "packages"
    / "separatrix-cluster"
    / "src"
    / "separatrix_cluster"
    / "shipped"
    / "synthetic-park"
)
YEARS = range(2020, 2025)
Firm = dict[str, Any]

DESCRIPTION = """\
format: 1
name: Synthetic park (made up)
synthetic: true
place: nowhere
country: CN
grid_area: East
money_unit: 10k CNY
price_year: 2024
deflators: {2020: 96.4, 2021: 98.9, 2022: 99.8, 2023: 99.4, 2024: 100}
exchange_rates: {EUR: 7.8}
factor_set: cn-guideline
park_standard: cn-zero-carbon-park-2025
base_year: 2020
target_year: 2030
survey_scale: [1, 5]
region_area: Our county
eu_carbon_price: 550
code_scheme: GB/T 4754 divisions
sources:
  - made up by scripts/synthetic_park.py; nothing here was measured
notes: >-
  A cluster that does not exist, with every table that a cluster can have. It shows what the program can
  compute; it must not be quoted as a result.
"""

# sector, people, value added per head (10k CNY), value added over output, tce per 10k CNY of value added,
# shares of coal, gas, electricity and heat in energy, export share
SECTORS = {
    "C30": ("Cement and glass", 220, 22.0, 0.27, 4.6, (0.80, 0.02, 0.16, 0.02), 0.03),
    "C26": ("Chemicals", 260, 34.0, 0.22, 2.4, (0.35, 0.15, 0.25, 0.25), 0.22),
    "C31": ("Iron and steel", 420, 26.0, 0.18, 5.2, (0.72, 0.06, 0.20, 0.02), 0.14),
    "C34": ("Machines", 180, 24.0, 0.31, 0.32, (0.02, 0.20, 0.70, 0.08), 0.30),
    "C14": ("Food", 150, 18.0, 0.26, 0.42, (0.10, 0.25, 0.40, 0.25), 0.08),
}
PLAN = [("C30", 4), ("C26", 7), ("C31", 3), ("C34", 9), ("C14", 5)]
WORDS = ("River", "Hill", "East Lake", "Pine", "Golden", "New Bridge", "Union", "Red Rock", "Star", "Harbour")


STREAM_COLUMNS = (
    "enterprise", "stream", "direction", "amount", "unit", "reused", "price", "quality", "code",
    "temperature", "return_temperature", "purity", "hazard", "minimum_lot", "disposal_cost",
    "recovery_cost", "conversion", "co2_avoided", "transport_cost", "connection_cost", "pipe_cost", "life",
    "reach",
)  # fmt: skip
FACILITY_COLUMNS = (
    "id", "name", "fixed_cost", "capacity", "unit", "unit_cost", "may_connect", "carries",
    "connection_cost", "loss", "life", "temperature", "purity", "hazard",
)  # fmt: skip


def _row(text: str, **told: Any) -> dict[str, Any]:
    """Return a stream: enterprise, name, direction, amount and unit in one text, all else by column."""
    enterprise, stream, direction, amount, unit = (part.strip() for part in text.split("|"))
    return {
        "enterprise": enterprise,
        "stream": stream,
        "direction": direction,
        "amount": amount,
        "unit": unit,
        **told,
    }


# What steam from the boilers of a food maker costs, and what its coal emits: 52 CNY/GJ and 0.098 t/GJ.
STEAM = {"price": 52, "co2_avoided": 0.098}
STREAMS = [
    _row("E12 | blast-furnace slag | offered | 62000 | t", reused="55 %", price=35, quality="granulated",
         disposal_cost=12, recovery_cost=6, minimum_lot=4000, co2_avoided=0, transport_cost=0.6,
         connection_cost=120, life=15, reach=60),
    _row("E05 | low-pressure steam | offered | 210000 | GJ", reused="30 %", price=18, quality="0.4 MPa",
         temperature=145, disposal_cost=0, recovery_cost=4, co2_avoided=0, transport_cost=0, pipe_cost=180,
         connection_cost=60, life=20, reach=8),
    _row("E01 | slag | wanted | 40000 | t", price=78, quality="ground", minimum_lot=3000, recovery_cost=9,
         co2_avoided=0.62),
    _row("E24 | heat | wanted | 36000 | GJ", quality="above 120 °C", temperature=120, **STEAM),
    _row("E06 | gypsum | offered | 15000 | t", reused="10 %", price=-20, quality="wet", purity="91 %",
         minimum_lot=1000, recovery_cost=14, co2_avoided=0, transport_cost=0.7, connection_cost=90, life=15),
    _row("E13 | cooling water | offered | 900000 | m3", reused="70 %", price=0.4, quality="30 °C",
         purity="90 %", disposal_cost=0.9, recovery_cost=0.3, co2_avoided=0, transport_cost=0,
         pipe_cost=60, connection_cost=20, life=25),
    _row("E12 | waste heat | offered | 96000 | GJ", reused="0 %", price=8, temperature=220,
         return_temperature=70, disposal_cost=0, recovery_cost=7, co2_avoided=0, transport_cost=0,
         pipe_cost=180, connection_cost=150, life=20, reach=8),
    _row("E25 | heat | wanted | 22000 | GJ", temperature=90, return_temperature=60, **STEAM),
    _row("E26 | heat | wanted | 14000 | GJ", temperature=128, **STEAM),
    _row("E27 | heat | wanted | 9000 | GJ", temperature=85, return_temperature=55, **STEAM),
    _row("E28 | steam | wanted | 12000 | GJ", temperature=165, **STEAM),
    _row("E02 | gypsum | wanted | 9000 | t", price=62, purity="85 %", minimum_lot=1500, recovery_cost=5,
         co2_avoided=0.03),
    _row("E03 | gypsum | wanted | 12000 | t", price=58, purity="94 %", co2_avoided=0.03),
    _row("E05 | process water | wanted | 420000 | m3", price=4.1, purity="94 %", co2_avoided=0.0004),
    _row("E06 | process water | wanted | 160000 | m3", price=4.1, purity="85 %", co2_avoided=0.0004),
    _row("E24 | waste water | offered | 310000 | m3", reused="0 %", purity="60 %", disposal_cost=2.2,
         recovery_cost=0, co2_avoided=0, transport_cost=0, pipe_cost=60, connection_cost=20, life=25),
    _row("E07 | spent solvent | offered | 900 | t", reused="0 %", price=-1800, hazard="HW06",
         purity="70 %", minimum_lot=50, recovery_cost=350, co2_avoided=1.1, transport_cost=1.4,
         connection_cost=25, life=10),
    _row("E08 | solvent | wanted | 500 | t", price=3100, purity="65 %", hazard="HW06", conversion=0.85,
         recovery_cost=900, co2_avoided=1.6),
    _row("E10 | solvent | wanted | 700 | t", price=3300, purity="65 %", recovery_cost=900, co2_avoided=1.6),
    _row("E13 | scrap steel | offered | 5200 | t", reused="40 %", price=1900, disposal_cost=0,
         recovery_cost=40, co2_avoided=0, transport_cost=0.7, connection_cost=15, life=10),
    _row("E12 | scrap | wanted | 30000 | t", price=2150, co2_avoided=1.4),
    _row("E14 | steel slag | offered | 700 | t", reused="20 %", disposal_cost=15, recovery_cost=12,
         co2_avoided=0, transport_cost=0.6, connection_cost=20, life=15),
    _row("E26 | organic residue | offered | 4100 | t", reused="50 %", disposal_cost=110, recovery_cost=0,
         co2_avoided=0.2, transport_cost=0.9, connection_cost=10, life=10),
]  # fmt: skip
FACILITIES = [
    {"id": "heat-network", "name": "steam pipes between chemicals and food", "fixed_cost": 800,
     "capacity": 240000, "unit": "GJ", "unit_cost": 6, "carries": "waste energy", "connection_cost": 35,
     "loss": "8 %", "life": 25},
    {"id": "water-works", "name": "shared treatment of waste water", "fixed_cost": 1500,
     "capacity": 2000000, "unit": "m3", "unit_cost": 1.8, "may_connect": "E05 E06 E07 E24",
     "carries": "water", "connection_cost": 30, "loss": "10 %", "life": 25, "purity": "95 %"},
]  # fmt: skip


def main() -> None:
    """Draw the cluster and write its files."""
    rng = np.random.default_rng(np.random.SeedSequence(20240630))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "cluster.yaml").write_text(DESCRIPTION, encoding="utf-8")
    firms = _firms(rng)
    _write(
        "enterprises",
        ("id", "name", "sector", "size", "leader"),
        [(f["id"], f["name"], f["sector"], f["size"], "yes" if f["leader"] else "") for f in firms],
    )
    _write_accounts(rng, firms)
    _write_energy(rng, firms)
    _write(
        "emissions",
        ("enterprise", "year", "kind", "amount", "unit", "gas", "uncertainty"),
        [
            (
                f["id"],
                year,
                "process",
                round(0.9 * f["process"] * f["growth"] ** (year - 2020)),
                "t",
                "CO2",
                "5 %",
            )
            for f in firms
            if f["process"]
            for year in YEARS
        ],
    )
    _write_links(rng, firms)
    _write_awareness(rng, firms)
    _write_rest(rng, firms)
    _write_products(firms)
    _write_adoption(firms)


def _firms(rng: np.random.Generator) -> list[Firm]:
    firms: list[Firm] = []
    for sector, count in PLAN:
        label, people, per_head, rate, intensity, mix, exported = SECTORS[sector]
        for k in range(count):
            scale = float(np.exp(rng.normal(0.0 if k else 1.4, 0.7)))
            staff = max(6, round(people * scale))
            size = "micro" if staff < 10 else "small" if staff < 50 else "medium" if staff < 250 else "large"
            firms.append(
                {
                    "id": f"E{len(firms) + 1:02d}",
                    "name": f"{WORDS[len(firms) % len(WORDS)]} {label.split(' ')[0]} {k + 1}",
                    "sector": sector,
                    "size": size,
                    "staff": staff,
                    "leader": k == 0 and sector in ("C26", "C31"),
                    "per_head": per_head * float(np.exp(rng.normal(0, 0.25))),
                    "rate": rate * float(rng.uniform(0.75, 1.15)),
                    "intensity": intensity * float(np.exp(rng.normal(0.1, 0.3))),
                    "mix": mix,
                    "exported": exported * float(rng.uniform(0, 1.8)),
                    "growth": 1 + float(rng.normal(0.045, 0.03)),
                    "saving": 1 - abs(float(rng.normal(0.012, 0.012))),
                    "clean": float(rng.uniform(0, 0.25)),
                    "process": round(staff * 260 * float(rng.uniform(0.8, 1.2))) if sector == "C30" else 0,
                }
            )
    return firms


def _value_added(firm: Firm, year: int) -> float:
    return float(firm["staff"] * firm["per_head"] * firm["growth"] ** (year - 2020))


def _write_accounts(rng: np.random.Generator, firms: list[Firm]) -> None:
    rows = []
    for firm in firms:
        research = abs(float(rng.normal(0.018 if firm["sector"] in ("C34", "C26") else 0.006, 0.008)))
        for year in YEARS:
            value = _value_added(firm, year)
            output = value / firm["rate"]
            told = firm["size"] != "micro"
            rows.append(
                (
                    firm["id"],
                    year,
                    round(output),
                    round(value),
                    round(output * firm["exported"]),
                    firm["staff"],
                    round(value * research * 1.5) if told else "",
                    max(0, round(firm["staff"] * research * 2)) if told else "",
                    int(rng.poisson(firm["staff"] * research / 4)) if told else "",
                    round(output * float(rng.uniform(0, 0.16))) if told else "",
                )
            )
    _write(
        "accounts",
        (
            "enterprise",
            "year",
            "output",
            "value_added",
            "exports",
            "staff",
            "rd_spend",
            "rd_staff",
            "patents",
            "new_product_sales",
        ),
        rows,
    )


def _write_energy(rng: np.random.Generator, firms: list[Firm]) -> None:
    heater = next(f["id"] for f in firms if f["sector"] == "C26")
    rows: list[tuple[Any, ...]] = []
    for firm in firms:
        for year in YEARS:
            tce = _value_added(firm, year) * firm["intensity"] * firm["saving"] ** (year - 2020)
            coal, gas, power, heat = firm["mix"]
            shift = 0.04 * (year - 2020) * coal  # a little coal gives way to gas every year
            coal, gas = coal - shift, gas + shift
            who = firm["id"]
            if coal > 0:
                rows.append(
                    (who, year, "raw_coal", round(tce * coal / 0.7143), "t", "used", "", "", "", "2 %")
                )
            if gas > 0:
                rows.append(
                    (
                        who,
                        year,
                        "natural_gas",
                        round(tce * gas / 13.3, 1),
                        "1e4 Nm3",
                        "used",
                        "",
                        "",
                        "",
                        "1 %",
                    )
                )
            bought = tce * power / 0.1229  # MWh
            green = firm["clean"] * (year - 2020) / 4
            rows.append(
                (
                    who,
                    year,
                    "electricity",
                    round(bought * (1 - green)),
                    "MWh",
                    "used",
                    "",
                    "grid",
                    "",
                    "0.5 %",
                )
            )
            if green > 0.02:
                rows.append(
                    (who, year, "electricity", round(bought * green), "MWh", "used", "", "direct", 0, "0.5 %")
                )
            if heat > 0:
                # What it supplies it must be able to make: the steam of the food makers takes a sixth of
                # its fuels.
                inside = heater if firm["sector"] == "C14" else ""
                rows.append(
                    (who, year, "heat", round(tce * heat * 29.307), "GJ", "used", inside, "", "", "3 %")
                )
    _write(
        "energy",
        (
            "enterprise",
            "year",
            "carrier",
            "amount",
            "unit",
            "use",
            "supplier",
            "market",
            "market_factor",
            "uncertainty",
        ),
        rows,
    )


def _write_links(rng: np.random.Generator, firms: list[Firm]) -> None:
    rows = []
    leaders = [f["id"] for f in firms if f["leader"]]
    for firm in firms:
        others = [f for f in firms if f is not firm]
        if not firm["leader"] and rng.random() < 0.35:
            rows.append((str(rng.choice(leaders)), firm["id"], "information", "", 2021))
        for _ in range(int(rng.poisson(0.9))):
            rows.append((firm["id"], str(rng.choice([f["id"] for f in others])), "information", "", 2021))
        if rng.random() < 0.4:
            rows.append((firm["id"], str(rng.choice([f["id"] for f in others])), "supply", "parts", 2020))
        if firm["sector"] in ("C34", "C26") and rng.random() < 0.3:
            rows.append((firm["id"], str(rng.choice([f["id"] for f in others])), "joint project", "", 2023))
    rows += [
        ("E05", "E13", "exchange", "waste heat", 2022),
        ("E12", "E01", "exchange", "blast-furnace slag", 2019),
    ]
    first: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        first.setdefault(row[:4], row)
    _write("links", ("from", "to", "kind", "stream", "year"), list(first.values()))


def _write_awareness(rng: np.random.Generator, firms: list[Firm]) -> None:
    chances = {"large": (0.9, 0.7), "medium": (0.45, 0.3), "small": (0.15, 0.1), "micro": (0.05, 0.02)}
    rows = []
    for firm in firms:
        if rng.random() < 0.12:
            continue  # those who did not answer
        reports, certified = chances[firm["size"]]
        level = 1.6 + 1.6 * reports
        answers = [int(np.clip(round(rng.normal(level, 0.8)), 1, 5)) for _ in range(4)]
        rows.append(
            (
                firm["id"],
                2024,
                "yes" if rng.random() < reports else "no",
                "yes" if rng.random() < certified else "no",
                f"{100 * min(0.5, abs(rng.normal(0.16 * reports, 0.05))):.0f} %",
                *answers,
            )
        )
    _write(
        "awareness",
        (
            "enterprise",
            "year",
            "reports",
            "certified",
            "trained",
            "survey_1",
            "survey_2",
            "survey_3",
            "survey_4",
        ),
        rows,
    )


MEASURES = """\
id,enterprise,name,investment,running_cost,saving,abatement,life,carrier,abatement_low,abatement_high,\
energy_saved,unit,excludes,requires,earliest,lead_time
M01,E01,waste-heat boiler at the kiln,2600,60,640,15500,15,electricity,13000,17500,28000,MWh,,,,1
M02,E12,top-pressure turbine,3200,80,900,21000,20,electricity,18000,23000,38000,MWh,,,,1
M03,,solar roofs,5200,40,760,11800,25,electricity,10500,12800,,,,,,1
M04,E05,electric boiler on green power,1400,310,90,16200,12,raw_coal,15000,17000,,,M06,,,1
M05,E15,efficient motors,210,4,96,720,10,electricity,,,1250,MWh,,,,0
M06,E05,biomass boiler,2900,520,260,38500,15,raw_coal,33000,41000,,,M04,,2026,1
M07,E05,insulation of steam pipes,320,6,118,6400,10,heat;raw_coal,5200,7400,62000,GJ,,,,0
M08,E01,separate grinding of slag,1900,70,150,2200,20,electricity,,,3900,MWh,,,,1
M09,E01,less clinker in the cement,450,120,930,64000,20,process,52000,72000,,,,M08,,1
M10,E03,refuse-derived fuel in the kiln,3600,420,880,56000,15,raw_coal,44000,63000,,,,,2026,1
M11,E14,charging of hot slabs,5400,160,1480,37000,15,natural_gas;raw_coal,30000,42000,480000,GJ,,,,1
M12,E14,capture of carbon at the furnace,62000,9800,0,210000,20,raw_coal,180000,225000,,,,,2028,2
M13,,green power for all,0,3900,0,260000,10,electricity,,,,,,,,0
M14,E16,heat pump for drying,95,3,21,400,15,heat,320,430,2700,GJ,,,,0
"""
"""Measures that pay, exclude, require or weaken one another; one claims more than there is."""


def _write_rest(rng: np.random.Generator, firms: list[Firm]) -> None:
    _write("streams", STREAM_COLUMNS, [tuple(row.get(c, "") for c in STREAM_COLUMNS) for row in STREAMS])
    _write(
        "facilities",
        FACILITY_COLUMNS,
        [tuple(row.get(c, "") for c in FACILITY_COLUMNS) for row in FACILITIES],
    )
    heads, *rows = map(tuple, csv.reader(MEASURES.splitlines()))
    _write("measures", heads, rows)
    quartiles = []
    for sector, (_, _, per_head, rate, intensity, mix, _) in SECTORS.items():
        carbon = intensity * (mix[0] * 2.66 + mix[1] * 1.63 + mix[2] * 4.4 + mix[3] * 3.2)
        carbon += 12.0 if sector == "C30" else 0.0
        for name, middle, unit in (
            ("carbon per value added", carbon, "t/10k CNY"),
            ("energy per value added", intensity, "tce/10k CNY"),
            ("value-added rate", rate * 1.08, "share"),
            ("value added per worker", per_head * 1.1, "10k CNY/worker"),
            ("R&D intensity", 0.022 if sector in ("C34", "C26") else 0.012, "share"),
        ):
            quartiles.append(
                (
                    sector,
                    name,
                    2023,
                    f"{0.72 * middle:.4g}",
                    f"{middle:.4g}",
                    f"{1.35 * middle:.4g}",
                    unit,
                    "made up",
                )
            )
    _write("benchmarks", ("sector", "indicator", "year", "q1", "median", "q3", "unit", "source"), quartiles)
    _write_region(firms)
    _write_io(firms)
    _write(
        "trade",
        (
            "enterprise",
            "year",
            "product",
            "destination",
            "amount",
            "unit",
            "price",
            "embedded",
            "carbon_price_paid",
        ),
        [
            ("E12", 2024, "7208 10 00", "EU", 5200, "t", 4100, 2.1, 60),
            ("E13", 2024, "7304 19 10", "DE", 900, "t", 6900, 2.4, 60),
            ("E01", 2024, "2523 29 00", "EU", 3000, "t", 420, 0.86, 0),
            ("E15", 2024, "8481 80 99", "EU", 260, "t", 62000, "", ""),
            ("E05", 2024, "3102 10 10", "FR", 1800, "t", 2300, "", 0),
            ("E16", 2024, "8413 70 51", "US", 300, "t", 58000, "", ""),
        ],
    )
    _write(
        "factors",
        ("carrier", "kind", "area", "year", "factor", "unit", "low", "high", "source"),
        [
            (
                "raw_coal",
                "combustion",
                "",
                2024,
                1.98,
                "tCO2/t",
                1.90,
                2.06,
                "made up: monthly samples of a laboratory",
            ),
            ("heat", "location", "", "", 0.098, "tCO2/GJ", "", "", "made up: boiler house of E05"),
        ],
    )


def _write_region(firms: list[Firm]) -> None:
    own = {s: sum(f["staff"] for f in firms if f["sector"] == s) for s in SECTORS}
    rows = [("Our county", s, 2024, round(1.4 * n)) for s, n in own.items()]
    rows.append(("Our county", "total", 2024, 94000))
    country = {"C30": 3.1e6, "C26": 3.6e6, "C31": 2.1e6, "C34": 4.7e6, "C14": 2.0e6, "total": 4.4e8}
    rows += [("CN", s, 2024, round(n)) for s, n in country.items()]
    _write("region", ("area", "sector", "year", "employment"), rows)


def _write_io(firms: list[Firm]) -> None:
    codes = list(SECTORS)
    flows = {
        ("C30", "C30"): 0.05,
        ("C26", "C26"): 0.18,
        ("C31", "C31"): 0.16,
        ("C31", "C34"): 0.17,
        ("C34", "C34"): 0.12,
        ("C26", "C14"): 0.05,
        ("C14", "C14"): 0.14,
        ("C34", "C26"): 0.03,
        ("C30", "C31"): 0.02,
        ("C26", "C34"): 0.04,
        ("C34", "C31"): 0.03,
    }
    _write("io", ("from", "to", "coefficient"), [(a, b, v) for (a, b), v in flows.items()])
    final = np.array([60000.0, 120000.0, 70000.0, 190000.0, 90000.0])
    matrix = np.array([[flows.get((a, b), 0.0) for b in codes] for a in codes])
    output = np.linalg.solve(np.eye(len(codes)) - matrix, final)
    rows = []
    for i, code in enumerate(codes):
        _, _, _, rate, intensity, mix, exported = SECTORS[code]
        value = output[i] * rate
        carbon = value * intensity * (mix[0] * 2.66 + mix[1] * 1.63 + mix[2] * 4.4 + mix[3] * 3.2)
        rows.append(
            (code, round(output[i]), round(final[i]), round(final[i] * exported), round(value), round(carbon))
        )
    _write("io_sectors", ("sector", "output", "final_demand", "exports", "value_added", "emissions"), rows)


# product, unit, 10k CNY for one, t in one, fossil and biogenic carbon in it, and what goes into one: name,
# amount, unit, t CO2e for one of that unit
GOODS = {
    "C30": ("cement", "t", 0.035, 1.0, 0.0, 0.0, (("limestone", 1.2, "t", 0.003), ("slag", 0.15, "t", 0.02))),
    "C26": ("polymer", "t", 0.82, 1.0, 0.86, 0.0, (("naphtha", 1.05, "t", 0.38),)),
    "C31": ("steel", "t", 0.38, 1.0, 0.002, 0.0, (("iron ore", 1.4, "t", 0.09),)),
    "C34": ("pump", "piece", 1.1, 0.25, 0.0, 0.0, (("steel", 0.28, "t", 2.1), ("motor", 1.0, "piece", 0.4))),
    "C14": ("sugar", "t", 0.55, 1.0, 0.0, 0.42, (("sugar beet", 7.5, "t", 0.03),)),
}
BEHIND = {"raw_coal": 0.12, "natural_gas": 4.5, "electricity": 0.06, "heat": 0.02}
"""t CO2e that stand behind one unit of each carrier, as the table `energy` counts it."""
MADE_UP = ("made-up database", "1.0")
ORE = "iron-ore.json"


def _write_products(firms: list[Firm]) -> None:
    """Write what each enterprise makes and buys in the last year; nothing of it is drawn."""
    year = YEARS[-1]
    smelter = next(f["id"] for f in firms if f["sector"] == "C31")
    products: list[tuple[Any, ...]] = []
    purchases: list[tuple[Any, ...]] = []
    with (FOLDER / "energy.csv").open(encoding="utf-8", newline="") as file:
        energy = [row for row in csv.DictReader(file) if row["year"] == str(year)]
    for firm in firms:
        name, unit, price, mass, fossil, biogenic, inputs = GOODS[firm["sector"]]
        who = firm["id"]
        output = _value_added(firm, year) / firm["rate"]
        made = round(output / price)
        parts = [(name, made, output)]
        if who == "E01":  # some of the clinker is sold before it is ground
            parts = [(name, round(0.8 * made), 0.85 * output), ("clinker", round(0.2 * made), 0.15 * output)]
        if who == "E05":
            sold = sum(float(row["amount"]) for row in energy if row["supplier"] == who)
            products.append((who, year, "heat", round(sold), "GJ", "", round(sold * 0.008), "", "", ""))
            parts = [(name, made, output - sold * 0.008)]
        for product, amount, value in parts:
            weight = "" if unit == "t" else round(amount * mass)
            products.append((who, year, product, amount, unit, weight, round(value), "", fossil, biogenic))
        for item, needed, of_unit, factor in inputs:
            supplier = smelter if item == "steel" and int(who[1:]) % 2 else ""
            record = ORE if item == "iron ore" else ""
            told = ("", "", "") if supplier or record else (factor, *MADE_UP)
            purchases.append((who, year, item, round(made * needed), of_unit, supplier, record, *told))
        for row in energy:
            if row["enterprise"] == who and not row["supplier"] and row["market"] != "direct":
                behind = (BEHIND[row["carrier"]], *MADE_UP)
                purchases.append((who, year, row["carrier"], row["amount"], row["unit"], "", "", *behind))
    _write(
        "products",
        (
            "enterprise",
            "year",
            "product",
            "amount",
            "unit",
            "mass",
            "value",
            "energy",
            "fossil_carbon",
            "biogenic_carbon",
        ),
        products,
    )
    _write(
        "purchases",
        (
            "enterprise",
            "year",
            "input",
            "amount",
            "unit",
            "supplier",
            "footprint",
            "factor",
            "source",
            "version",
        ),
        purchases,
    )
    (FOLDER / ORE).write_text(_ore(year), encoding="utf-8")


ADOPTED = range(2010, 2025)
GAME = (0.9, -0.6)
"""The yearly gain of cooperating if all others do, and if none does: both states are stable."""


def _write_adoption(firms: list[Firm]) -> None:
    """Write who cooperated in which year: imitation, event by event, after Gillespie (1977)."""
    rng = np.random.default_rng(np.random.SeedSequence(20240692))
    size = len(firms)
    inclined = [f["staff"] * float(np.exp(rng.normal(0, 1))) for f in firms]
    cooperating = set(np.argsort(inclined)[-13:].tolist())
    rows: list[tuple[Any, ...]] = []
    for year in ADOPTED:
        rows += [(f["id"], year, "yes" if i in cooperating else "no") for i, f in enumerate(firms)]
        clock = 0.0
        while True:
            x = len(cooperating) / size
            gain = GAME[0] * x + GAME[1] * (1 - x)
            # Of a pair that meets, who is worse off follows; some move for reasons of their own.
            up, down = (max(sign * gain, 0.0) + 0.03 for sign in (1, -1))
            pace = size * x * (1 - x) * (up + down)
            clock += float(rng.exponential(1 / pace)) if pace else 1.0
            if clock >= 1:
                break
            rises = rng.random() * (up + down) < up
            chosen = [i for i in range(size) if (i in cooperating) != rises]
            # The more inclined begin first and stop last.
            weight = np.array([inclined[i] if rises else 1 / inclined[i] for i in chosen])
            cooperating ^= {int(rng.choice(chosen, p=weight / weight.sum()))}
    _write("adoption", ("enterprise", "year", "adopted"), rows)


def _ore(year: int) -> str:
    """Return the record of a supplier outside, which does not exist either."""
    made = ProductFootprint(
        company="Made-up Mines",
        company_id="urn:pact:mines.example:company:1",
        product="iron ore (made up)",
        product_id="urn:pact:mines.example:product-id:ore",
        unit="kilogram",
        amount=1000.0,
        carbon=92.0,
        start=f"{year}-01-01T00:00:00Z",
        end=f"{year + 1}-01-01T00:00:00Z",
        geography="AU",
        primary_share=64.0,
        gwp=("AR6",),
        fossil=92.0,
        fossil_content=0.0,
        biogenic_content=0.0,
        exempted=3.0,
        standards=("PACT-3.0",),
    )
    created = datetime(year + 1, 2, 1, tzinfo=UTC)
    return made.to_json(identifier="3f2b7c1e-5d0a-4c8b-9a67-1e2d3c4b5a69", created=created)


def _write(name: str, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with (FOLDER / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
