"""Sources that are too large in one place: what building them takes, and what is said.

    python benches/attack/large_sources.py target/release/baseplate [--only NAME]

Each source is made in a temporary directory and built once, with at most 4 GiB of addresses and five minutes.
"""

import argparse
import gzip
import math
import os
import random
import resource
import tempfile
import time
from pathlib import Path

MEMORY = 4 << 30
SECONDS = 300
RIGHT = 'A,"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))"\n'


def packed(head, tail):
    """A file with 4 GiB of zeros between two texts."""

    def write(path):
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(head.encode())
            for _ in range(4096):
                file.write(b"0" * (1 << 20))
            file.write(tail.encode())

    return write


def ring(points):
    def write(path):
        vertices = list(points())
        text = ",".join(f"{x:.9f} {y:.9f}" for x, y in [*vertices, vertices[0]])
        path.write_text(f'code,wkt\n{RIGHT}B,"POLYGON(({text}))"\n')

    return write


def text(contents):
    return lambda path: path.write_text(contents)


def around(count, radius):
    turn = 2 * math.pi / count
    return [(114.05 + radius(i) * math.cos(i * turn), 22.55 + radius(i) * math.sin(i * turn)) for i in range(count)]


def star(count):
    """Every edge crosses most others."""
    turn = 2 * math.pi * 0.3819660113
    return [(114.05 + 0.01 * math.cos(i * turn), 22.55 + 0.01 * math.sin(i * turn)) for i in range(count)]


def comb(teeth):
    """Long thin teeth aslant: the boxes of all edges meet, and none crosses another."""
    for x in (114 + i * 1e-6 for i in range(teeth)):
        yield from [(x, 22.5), (x + 0.05, 22.55), (x + 0.0500005, 22.55), (x + 5e-7, 22.5)]


def document(geometry):
    return f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"A"}},"geometry":{geometry}}}]}}'


FEATURE = '{"type":"Feature","properties":{"code":"'
NOISE = random.Random(1)
SOURCES = {
    "a line of 4 GiB, CSV": ("g.csv.gz", packed(f"code,wkt\n{RIGHT}B,", f"\n{RIGHT.replace('A', 'C')}")),
    "a line of 4 GiB, GeoJSON texts": ("g.geojsonl.gz", packed(FEATURE, '"},"geometry":null}\n')),
    "a feature of 4 GiB": ("g.geojson.gz", packed(f'{{"type":"FeatureCollection","features":[{FEATURE}', '"},"geometry":null}]}')),
    "a ring of 1,000,000 vertices": ("g.csv", ring(lambda: around(1_000_000, lambda _: 0.01))),
    "a ring of 249,000 vertices": ("g.csv", ring(lambda: around(249_000, lambda _: 0.01))),
    "a rough ring of 60,000 vertices": ("g.csv", ring(lambda: around(60_000, lambda _: 0.01 + NOISE.random() * 0.001))),
    "a star of 20,000 edges": ("g.csv", ring(lambda: star(20_000))),
    "a comb of 60,000 teeth": ("g.csv", ring(lambda: comb(60_000))),
    "coordinates 100,000 deep": ("g.geojson", text(document(f'{{"type":"Polygon","coordinates":{"[" * 100_000}{"]" * 100_000}}}'))),
    "collections 50,000 deep": (
        "g.geojson",
        text(document('{"type":"GeometryCollection","geometries":[' * 50_000 + "]}" * 50_000)),
    ),
    "WKT collections 50,000 deep": (
        "g.csv",
        text(f'code,wkt\n{RIGHT}B,"{"GEOMETRYCOLLECTION(" * 50_000}POINT(1 1){")" * 50_000}"\n'),
    ),
}


def build(program, folder, name):
    """Seconds, MiB, how it ended, and the last thing that was said about a row."""
    spec = folder / "spec.toml"
    spec.write_text(f'[plate]\nname = "t"\n[[grids]]\nmin_used = 0.0\npath = "{name}"\ncrs = "EPSG:4490"\ncode = "code"\n')
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.execv(program, [program, "build", str(spec), "--out", str(folder / "plate")])
    _, status, used = os.wait4(child, 0)
    said = (folder / "log").read_text(errors="replace")
    rejects = folder / "plate" / "rejects.csv"
    told = rejects.read_text().splitlines()[-1] if rejects.exists() and len(rejects.read_text().splitlines()) > 1 else ""
    line = told or next((line for line in said.splitlines() if line.startswith("error")), "")
    return time.monotonic() - began, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--only", choices=SOURCES)
    arguments = parser.parse_args()
    for title, (name, write) in SOURCES.items():
        if arguments.only not in (None, title):
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            write(folder / name)
            seconds, mib, ended, line = build(arguments.program.resolve(), folder, name)
            print(f"{title}: {seconds:.1f} s, {mib:,.0f} MiB, exit {ended}\n    {line[:200]}", flush=True)


if __name__ == "__main__":
    main()
