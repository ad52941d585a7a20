"""Loads a tile-server over loopback with wrk, and prints one table.

    load.py --program TILE-SERVER --plate PLATE [--layers NAMES] [--seconds N] [--mixed SECONDS] [--out FILE]

Needs Python and wrk (Debian: wrk). Tiles are those over the middle of the plate, zoom by zoom, asked for in turn. With
`--mixed` all kinds of requests are asked at once for so long, and the server's resident memory is written down.
"""

import argparse
import json
import random
import re
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from math import asinh, pi, radians, tan
from pathlib import Path

CONNECTIONS = 16
TILES = 400
POINTS = 10_000
ZOOMS = range(8, 18)


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="load-") as folder, serving(args.program, args.plate) as (address, pid):
        load = Load(address, args, Path(folder))
        rows = [load.tiles(), load.one(), *load.batches()]
        if args.mixed:
            rows.append(load.mixed(pid))
    lines = ["| what | requests/s | p50 | p99 | failed |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    print("\n".join(lines))
    if args.out:
        Path(args.out).write_text("\n".join(lines) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, help="the tile-server")
    parser.add_argument("--plate", required=True)
    parser.add_argument("--layers", help="names with commas; all but label points without it")
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    parser.add_argument("--mixed", type=int, default=0, help="seconds of mixed load; 0 for none")
    parser.add_argument("--out", help="a file for the table")
    return parser.parse_args()


@contextmanager
def serving(program, plate):
    """A server on a free port: its address and process id."""
    command = [program, plate, "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address = next(m[1] for line in server.stderr if (m := re.match(r"map: (http://[^/]+)/", line)))
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(timeout=60)


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


class Load:
    def __init__(self, address, args, folder):
        self.address, self.seconds, self.mixed_seconds, self.folder = address, args.seconds, args.mixed, folder
        catalogue = json.loads(fetch(f"{address}/catalog"))
        layers = [layer["id"] for layer in catalogue["layers"] if not layer["id"].endswith("-labels")]
        self.layers, self.bounds = args.layers or ",".join(layers), catalogue["bounds"]
        at = random.Random(1)
        west, south, east, north = self.bounds
        self.points = [(at.uniform(west, east), at.uniform(south, north)) for _ in range(POINTS)]
        self.tile_paths = [path for path in tile_paths(self.layers, self.bounds) if self.exists(path)][:TILES]

    def exists(self, path):
        try:
            return bool(fetch(self.address + path))
        except urllib.error.HTTPError:
            return False

    def tiles(self):
        requests = [("GET", path, {"Accept-Encoding": "gzip"}, None) for path in self.tile_paths]
        return self.row(f"{len(requests)} cached tiles in turn, gzip", requests)

    def one(self):
        requests = [("GET", f"/api/locate?lng={lng}&lat={lat}", {}, None) for lng, lat in self.points]
        return self.row("one point", requests)

    def batches(self):
        packed = b"".join(struct.pack("<dd", *point) for point in self.points)
        text = json.dumps({"points": self.points}).encode()
        octets, plain, as_json = "application/octet-stream", "text/plain", "application/json"
        for sent, accept, body in ((octets, octets, packed), (octets, plain, packed), (as_json, as_json, text)):
            headers = {"Content-Type": sent, "Accept": accept}
            what = f"{POINTS:,} points, {sent.split('/')[1]} → {accept.split('/')[1]}"
            yield self.row(what, [("POST", "/api/locate", headers, body)], connections=4)

    def mixed(self, pid):
        west, south, east, north = self.bounds
        requests = [("GET", path, {"Accept-Encoding": "gzip"}, None) for path in self.tile_paths]
        some = self.points[: len(requests)]
        requests += [("GET", f"/api/locate?lng={lng}&lat={lat}", {}, None) for lng, lat in some]
        requests += [("GET", f"/api/reverse?lng={lng}&lat={lat}", {}, None) for lng, lat in some]
        paths = ("/style.json", "/catalog", "/api/stats?level=community", f"/tiles/{self.layers}.json", "/metrics")
        requests += [("GET", path, {}, None) for path in paths * 5]
        body = b"".join(struct.pack("<dd", *point) for point in self.points)
        requests += [("POST", "/api/locate", {"Content-Type": "application/octet-stream"}, body)] * 5
        random.Random(2).shuffle(requests)
        memory, done = [resident_mib(pid)], threading.Event()

        def look():
            while not done.wait(1):
                memory.append(resident_mib(pid))

        looking = threading.Thread(target=look)
        looking.start()
        row = self.row("", requests, seconds=self.mixed_seconds)
        done.set()
        looking.join()
        half = memory[len(memory) // 2 :]
        row[0] = (
            f"all kinds mixed, {self.mixed_seconds} s; resident {memory[0]} MiB before, at most {max(memory)} MiB, "
            f"in the second half {min(half)}–{max(half)} MiB"
        )
        return row

    def row(self, what, requests, connections=CONNECTIONS, seconds=None):
        print(what or "mixed load", file=sys.stderr)
        script = self.folder / "requests.lua"
        script.write_text(lua(requests, self.folder))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}", "--latency", "-s", script, self.address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

        def find(pattern):
            found = re.search(pattern, said)
            return found[1] if found else "0"

        failed = int(find(r"Non-2xx or 3xx responses: (\d+)"))
        failed += sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", said)))
        return [what, find(r"Requests/sec:\s+([\d.]+)"), find(r"50%\s+(\S+)"), find(r"99%\s+(\S+)"), failed]


def tile_paths(layers, bounds):
    """The tiles over the bounds, from the smallest zoom on; of a zoom with many the ones in the middle."""
    for zoom in ZOOMS:
        (left, top), (right, bottom) = (place(bounds[0], bounds[3], zoom), place(bounds[2], bounds[1], zoom))
        middle = ((left + right) / 2, (top + bottom) / 2)
        tiles = [(x, y) for x in around(middle[0], left, right) for y in around(middle[1], top, bottom)]
        yield from (f"/tiles/{layers}/{zoom}/{x}/{y}.mvt" for x, y in tiles)


def around(middle, low, high):
    return range(max(int(low), int(middle) - 4), min(int(high), int(middle) + 4) + 1)


def place(lng, lat, zoom):
    return (lng + 180) / 360 * 2**zoom, (1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom


def lua(requests, folder):
    """A script that asks for these in turn. Bodies lie in files, each once."""
    bodies, lines = {}, ["local requests = {}", "local function read(path) return io.open(path, 'rb'):read('*a') end"]
    for method, path, headers, body in requests:
        if body is not None and body not in bodies:
            bodies[body] = f"body{len(bodies)}"
            (folder / bodies[body]).write_bytes(body)
            lines.append(f"local {bodies[body]} = read('{folder / bodies[body]}')")
        named = ", ".join(f"['{name}'] = '{value}'" for name, value in headers.items())
        lines.append(f"requests[#requests + 1] = {{'{method}', '{path}', {{{named}}}, {bodies.get(body, 'nil')}}}")
    lines += [
        "local made, at = {}, 0",
        "function init(args) for i, r in ipairs(requests) do made[i] = wrk.format(r[1], r[2], r[3], r[4]) end end",
        "function request() at = at % #made + 1; return made[at] end",
    ]
    return "\n".join(lines) + "\n"


def resident_mib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) >> 10


if __name__ == "__main__":
    main()
