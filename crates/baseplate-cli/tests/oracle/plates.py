"""What the oracle tests share: running the binaries, writing specs, reading a plate's tables and points.

Nothing here is an oracle; the oracles (GEOS, PROJ, Arrow, DuckDB, Polars, an MVT decoder) stand in the tests.
"""

import csv
import json
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import shapely

TABLES = ("grids", "buildings", "addresses")


@dataclass(frozen=True)
class Cli:
    """The command-line tool under test."""

    program: str

    def run(self, *args, check=True, timeout=300):
        done = subprocess.run(
            [self.program, *map(str, args)], capture_output=True, text=True, encoding="utf-8", timeout=timeout
        )
        assert "panicked" not in done.stderr, f"{args}: {done.stderr}"
        assert done.returncode >= 0, f"{args}: ended by signal {-done.returncode}"
        if check:
            assert done.returncode == 0, f"{args}: exit {done.returncode}: {done.stderr}"
        return done

    def start(self, *args):
        return subprocess.Popen([self.program, *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def build(self, spec, out, *options, check=True):
        return self.run("build", spec, "--out", out, *options, check=check)


def toml_value(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(value if isinstance(value, (bool, int, float)) else str(value), ensure_ascii=False)


def write_spec(path, **sources):
    """Write a spec; `sources` maps grids, buildings, addresses to one dict or a list of dicts of keys."""
    lines = ["[plate]", 'name = "oracle"']
    for table, entries in sources.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            lines.append(f"[[{table}]]")
            lines += [f"{key} = {toml_value(value)}" for key, value in entry.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_features(path, features):
    """Write (properties, geometry) pairs as GeoJSON; a geometry is shapely's, or JSON taken as it is."""
    plain = [{"type": "Feature", "properties": p, "geometry": as_geojson(g)} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": plain}, ensure_ascii=False), encoding="utf-8")
    return path


def write_rows(path, rows, encoding="utf-8", line_end="\n"):
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, lineterminator=line_end).writerows(rows)
    return path


def rejects(plate):
    with open(Path(plate) / "rejects.csv", newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def as_geojson(geometry):
    return shapely.geometry.mapping(geometry) if isinstance(geometry, shapely.Geometry) else geometry


def generation(plate):
    return Path(plate) / (Path(plate) / "CURRENT").read_text().split()[0]


def manifest(plate):
    return json.loads((generation(plate) / "plate.json").read_text(encoding="utf-8"))


def table(plate, name):
    with pa.memory_map(str(generation(plate) / f"{name}.arrow")) as source:
        return pa.ipc.open_file(source).read_all()


def with_grids(plate, name):
    """The buildings or addresses with their columns of grids, which stand in a file of their own; null for addresses with a building."""
    rows, grids = table(plate, name), table(plate, {"buildings": "building-grids", "addresses": "address-grids"}[name])
    before = rows.num_rows - grids.num_rows
    for kind in (kind for kind in grids.column_names if kind.startswith("grid_")):
        own = grids.column(kind).combine_chunks()
        rows = rows.append_column(kind, pa.concat_arrays([pa.nulls(before, own.type), own]))
    return rows


def is_natural_person(uscc):
    """Whether a code says 个体工商户."""
    return uscc.startswith("92")


def column(arrow_table, name):
    return arrow_table.column(name).to_pylist()


def geometries(arrow_table):
    return shapely.from_wkb(np.array(column(arrow_table, "geometry"), dtype=object))


def basic_grids(plate):
    """Codes and polygons of the basic grids, in the order of their codes."""
    grids = table(plate, "grids")
    codes, kinds, levels = (np.array(column(grids, c)) for c in ("code", "kind", "level"))
    chosen = (kinds == "basic") & (levels == "grid")
    codes, polygons = codes[chosen], geometries(grids)[chosen]
    order = np.argsort(codes)
    return codes[order], polygons[order]


def locate(cli, plate, xy, folder, *options, name="points"):
    """Locate points; the answer is a dict of string arrays, one for each code column, "" for none."""
    points, answers = folder / f"{name}.csv", folder / f"{name}.out.csv"
    pa.csv.write_csv(pa.table({"x": xy[:, 0], "y": xy[:, 1]}), points)
    cli.run("locate", plate, points, "--lng", "x", "--lat", "y", *options, "--out", answers)
    kinds = {c: pa.string() for c in LOCATED}
    read = pa.csv.read_csv(
        answers, convert_options=pa.csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
    )
    assert np.array_equal(read["x"].to_numpy(), xy[:, 0]), "the input's columns are kept as they were"
    assert read.num_rows == len(xy)
    return {c: read[c].to_numpy(zero_copy_only=False).astype(str) for c in LOCATED if c in read.column_names}


LOCATED = ("grid_code", "community_code", "subdistrict_code", "district_code", "city_code", "error")


@dataclass(frozen=True)
class Server:
    """A running tile-server: its address without the last slash, its process, and the file with its log."""

    address: str
    process: subprocess.Popen
    log: Path


@contextmanager
def running(program, plate, log, *options, env=None):
    """A tile-server on a free port, ended by its own process id."""
    with open(log, "wb") as stderr:
        server = subprocess.Popen(
            [program, str(plate), "--listen", "127.0.0.1:0", *map(str, options)],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={**os.environ, **(env or {})},
        )
    try:
        yield Server(wait_for_address(server, log), server, Path(log))
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def serving(program, plate, log):
    """As `running`, if only the address matters."""
    with running(program, plate, log) as server:
        yield server.address


def wait_for_address(server, log):
    """The address, as soon as the plate is open."""
    return wait_for_line(server, log, r"map: (http://127\.0\.0\.1:\d+)/")


def wait_for_line(server, log, pattern):
    """What the first group of a pattern finds in the log of a server."""
    for _ in range(200):
        text = Path(log).read_text(encoding="utf-8", errors="replace")
        if found := re.search(pattern, text):
            return found.group(1)
        assert server.poll() is None, f"tile-server ended: {text}"
        time.sleep(0.05)
    raise AssertionError(f"tile-server did not say {pattern}: {text}")
