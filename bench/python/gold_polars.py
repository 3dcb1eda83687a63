"""Silver and gold of a futures day in polars, as a researcher would write them over bronze.

    python gold_polars.py BRONZE_PARQUET FROM_NS TO_NS TICK GRID_TICKS [OUT_FOLDER]

The way of gold_pandas.py in polars expressions; smoothing is the same numpy. Prints the same lines.
"""

import json
import sys
import time

import numpy as np
import polars as pl
from gold_pandas import COLUMNS, F_LAST, F_SNAPSHOT, REACH, REST_NS, SECOND, surface_of_side


def changes_of_orders(bronze: pl.DataFrame) -> pl.DataFrame:
    """Every change of a resting quantity: when, where, how much, and why."""
    last = (pl.col("flags") & F_LAST) != 0
    bronze = bronze.with_columns(event=last.shift(fill_value=False).cum_sum())
    filled = (
        bronze.filter(pl.col("action") == "F")
        .group_by("event", "order_id")
        .agg(filled=pl.col("size").cast(pl.Int64).sum())
    )
    sets = pl.col("action") != "C"
    size = pl.col("size").cast(pl.Int64)
    rows = (
        bronze.filter(pl.col("action").is_in(["A", "C", "M"]) & pl.col("side").is_in(["A", "B"]))
        .join(filled, on=["event", "order_id"], how="left", maintain_order="left")
        .with_columns(
            segment=sets.cum_sum().over("order_id"),
            set_size=pl.when(sets).then(size).forward_fill().over("order_id"),
            after_price=pl.when(sets).then("price").forward_fill().over("order_id"),
            cancelled=pl.when(sets).then(0).otherwise(size),
            snapshot=(pl.col("flags") & F_SNAPSHOT) != 0,
        )
        .with_columns(gone=pl.col("cancelled").cum_sum().over("order_id", "segment"))
        .with_columns(after=(pl.col("set_size") - pl.col("gone")).clip(lower_bound=0))
        .with_columns(
            before=pl.col("after").shift(fill_value=0).over("order_id"),
            before_price=pl.col("after_price").shift().over("order_id"),
        )
        .with_columns(
            moved=sets
            & (pl.col("after_price").ne_missing(pl.col("before_price")) | (pl.col("before") == 0))
        )
        .with_columns(entry=pl.when("moved").then("ts_recv").forward_fill().over("order_id"))
        .with_columns(before_entry=pl.col("entry").shift().over("order_id"))
    )
    change = pl.col("after") - pl.col("before")
    left = pl.when("moved").then("before").otherwise((-change).clip(lower_bound=0))
    came = pl.when("moved").then("after").otherwise(change.clip(lower_bound=0))
    fill = pl.min_horizontal(left, pl.col("filled").fill_null(0))
    zero = pl.lit(0, pl.Int64)
    gone = rows.filter(left > 0).select(
        "ts_recv", "side", "snapshot", price="before_price", entry="before_entry",
        quantity=-left, add=zero, pull=left - fill, fill=fill,
    )
    new = rows.filter(came > 0).select(
        "ts_recv", "side", "snapshot", price="after_price", entry="entry",
        quantity=came, add=came, pull=zero, fill=zero,
    )
    return pl.concat([gone, new])


def silver(bronze: pl.DataFrame, start: int, end: int, tick: int, grid: int):
    """Spot and best prices a second, and depth and flow within the stored grid."""
    seconds = pl.DataFrame({"end": np.arange(start + SECOND, end + SECOND, SECOND)})
    rested = -((-(pl.col("entry") + REST_NS)) // SECOND) * SECOND
    changes = changes_of_orders(bronze).with_columns(
        tick=pl.col("price") // tick, end=(pl.col("ts_recv") // SECOND + 1) * SECOND
    )
    changes = changes.with_columns(rest_end=pl.max_horizontal("end", rested))
    cells = changes.select("side", "tick").unique()
    grid_of_cells = seconds.join(cells, how="cross").sort("side", "tick", "end")

    def depth(when: str, name: str) -> pl.DataFrame:
        at = pl.max_horizontal(when, pl.lit(start)).alias("end")
        sums = changes.group_by(at, "side", "tick").agg(pl.col("quantity").sum())
        before = sums.filter(pl.col("end") == start).select("side", "tick", base="quantity")
        return (
            grid_of_cells.join(sums, on=["end", "side", "tick"], how="left", maintain_order="left")
            .join(before, on=["side", "tick"], how="left", maintain_order="left")
            .with_columns(
                (pl.col("quantity").fill_null(0).cum_sum().over("side", "tick")
                 + pl.col("base").fill_null(0)).alias(name),
                pl.col("base").fill_null(0),
            )
            .select("end", "side", "tick", name, "base")
        )

    stand = depth("end", "depth_qty_end").with_columns(
        depth_qty_start=pl.col("depth_qty_end").shift().over("side", "tick")
        .fill_null(pl.col("base"))
    )
    held = stand.filter(pl.col("depth_qty_end") > 0)
    bids = held.filter(pl.col("side") == "B").group_by("end").agg(best_bid=pl.col("tick").max())
    asks = held.filter(pl.col("side") == "A").group_by("end").agg(best_ask=pl.col("tick").min())
    snapshot = (
        seconds.join(bids, on="end", how="left").join(asks, on="end", how="left")
        .with_columns(spot=(pl.col("best_bid") + pl.col("best_ask") + 1) // 2)
        .sort("end")
    )
    flows = (
        changes.filter((pl.col("end") > start) & ~pl.col("snapshot"))
        .group_by("end", "side", "tick")
        .agg(add_qty=pl.col("add").sum(), pull_qty_total=pl.col("pull").sum(),
             fill_qty=pl.col("fill").sum())
    )
    rest = depth("rest_end", "depth_qty_rest").drop("base")
    rel = pl.col("tick") - pl.col("spot")
    long = (
        stand.join(rest, on=["end", "side", "tick"], how="left")
        .join(flows, on=["end", "side", "tick"], how="left")
        .fill_null(0)
        .join(snapshot.select("end", "spot"), on="end")
        .filter(pl.any_horizontal(pl.col("^(depth|add|pull|fill)_.*$") != 0))
        .filter(rel.abs() <= grid + REACH)
    )
    return snapshot, long


def means(u: np.ndarray) -> dict:
    """The four means of velocity, from 0, and the differences of the fastest."""
    frame = pl.from_numpy(np.vstack([np.zeros(u.shape[1]), u]))
    ema = {
        n: frame.select(pl.all().ewm_mean(alpha=1 - np.exp(-1 / n), adjust=False)).to_numpy()
        for n in (2, 8, 32, 128)
    }
    du = np.diff(ema[2], axis=0)
    d2u = np.diff(du, axis=0, prepend=0)
    return {f"u_ema_{n}": e[1:] for n, e in ema.items()} | {"du_dt": du, "d2u_dt2": d2u}


def gold(snapshot: pl.DataFrame, flow: pl.DataFrame, tick: int, grid: int) -> pl.DataFrame:
    """The physics surface, long and sparse."""
    start = pl.col("depth_qty_start") + 1
    flow = flow.with_columns(
        add_intensity=pl.col("add_qty") / start,
        pull_intensity=pl.col("pull_qty_total") / start,
        fill_intensity=pl.col("fill_qty") / start,
    ).with_columns(
        liquidity_velocity=pl.col("add_intensity")
        - pl.col("pull_intensity")
        - pl.col("fill_intensity")
    )
    spot, ends = snapshot["spot"].to_numpy(), snapshot["end"].to_numpy()
    first = spot.min() - grid - REACH
    width = spot.max() + grid + REACH + 1 - first
    place = spot[:, None] - first + np.arange(-grid - REACH, grid + REACH + 1)
    out = 2 * grid + 1
    names = ["add_intensity", "pull_intensity", "fill_intensity", "liquidity_velocity",
             "depth_qty_end", "depth_qty_rest"]
    tables = []
    for side, sign in (("A", -1), ("B", 1)):
        own = flow.filter(pl.col("side") == side)
        row = np.searchsorted(ends, own["end"].to_numpy())
        wide = {}
        for name in names:
            wide[name] = np.zeros((len(ends), width))
            wide[name][row, own["tick"].to_numpy() - first] = own[name].to_numpy()
        wide |= means(wide["liquidity_velocity"])
        cells = {k: np.take_along_axis(v, place, axis=1) for k, v in wide.items()}
        fields = surface_of_side(cells, grid, sign)
        keys = {
            "window_end_ts_ns": np.repeat(ends, out),
            "spot_ref_price_int": np.repeat(spot * tick, out),
            "rel_ticks": np.tile(np.arange(-grid, grid + 1, dtype=np.int32), len(ends)),
        }
        columns = {k: v.ravel().astype(np.float32) for k, v in fields.items()}
        absent = {k: 1.0 if k in ("nu", "kappa") else 0.0 for k in columns}
        tables.append(
            pl.DataFrame(keys).with_columns(side=pl.lit(side)).hstack(pl.DataFrame(columns))
            .filter(pl.any_horizontal((pl.col(k) - a).abs() >= 1e-9 for k, a in absent.items()))
        )
    return pl.concat(tables).sort("window_end_ts_ns", "side", "rel_ticks")


def main() -> None:
    path, start, end, tick, grid = sys.argv[1], *map(int, sys.argv[2:6])
    out = sys.argv[6] if len(sys.argv) > 6 else "."
    begin = time.perf_counter()
    bronze = pl.scan_parquet(path).select(COLUMNS).filter(pl.col("ts_recv") < end).collect()
    bronze = bronze.with_columns(pl.col("action").cast(pl.String), pl.col("side").cast(pl.String))
    snapshot, flow = silver(bronze, start, end, tick, grid)
    snapshot.write_parquet(f"{out}/snapshot.parquet", compression="zstd")
    flow.write_parquet(f"{out}/flow.parquet", compression="zstd")
    made = time.perf_counter()
    print(json.dumps({"name": "silver", "records": len(bronze), "seconds": [made - begin]}))
    surface = gold(snapshot, flow, tick, grid)
    surface.write_parquet(f"{out}/surface.parquet", compression="zstd")
    done = time.perf_counter() - made
    print(json.dumps({"name": "gold", "records": len(snapshot), "seconds": [done]}))


if __name__ == "__main__":
    main()
