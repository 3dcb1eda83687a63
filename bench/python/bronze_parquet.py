"""Times the vendor's client and pandas over one compressed DBN day: raw file in, Parquet out.

    python bronze_parquet.py FILE.dbn.zst FOLDER RECORDS

Prints one JSON object a line: name, records, seconds (a list, one entry a timed run). The file is
read from disk and the Parquet written to FOLDER; nothing is sorted out, read back or described.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import databento

RUNS = 2


def to_parquet(source: str, target: Path) -> None:
    """The client's own conversion, integers as they are."""
    store = databento.DBNStore.from_file(source)
    store.to_parquet(target, price_type="fixed", pretty_ts=False, map_symbols=False)


def through_pandas(source: str, target: Path) -> None:
    """As a researcher writes it: a data frame with symbols and prices, then Parquet with zstd."""
    frame = databento.DBNStore.from_file(source).to_df()
    frame.to_parquet(target, compression="zstd")


def measure(name: str, work, source: str, folder: Path, records: int) -> None:
    seconds = []
    for run in range(RUNS):
        start = time.perf_counter()
        work(source, folder / f"{run}.parquet")
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"name": name, "records": records, "seconds": seconds}), flush=True)


def main() -> None:
    warnings.filterwarnings("ignore")
    source, folder, records = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    measure("databento, to_parquet", to_parquet, source, folder, records)
    measure("databento, pandas, to_parquet", through_pandas, source, folder, records)


if __name__ == "__main__":
    main()
