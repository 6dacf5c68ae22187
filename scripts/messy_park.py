"""Write the tables of `messy-park`, a made-up Chinese park as its office has it: spreadsheets, not tables.

Run it with ``python scripts/messy_park.py``; the same seed gives the same files. Titles precede the
headings, carriers and years are columns, enterprises are named in more than one spelling, units are in
headings, and totals are among the rows; one cell is in 亿m³ below a heading of 万m³, one is empty, and one
name is misspelt.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

FOLDER = (
    Path(__file__).parents[1]
    / "packages"
    / "separatrix-cluster"
    / "src"
    / "separatrix_cluster"
    / "shipped"
    / "messy-park"
)
YEARS = (2022, 2023, 2024)

DESCRIPTION = """\
format: 1
name: 江北工业园（虚构）
synthetic: true
place: nowhere
country: CN                   # chooses the Chinese factors
grid_area: East
money_unit: 万元
base_year: 2022
target_year: 2030
park_standard: cn-zero-carbon-park-2025
tables:
  enterprises: annex-1-enterprises.csv
  energy: annex-2-energy.csv
  accounts: annex-3-output.csv
  emissions: annex-4-process.csv
sources:
  - made up by scripts/messy_park.py; nothing here was measured
notes: >-
  A park that does not exist, in the spreadsheets of its office as they would be: it shows what is understood
  of such tables and what is told of them.
"""

# name, sector, size, output (10k CNY), value added over output, staff, and use of energy in 2022:
# electricity (10k kWh), natural gas (10k m3), raw coal (t), diesel (t), steam (t)
FIRMS: tuple[tuple[str, str, str, int, float, int, tuple[int, int, int, int, int]], ...] = (
    ("江北水泥有限公司", "C30", "大型", 62000, 0.24, 410, (5200, 0, 88000, 130, 0)),
    ("江北热电有限公司", "D44", "大型", 48000, 0.21, 260, (900, 40, 142000, 25, 0)),
    ("东湖化工（集团）有限公司", "C26", "大型", 91000, 0.19, 620, (7400, 610, 0, 60, 118000)),
    ("荷花精细化工有限公司", "C26", "中型", 23500, 0.26, 180, (1350, 95, 0, 18, 21000)),
    ("永安农药有限公司", "C26", "中型", 18200, 0.24, 150, (980, 60, 0, 12, 14500)),
    ("瑞丰涂料有限公司", "C26", "小型", 6400, 0.29, 62, (160, 8, 0, 9, 1200)),
    ("长江特钢有限公司", "C31", "大型", 118000, 0.16, 890, (16800, 1900, 9500, 240, 0)),
    ("金桥铸造有限公司", "C31", "中型", 15400, 0.22, 210, (2600, 120, 0, 45, 0)),
    ("宏达钢管有限公司", "C31", "中型", 27800, 0.18, 240, (1900, 310, 0, 38, 0)),
    ("江北玻璃有限公司", "C30", "中型", 31000, 0.23, 330, (2400, 1450, 0, 30, 0)),
    ("华新陶瓷有限公司", "C30", "中型", 14200, 0.27, 260, (1100, 720, 0, 22, 0)),
    ("三友混凝土有限公司", "C30", "小型", 9800, 0.2, 75, (95, 0, 0, 210, 0)),
    ("江北纸业有限公司", "C22", "中型", 26500, 0.21, 310, (3300, 85, 0, 40, 96000)),
    ("顺达包装有限公司", "C22", "小型", 7300, 0.25, 90, (210, 12, 0, 15, 1800)),
    ("锦绣印染有限公司", "C17", "中型", 19800, 0.28, 420, (1250, 140, 0, 20, 64000)),
    ("金丝纺织有限公司", "C17", "中型", 16900, 0.26, 380, (1800, 0, 0, 16, 5200)),
    ("丰收饲料有限公司", "C13", "小型", 12400, 0.15, 85, (240, 20, 0, 34, 900)),
    ("江北乳业有限公司", "C14", "中型", 21300, 0.24, 190, (620, 75, 0, 55, 8800)),
    ("龙门啤酒有限公司", "C15", "中型", 17700, 0.31, 230, (710, 160, 0, 28, 17500)),
    ("远洋电缆有限公司", "C38", "中型", 44200, 0.17, 270, (960, 35, 0, 26, 0)),
    ("天工电机有限公司", "C38", "中型", 28900, 0.27, 340, (540, 22, 0, 14, 0)),
    ("精锐数控机床有限公司", "C34", "中型", 24600, 0.32, 290, (430, 15, 0, 11, 0)),
    ("北斗传感器有限公司", "C39", "小型", 8900, 0.41, 110, (120, 0, 0, 3, 0)),
    ("绿源水处理有限公司", "D46", "小型", 4100, 0.38, 48, (390, 0, 0, 5, 0)),
    ("迅捷物流有限公司", "G54", "小型", 5600, 0.34, 130, (60, 9, 0, 640, 0)),
)
CARRIERS = ("电力（万kWh）", "天然气（万m³）", "原煤（吨）", "柴油（吨）", "蒸汽（吨）")
MEASURES = ("工业总产值（万元）", "工业增加值（万元）", "从业人数（人）")
GROWTH = (1.0, 1.03, 1.05)
SAVING = (1.0, 0.98, 0.955)
CLINKER = 152_000  # t CO2 of the kiln in 2022


def main() -> None:
    """Write the files."""
    draw = random.Random(2024)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "cluster.yaml").write_text(DESCRIPTION, encoding="utf-8")
    energy, output = [], []
    for name, _, _, made, rate, staff, uses in FIRMS:
        used, earned = [name], [name]
        for growth, saving in zip(GROWTH, SAVING, strict=True):
            busy = growth * draw.uniform(0.97, 1.03)
            used += ["" if not u else f"{u * busy * saving:.0f}" for u in uses]
            sold = made * busy
            added = sold * rate * draw.uniform(0.98, 1.02)
            earned += [f"{sold:.0f}", f"{added:.0f}", f"{staff * growth:.0f}"]
        energy.append(used)
        output.append(earned)
    totals = _total(energy), _total(output)
    _slips(energy, output)
    listed = [[str(i), firm[0], firm[1], firm[2], ""] for i, firm in enumerate(FIRMS, 1)]
    heading = ["序号", "企业名称", "所属行业", "规模", "备注"]
    write("annex-1-enterprises.csv", [*_titles("附件1：江北工业园企业名录", 5), heading], listed)
    titles = _titles("附件2：江北工业园能源消费情况表", 16)
    write("annex-2-energy.csv", [*titles, *_across(CARRIERS)], [*energy, totals[0]])
    titles = _titles("附件3：江北工业园主要经济指标", 10)
    write("annex-3-output.csv", [*titles, *_across(MEASURES)], [*output, totals[1]])
    kiln = zip(YEARS, GROWTH, strict=True)
    process = [[FIRMS[0][0], str(year), "工艺", f"{CLINKER * growth:.0f}"] for year, growth in kiln]
    heading = ["企业名称", "年份", "类别", "排放量（吨CO2）"]
    write("annex-4-process.csv", [*_titles("附件4：工业过程排放", 4), heading], process)


def _across(names: tuple[str, ...]) -> list[list[str]]:
    """Return a heading of two rows: the years, merged, and below each of them the same columns."""
    years = [f"{year}年" if not k else "" for year in YEARS for k in range(len(names))]
    return [["企业名称", *years], ["", *names * len(YEARS)]]


def _titles(text: str, width: int) -> list[list[str]]:
    return [[text, *[""] * (width - 1)], ["填报单位：园区管委会", *[""] * (width - 1)]]


def _total(rows: list[list[str]]) -> list[str]:
    """Return the row of totals as the office had it: before the slips."""
    sums = [sum(float(row[k] or 0) for row in rows) for k in range(1, len(rows[0]))]
    return ["合计", *(f"{value:.0f}" for value in sums)]


def _slips(energy: list[list[str]], output: list[list[str]]) -> None:
    """Write as offices do: other brackets, blanks in names, an empty cell, a slip."""
    energy[2][0] = "东湖化工(集团)有限公司"
    energy[13][0] = "顺达 包装有限公司"
    output[2][0] = "东湖化工(集团)有限公司"
    energy[23][0] = "绿园水处理有限公司"  # 绿源
    energy[6][7] = f"{float(energy[6][7]) / 1e4:.4f}"  # in 亿m³, where the heading says 万m³
    output[22][9] = ""


def write(name: str, heading: list[list[str]], rows: list[list[str]]) -> None:
    """Write a CSV as Excel in China would, but in UTF-8."""
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*heading, *rows])


if __name__ == "__main__":
    main()
