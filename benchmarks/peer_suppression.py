"""Tables by sector and district suppressed with pytauargus; knows nothing of separatrix.

Reads a list of [enterprise, sector, district, value] from standard input and prints `{"withheld": [...],
"seconds": ...}`: the cells "sector|district" that are withheld by themselves or for others.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import chdir


def main() -> None:
    """Suppress."""
    import pandas
    from pytauargus import protect

    rows = json.load(sys.stdin)
    micro = pandas.DataFrame([row[1:] for row in rows], columns=["Sector", "District", "Heat"])
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # it leaves files where it is run
        begun = time.perf_counter()
        protected = protect(
            micro,
            ["Sector", "District"],
            response="Heat",
            # Within 15 % for two that collude; of three at least, none of which makes up three quarters.
            safety_rules="P(15,100,2)|FREQ(3,15)|NK(1,75)",
            suppress="OPT(1)",
            workdir=folder,
        )
        table = protected.tables[0].dataframe()
        taken = time.perf_counter() - begun
    status = zip(table["Sector"], table["District"], table["status"], strict=True)
    withheld = [f"{sector}|{district}" for sector, district, s in status if s in ("U", "M")]
    print(json.dumps({"withheld": withheld, "seconds": taken}))


if __name__ == "__main__":
    main()
