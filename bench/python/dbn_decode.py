"""Times the vendor's decoder (databento-dbn) over one uncompressed DBN file of MBO records.

    python dbn_decode.py FILE

Prints one JSON object a line: name, records, seconds (a list, one entry a timed run). Same rules as
bench/harness.ts: two runs untimed, then the timed ones, the file's bytes already in memory.
"""

import io
import json
import sys
import time

import databento
import databento_dbn
import numpy as np

RUNS = 5
WARM_UP_RUNS = 2


def to_numpy(data: bytes) -> int:
    """The file's bytes seen as one array of records: nothing is decoded yet."""
    store = databento.DBNStore.from_bytes(io.BytesIO(data))
    rows = store.to_ndarray(schema="mbo")
    assert rows["size"].sum() > 0
    return len(rows)


def to_columns(data: bytes) -> int:
    """The same, then each field copied to an array of its own: what a column reader makes."""
    store = databento.DBNStore.from_bytes(io.BytesIO(data))
    rows = store.to_ndarray(schema="mbo")
    columns = {name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names}
    assert columns["size"].sum() > 0
    return len(rows)


def record_by_record(data: bytes) -> int:
    """Every record as a Python object, three fields read."""
    decoder = databento_dbn.DBNDecoder()
    decoder.write(data)
    count = 0
    total = 0
    for record in decoder.decode():
        if isinstance(record, databento_dbn.MBOMsg):
            total += record.size + record.price + record.order_id
            count += 1
    assert total != 0
    return count


def measure(name: str, work, data: bytes, runs: int) -> None:
    for _ in range(WARM_UP_RUNS if runs == RUNS else 1):
        count = work(data)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        count = work(data)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"name": name, "records": count, "seconds": seconds}), flush=True)


def main() -> None:
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    measure("databento-dbn, to one numpy array of records", to_numpy, data, RUNS)
    measure("databento-dbn, to numpy columns", to_columns, data, RUNS)
    measure("databento-dbn, record by record", record_by_record, data, 3)


if __name__ == "__main__":
    main()
