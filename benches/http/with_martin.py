"""Serves the same tiles with tile-server, with Martin from files, and with Martin from PostGIS, and loads each with wrk.

    python benches/http/with_martin.py PLATE [--martin PATH] [--zooms 10-14] [--tiles 400] [--seconds 10] [--postgis]

The tiles are taken in turn, in gzip; wrk has one thread and 16 connections and shares the machine with the server. The tiles over the
plate's box that are not empty, evenly drawn from the zooms. `--postgis` makes a private PostgreSQL cluster in a temporary folder, with the grids of the plate
as a table with an index, and asks Martin for tiles of that table. Prints a table in Markdown. What is not installed is left out, and
said.
"""

import argparse
import contextlib
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

LAYERS = "districts,subdistricts,communities,grids"


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, ready, **options):
    """A server that answers `ready` before the body runs, and is ended by its own process id."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        for _ in range(600):
            assert server.poll() is None, f"{command[0]} ended"
            with contextlib.suppress(OSError):
                urllib.request.urlopen(ready, timeout=2).close()
                break
            time.sleep(0.05)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def column_row(lng, lat, zoom):
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lng + 180) / 360 * 2**zoom), int(y * 2**zoom)


def tiles(base, zooms, count):
    """Tiles that are not empty, as z/x/y."""
    description = json.load(urllib.request.urlopen(f"{base}/tiles/{LAYERS}.json"))
    west, south, east, north = description["bounds"]
    found, each = [], -(-count // len(zooms))
    for zoom in zooms:
        (x0, y0), (x1, y1) = column_row(west, north, zoom), column_row(east, south, zoom)
        all_tiles = [(zoom, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
        random.Random(zoom).shuffle(all_tiles)
        full = (t for t in all_tiles if urllib.request.urlopen(f"{base}/tiles/{LAYERS}/{t[0]}/{t[1]}/{t[2]}.mvt").status == 200)
        found += [t for t, _ in zip(full, range(each))]
    random.Random(0).shuffle(found)
    return found[:count]


SCRIPT = """
local paths = {%s}
local at = 0
wrk.headers["Accept-Encoding"] = "gzip"
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def load(base, paths, seconds, folder):
    """Requests a second, p99 in ms, and answers that failed."""
    script = folder / "paths.lua"
    script.write_text(SCRIPT % ",".join(f'"{p}"' for p in paths))
    for path in paths:
        urllib.request.urlopen(urllib.request.Request(base + path, headers={"Accept-Encoding": "gzip"})).read()
    done = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", str(script), base], capture_output=True, text=True, check=True
    )
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    return rate, float(p99[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[p99[2]], int(failed[1]) if failed else 0


def resident_mb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024


def row(name, base, server, paths, seconds, folder):
    rate, p99, failed = load(base, paths, seconds, folder)
    print(f"| {name} | {rate:,.0f} | {p99:.1f} | {failed} | {resident_mb(server.pid)} |", flush=True)


def with_files(options, chosen, folder):
    for kind in ("mbtiles", "pmtiles"):
        out = folder / f"city.{kind}"
        subprocess.run(
            [options.baseplate, "export", options.plate, "--layers", LAYERS, "--zoom", options.zooms, "--out", str(out)],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        with running([options.martin, "--listen-addresses", f"127.0.0.1:{port}", str(out)], f"{base}/catalog") as server:
            paths = [f"/city/{z}/{x}/{y}" for z, x, y in chosen]
            row(f"Martin from {kind}", base, server, paths, options.seconds, folder)


@contextlib.contextmanager
def cluster(folder):
    """A private PostgreSQL cluster of the user `postgres`, on a socket and a port of its own; yields its connection string."""
    bin_folder = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data, port = folder / "pg", free_port()
    shutil.chown(folder, "postgres")
    folder.chmod(0o755)
    as_postgres = ["runuser", "-u", "postgres", "--"]
    run = lambda *args: subprocess.run([*as_postgres, *map(str, args)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run(bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=512MB -c fsync=off"
    run(bin_folder / "pg_ctl", "-D", data, "-w", "-o", settings, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def with_postgis(options, chosen, folder):
    import pyarrow as pa

    current = Path(options.plate) / (Path(options.plate) / "CURRENT").read_text().split()[0]
    grids = pa.ipc.open_file(pa.memory_map(str(current / "grids.arrow"))).read_all().to_pydict()
    rows = zip(*(grids[name] for name in ("code", "name", "level", "geometry")))
    with tempfile.TemporaryDirectory() as pg_folder, cluster(Path(pg_folder)) as url:
        table = Path(pg_folder) / "grids.tsv"
        with open(table, "w", encoding="utf-8") as file:
            file.writelines(f"{c}\t{n}\t{wkb.hex()}\n" for c, n, level, wkb in rows if level == "grid")
        statements = [
            "CREATE EXTENSION postgis",
            "CREATE TABLE raw (code text, name text, wkb text)",
            f"\\copy raw FROM '{table}'",
            "CREATE TABLE grids AS SELECT code, name, "
            "ST_Multi(ST_Transform(ST_SetSRID(decode(wkb, 'hex')::geometry, 4326), 3857))::geometry(MultiPolygon, 3857) AS geom FROM raw",
            "CREATE INDEX ON grids USING gist (geom)",
            "ANALYZE grids",
        ]
        for statement in statements:
            subprocess.run(["psql", url, "-v", "ON_ERROR_STOP=1", "-qc", statement], check=True)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [options.martin, "--listen-addresses", f"127.0.0.1:{port}", "--cache-size", "0", url]
        with running(command, f"{base}/catalog") as server:
            paths = [f"/grids/{z}/{x}/{y}" for z, x, y in chosen]
            row("Martin from PostGIS, grids only, no cache", base, server, paths, options.seconds, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plate")
    parser.add_argument("--tile-server", default=os.environ.get("TILE_SERVER", "tile-server"))
    parser.add_argument("--baseplate", default=os.environ.get("BASEPLATE", "baseplate"))
    parser.add_argument("--martin", default=shutil.which("martin"))
    parser.add_argument("--zooms", default="10-14")
    parser.add_argument("--tiles", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--postgis", action="store_true")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed (Debian: apt install wrk)")
    low, high = map(int, options.zooms.split("-"))
    print("| server | tiles/s | p99 ms | failed | resident MB |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        base = f"http://127.0.0.1:{port}"
        with running([options.tile_server, options.plate, "--listen", f"127.0.0.1:{port}"], f"{base}/readyz") as server:
            chosen = tiles(base, range(low, high + 1), options.tiles)
            paths = [f"/tiles/{LAYERS}/{z}/{x}/{y}.mvt" for z, x, y in chosen]
            row("tile-server", base, server, paths, options.seconds, folder)
        if not options.martin:
            print("Martin is not installed: cargo install martin --version 1.14.0 --locked", file=sys.stderr)
            return
        with_files(options, chosen, folder)
        if options.postgis:
            with_postgis(options, chosen, folder)


if __name__ == "__main__":
    main()
