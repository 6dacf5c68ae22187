"""The same files read, their keys checked and summed with polars; knows nothing of separatrix.

Called with the folder of a cluster: reads `enterprises.csv` and `emissions.csv`, checks that every enterprise
stands once, that every row names one of them and that no row stands twice, sums by year and by enterprise,
and takes the Herfindahl index of the last year.  Prints `{"whole": seconds, "peak": GB, ...}`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from timing import peak_memory


def main() -> None:
    """Read, check and sum."""
    started = time.perf_counter()
    import polars

    folder = Path(sys.argv[1])
    enterprises = polars.read_csv(folder / "enterprises.csv", infer_schema_length=None)
    emissions = polars.read_csv(folder / "emissions.csv", infer_schema_length=None)
    if enterprises["id"].is_duplicated().any() or enterprises["id"].null_count():
        raise SystemExit("an enterprise stands twice or has no id")
    if emissions.select("enterprise", "year", "kind").is_duplicated().any():
        raise SystemExit("a row of emissions stands twice")
    strangers = emissions.join(enterprises, left_on="enterprise", right_on="id", how="anti")
    if len(strangers) or emissions["amount"].null_count():
        raise SystemExit("a row names no enterprise, or has no amount")
    totals = emissions.group_by("year").agg(polars.col("amount").sum()).sort("year")
    by_enterprise = emissions.group_by("year", "enterprise").agg(polars.col("amount").sum())
    last = by_enterprise.filter(polars.col("year") == totals["year"].max())["amount"]
    herfindahl = float(((last / last.sum()) ** 2).sum())
    whole = time.perf_counter() - started
    answer = {
        "whole": whole,
        "peak": peak_memory() / 1e9,
        "version": polars.__version__,
        "total": float(totals["amount"][-1]),
        "herfindahl": herfindahl,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
