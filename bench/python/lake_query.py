"""Times pandas and polars on the question that bench/lake-sql.ts asks, over the same files.

    python lake_query.py TABLE_FOLDER FROM_TICK TO_TICK

Prints one JSON object a line: name, seconds (a list, one entry a timed run), days, mean.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd
import polars as pl

RUNS = 3


def with_polars(folder: Path, low: int, high: int) -> list[float]:
    return (
        pl.scan_parquet(folder / "*" / "*.parquet", hive_partitioning=True)
        .filter(pl.col("rel_ticks").is_between(low, high))
        .group_by("dt")
        .agg(pl.col("Omega").cast(pl.Float64).mean())
        .collect()["Omega"]
        .to_list()
    )


def with_pandas(folder: Path, low: int, high: int) -> list[float]:
    frame = pd.read_parquet(
        folder,
        columns=["dt", "rel_ticks", "Omega"],
        filters=[("rel_ticks", ">=", low), ("rel_ticks", "<=", high)],
    )
    means = frame.astype({"Omega": "float64"}).groupby("dt", observed=True)["Omega"].mean()
    return means.to_list()


def main() -> None:
    folder, low, high = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for name, ask in [("polars", with_polars), ("pandas", with_pandas)]:
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            means = ask(folder, low, high)
            seconds.append(time.perf_counter() - start)
        mean = sum(means) / len(means)
        print(json.dumps({"name": name, "seconds": seconds, "days": len(means), "mean": mean}))


main()
