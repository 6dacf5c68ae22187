"""The same files summed with pandas, as one would by hand; knows nothing of separatrix.

Called with the folder of a cluster: reads `enterprises.csv` and `emissions.csv`, sums by year and by
enterprise, and takes the Herfindahl index of the last year.  Checks no unit, no double and no reference,
knows no factor and tells nothing of the four difficulties.  Prints `{"whole": seconds, "peak": GB, ...}`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from timing import peak_memory


def main() -> None:
    """Read and sum."""
    started = time.perf_counter()
    import pandas

    folder = Path(sys.argv[1])
    enterprises = pandas.read_csv(folder / "enterprises.csv")
    emissions = pandas.read_csv(folder / "emissions.csv")
    known = emissions[emissions["enterprise"].isin(enterprises["id"])]
    totals = known.groupby("year")["amount"].sum()
    by_enterprise = known.groupby(["year", "enterprise"])["amount"].sum()
    last = by_enterprise.loc[int(totals.index.max())]
    herfindahl = float(((last / last.sum()) ** 2).sum())
    whole = time.perf_counter() - started
    answer = {
        "whole": whole,
        "peak": peak_memory() / 1e9,
        "version": pandas.__version__,
        "total": float(totals.iloc[-1]),
        "herfindahl": herfindahl,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
