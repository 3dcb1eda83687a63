"""Silver and gold of a futures day in pandas, as a researcher would write them over bronze.

    python gold_pandas.py BRONZE_PARQUET FROM_NS TO_NS TICK GRID_TICKS [OUT_FOLDER]

Whole columns at once, no loop over records: state of an order by shifts within its id, depth by
cumulative sums of changes, means by `ewm`, smoothing by sums of shifted arrays. Prints one JSON
object a line: name, records, seconds (a list, one entry a timed run).
"""

import json
import sys
import time

import numpy as np
import pandas as pd

REACH = 64
REST_NS = 500_000_000
SECOND = 1_000_000_000
COLUMNS = ["ts_recv", "order_id", "flags", "action", "side", "price", "size"]
QUANTITIES = ["depth_qty_start", "depth_qty_end", "add_qty", "pull_qty_total", "fill_qty",
              "depth_qty_rest"]
F_LAST, F_SNAPSHOT = 128, 32


def changes_of_orders(bronze: pd.DataFrame) -> pd.DataFrame:
    """Every change of a resting quantity: when, where, how much, and why."""
    bronze = bronze.assign(event=(bronze["flags"] & F_LAST).ne(0).shift(fill_value=False).cumsum())
    filled = bronze[bronze.action == "F"].groupby(["event", "order_id"])["size"].sum()
    rows = bronze[bronze.action.isin(["A", "C", "M"]) & bronze.side.isin(["A", "B"])].copy()
    sets = rows.action != "C"
    by_order = rows.groupby("order_id")
    rows["segment"] = sets.groupby(rows.order_id).cumsum()
    rows["set_size"] = rows["size"].where(sets)
    rows["set_price"] = rows.price.where(sets)
    rows["set_size"] = by_order.set_size.ffill()
    rows["after_price"] = by_order.set_price.ffill()
    rows["cancelled"] = rows["size"].where(~sets, 0)
    cancelled = rows.groupby(["order_id", "segment"]).cancelled.cumsum()
    rows["after"] = (rows.set_size - cancelled).clip(lower=0)
    by_order = rows.groupby("order_id")
    rows["before"] = by_order.after.shift().fillna(0)
    rows["before_price"] = by_order.after_price.shift()
    moved = sets & ((rows.before_price != rows.after_price) | (rows.before == 0))
    rows["entry"] = rows.ts_recv.where(moved)
    rows["entry"] = by_order.entry.ffill()
    rows["before_entry"] = by_order.entry.shift()
    rows = rows.join(filled.rename("filled"), on=["event", "order_id"])

    left = rows.before.where(moved, (rows.before - rows.after).clip(lower=0))
    came = rows.after.where(moved, (rows.after - rows.before).clip(lower=0))
    fill = np.minimum(left, rows.filled.fillna(0))
    common = ["ts_recv", "side", "snapshot"]
    rows["snapshot"] = (rows["flags"] & F_SNAPSHOT).ne(0)
    gone = rows[common].assign(
        price=rows.before_price, entry=rows.before_entry, quantity=-left,
        add=0.0, pull=left - fill, fill=fill,
    )[left > 0]
    new = rows[common].assign(
        price=rows.after_price, entry=rows.entry, quantity=came,
        add=came, pull=0.0, fill=0.0,
    )[came > 0]
    return pd.concat([gone, new])


def silver(bronze: pd.DataFrame, start: int, end: int, tick: int, grid: int):
    """Spot and best prices a second, and depth and flow within the stored grid."""
    changes = changes_of_orders(bronze)
    seconds = np.arange(start + SECOND, end + SECOND, SECOND)
    changes["tick"] = (changes.price // tick).astype(np.int64)
    first = seconds[0] - SECOND
    changes["end"] = ((changes.ts_recv // SECOND) + 1) * SECOND
    rested = -((-(changes.entry + REST_NS)) // SECOND) * SECOND
    changes["rest_end"] = np.maximum(changes.end, rested).astype(np.int64)

    def depth(when: str) -> pd.DataFrame:
        at = changes[when].clip(lower=first)
        sums = changes.groupby([at, changes.side, changes.tick]).quantity.sum()
        wide = sums.unstack(["side", "tick"]).reindex(np.concatenate([[first], seconds]))
        return wide.fillna(0).cumsum().sort_index(axis=1)

    stand = depth("end")
    rest = depth("rest_end").reindex(columns=stand.columns).fillna(0)
    bids, asks = stand.loc[seconds, "B"], stand.loc[seconds, "A"]
    best_bid = pd.Series(np.where(bids > 0, bids.columns, -1).max(axis=1), seconds)
    best_ask = pd.Series(np.where(asks > 0, asks.columns, 1 << 40).min(axis=1), seconds)
    spot = (best_bid + best_ask + 1) // 2
    snapshot = pd.DataFrame({"spot": spot, "best_bid": best_bid, "best_ask": best_ask})

    own = changes[(changes.end > first) & ~changes.snapshot]
    flows = own.groupby(["end", "side", "tick"])[["add", "pull", "fill"]].sum()
    flows.columns = ["add_qty", "pull_qty_total", "fill_qty"]
    parts = {
        "depth_qty_start": stand.shift().loc[seconds],
        "depth_qty_end": stand.loc[seconds],
        "depth_qty_rest": rest.loc[seconds],
    }
    long = pd.DataFrame({k: v.stack(["side", "tick"]) for k, v in parts.items()})
    long.index.names = ["end", "side", "tick"]
    long = long.join(flows).fillna(0)[QUANTITIES]
    long = long[(long != 0).any(axis=1)].reset_index()
    rel = long.tick - long.end.map(spot)
    return snapshot, long[rel.abs() <= grid + REACH].assign(rel_ticks=rel)


def gaussian(values: np.ndarray, sigma: float, half: int, out: int) -> np.ndarray:
    """Mean over the columns around each of the `out` middle ones."""
    taps = np.arange(-half, half + 1)
    weights = np.exp(-(taps**2) / (2 * sigma**2))
    weights /= weights.sum()
    first = (values.shape[1] - out) // 2
    total = np.zeros((values.shape[0], out))
    for tap, weight in zip(taps, weights):
        total += weight * values[:, first + tap : first + tap + out]
    return total


def surface_of_side(cells: dict, grid: int, sign: int) -> dict:
    """Every field of one side; arrays of seconds x cells relative to spot, wider than the grid."""
    out = 2 * grid + 1
    cut = slice(REACH, REACH + out)
    f = {k: cells[k][:, cut] for k in cells if k.startswith(("add_", "pull_", "fill_", "liq"))}
    e2, e8, e32, e128 = (cells[f"u_ema_{n}"] for n in (2, 8, 32, 128))
    for n in (2, 8, 32, 128):
        f[f"u_ema_{n}"] = cells[f"u_ema_{n}"][:, cut]
    fast, mid, slow = (e2 - e8)[:, cut], (e8 - e32)[:, cut], (e32 - e128)[:, cut]
    f |= {"u_band_fast": fast, "u_band_mid": mid, "u_band_slow": slow}
    f["u_wave_energy"] = np.sqrt(fast**2 + mid**2 + slow**2)
    f |= {"du_dt": cells["du_dt"][:, cut], "d2u_dt2": cells["d2u_dt2"][:, cut]}
    rho = np.log1p(cells["depth_qty_end"])
    phi = cells["depth_qty_rest"] / (cells["depth_qty_end"] + 1)
    omega = rho * (0.5 + 0.5 * phi) * (1 + np.maximum(0, phi * e32))
    f |= {"rho": rho[:, cut], "phi_rest": phi[:, cut], "u_p": (phi * e8)[:, cut]}
    f |= {"u_p_slow": (phi * e32)[:, cut], "Omega": omega[:, cut]}
    near = gaussian(e8, 6, 16, out + 2)
    f["u_near"] = near[:, 1:-1]
    f["u_far"] = gaussian(e32, 24, 64, out)
    f["u_prom"] = f["u_near"] - f["u_far"]
    f["du_dx"] = (near[:, 2:] - near[:, :-2]) / 2
    f["d2u_dx2"] = near[:, 2:] - 2 * near[:, 1:-1] + near[:, :-2]
    f["Omega_near"] = gaussian(omega, 6, 16, out)
    f["Omega_far"] = gaussian(omega, 24, 64, out)
    f["Omega_prom"] = f["Omega_near"] - f["Omega_far"]
    f["nu"] = 1 + f["Omega_near"] + 2 * np.maximum(0, f["Omega_prom"])
    f["kappa"] = 1 / f["nu"]
    f["pressure_grad"] = sign * f["u_p"]
    return f


def means(wide: pd.DataFrame) -> dict:
    """The four means of velocity, from 0, and the differences of the fastest."""
    start = pd.DataFrame(0.0, index=[wide.index[0] - SECOND], columns=wide.columns)
    u = pd.concat([start, wide])
    ema = {n: u.ewm(alpha=1 - np.exp(-1 / n), adjust=False).mean() for n in (2, 8, 32, 128)}
    du = ema[2].diff()
    d2u = du.diff().fillna(du)
    both = {f"u_ema_{n}": e for n, e in ema.items()} | {"du_dt": du, "d2u_dt2": d2u}
    return {k: v.iloc[1:] for k, v in both.items()}


def gold(snapshot: pd.DataFrame, flow: pd.DataFrame, tick: int, grid: int) -> pd.DataFrame:
    """The physics surface, long and sparse."""
    flow = flow.copy()
    for name in ("add", "pull", "fill"):
        quantity = flow["pull_qty_total" if name == "pull" else f"{name}_qty"]
        flow[f"{name}_intensity"] = quantity / (flow.depth_qty_start + 1)
    flow["liquidity_velocity"] = flow.add_intensity - flow.pull_intensity - flow.fill_intensity
    ticks = np.arange(snapshot.spot.min() - grid - REACH, snapshot.spot.max() + grid + REACH + 1)
    around = np.arange(-grid - REACH, grid + REACH + 1)
    place = snapshot.spot.to_numpy()[:, None] - ticks[0] + around
    tables = []
    for side, sign in (("A", -1), ("B", 1)):
        own = flow[flow.side == side]
        names = ["add_intensity", "pull_intensity", "fill_intensity", "liquidity_velocity",
                 "depth_qty_end", "depth_qty_rest"]
        wide = {
            name: own.pivot(index="end", columns="tick", values=name)
            .reindex(index=snapshot.index, columns=ticks)
            .fillna(0.0)
            for name in names
        }
        wide |= means(wide["liquidity_velocity"])
        cells = {k: np.take_along_axis(v.to_numpy(), place, axis=1) for k, v in wide.items()}
        fields = surface_of_side(cells, grid, sign)
        rel = np.tile(np.arange(-grid, grid + 1), len(snapshot))
        table = pd.DataFrame({k: v.ravel().astype(np.float32) for k, v in fields.items()})
        width = 2 * grid + 1
        table.insert(0, "window_end_ts_ns", np.repeat(snapshot.index.to_numpy(), width))
        table.insert(1, "spot_ref_price_int", np.repeat(snapshot.spot.to_numpy() * tick, width))
        table.insert(2, "rel_ticks", rel)
        table.insert(3, "side", side)
        values = table.iloc[:, 4:]
        absent = {name: 1.0 if name in ("nu", "kappa") else 0.0 for name in values}
        tables.append(table[(values.sub(pd.Series(absent)).abs() >= 1e-9).any(axis=1)])
    return pd.concat(tables).sort_values(["window_end_ts_ns", "side", "rel_ticks"])


def main() -> None:
    path, start, end, tick, grid = sys.argv[1], *map(int, sys.argv[2:6])
    out = sys.argv[6] if len(sys.argv) > 6 else "."
    begin = time.perf_counter()
    bronze = pd.read_parquet(path, columns=COLUMNS, filters=[("ts_recv", "<", end)])
    snapshot, flow = silver(bronze, start, end, tick, grid)
    snapshot.to_parquet(f"{out}/snapshot.parquet", compression="zstd")
    flow.to_parquet(f"{out}/flow.parquet", compression="zstd")
    made = time.perf_counter()
    print(json.dumps({"name": "silver", "records": len(bronze), "seconds": [made - begin]}))
    surface = gold(snapshot, flow, tick, grid)
    surface.to_parquet(f"{out}/surface.parquet", compression="zstd")
    done = time.perf_counter() - made
    print(json.dumps({"name": "gold", "records": len(snapshot), "seconds": [done]}))


if __name__ == "__main__":
    main()
