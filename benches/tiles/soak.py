"""Loads tile-server with everything it answers, mixed, for some minutes, and watches its memory.

    python benches/tiles/soak.py PLATE [--seconds 600]

Tiles of all zooms and schemes around the plate's grids, look-ups of points and codes, address texts, completions and statistics, 20,000
different requests in turn; wrk with one thread and 16 connections on the same machine. Prints memory twice a minute: what the process holds
for itself (anonymous), and the pages of the plate that are mapped in, which the system may take back at any time.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
from serve import SCRIPT, column_row, free_port, running

LAYERS = (
    "districts,subdistricts,communities,grids,buildings,addresses,enterprises,density",
    "districts,grids,buildings,grids-labels",
    "buildings",
)


def requests(plate, count):
    current = Path(plate) / (Path(plate) / "CURRENT").read_text().split()[0]
    table = lambda name: pa.ipc.open_file(pa.memory_map(str(current / f"{name}.arrow"))).read_all()
    grids, addresses = table("grids"), table("addresses")
    dice = random.Random(1)
    at = lambda t, name, row: t.column(name)[row].as_py()
    for _ in range(count):
        row = dice.randrange(grids.num_rows)
        lng, lat = at(grids, "lng", row), at(grids, "lat", row)
        if dice.random() < 0.7:
            zoom = dice.randrange(6, 18)
            x, y = column_row(lng, lat, zoom)
            yield f"/tiles/{dice.choice(LAYERS[:2] if zoom < 14 else LAYERS)}/{zoom}/{x}/{y}.mvt{dice.choice(['', '', '?crs=gcj02'])}"
            continue
        address = dice.randrange(addresses.num_rows)
        text = at(addresses, "text", address)
        yield dice.choice(
            [
                f"/api/locate?lng={lng}&lat={lat}",
                f"/api/reverse?lng={lng}&lat={lat}",
                f"/api/entities/{at(addresses, 'code', address)}",
                f"/api/entities/{at(grids, 'code', row)}",
                f"/api/geocode?q={quote(text)}",
                f"/api/suggest?q={quote(text[: len(text) // 2])}",
                f"/api/stats?level=grid&within={at(grids, 'code', row)}",
            ]
        )


def memory_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024 for name in ("VmRSS", "RssAnon", "RssFile")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plate")
    parser.add_argument("--tile-server", default=os.environ.get("TILE_SERVER", "tile-server"))
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "mixed.lua"
        script.write_text(SCRIPT % ",".join(f'"{p}"' for p in requests(options.plate, 20_000)))
        with running([options.tile_server, options.plate, "--listen", f"127.0.0.1:{port}"], f"{base}/readyz") as server:
            load = subprocess.Popen(
                ["wrk", "-t1", "-c16", f"-d{options.seconds}s", "--timeout", "30s", "--latency", "-s", str(script), base],
                stdout=subprocess.PIPE,
                text=True,
            )
            start = time.monotonic()
            while load.poll() is None:
                print(f"{time.monotonic() - start:5.0f} s  resident, anonymous, mapped MB:", *memory_mb(server.pid), flush=True)
                with_timeout = min(30, options.seconds / 4)
                try:
                    load.wait(with_timeout)
                except subprocess.TimeoutExpired:
                    pass
            print(load.stdout.read())


if __name__ == "__main__":
    sys.exit(main())
