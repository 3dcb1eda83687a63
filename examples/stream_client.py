"""Follows a vacuum-pressure stream from Python and prints spot and the net edge.

    python examples/stream_client.py URL [FRAMES]

Needs `pip install aiohttp pyarrow`. URL as `spymaster serve vacuum-pressure` prints it, e.g.
ws://localhost:8002/v1/vacuum-pressure/stream?symbol=ESH6&dt=2026-01-05&start_time=09:30
"""

import asyncio
import json
import sys

import aiohttp
import pyarrow as pa


async def follow(url: str, frames: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        update = {}
        async for message in socket:
            if message.type == aiohttp.WSMsgType.TEXT:
                update = json.loads(message.data)
                if update["type"] == "error":
                    sys.exit(f"{update['message']} ({update['hint']})")
            elif message.type == aiohttp.WSMsgType.BINARY:
                table = pa.ipc.open_stream(message.data).read_all()
                spot = int(update["spot_ref_price_int"] or 0) * 1e-9
                edge = update["edge"] or {}
                vacuum = table["vacuum_variant"].to_numpy()
                print(
                    f"seq {update['seq']} spot {spot:.2f} {edge.get('regime', '-')}; "
                    f"{table.num_rows} rows, vacuum {vacuum.sum():.1f} lots/s in all"
                )
                frames -= 1
                if frames == 0:
                    return


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40))
