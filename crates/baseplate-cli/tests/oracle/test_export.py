"""Oracle: PMTiles' own reader, SQLite and GDAL open the archives of tiles, the running server says what must be in them;
Arrow, DuckDB and GDAL read the exported features, the plate's tables say what they are.

If a test here fails, a map on a static host shows other tiles than the server, an export that was interrupted at night is not
whole in the morning, or a colleague's GIS shows other grids than the plate has.
"""

import contextlib
import csv
import gzip
import hashlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import duckdb
import numpy as np
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from plates import column, is_natural_person, manifest, table, write_features, write_spec, with_grids
from test_tiles_decode import LABELS, fetch, tiles_over

FORMATS = ("pmtiles", "mbtiles")
ZOOMS = range(0, 18)
FEATURES = ("geoparquet", "geojson", "csv")
# Moments at which an export is ended by force, as shares of a file's size.
CUTS = np.linspace(0.02, 0.98, 12)
KILLED = 10


def export(cli, plate, out, *options, check=True):
    return cli.run("export", plate, "--out", out, *options, check=check)


def read_pmtiles(path):
    with open(path, "rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        tiles = {tile: gzip.decompress(body) for tile, body in all_tiles(source)}
        for z, x, y in tiles:
            assert gzip.decompress(reader.get(z, x, y)) == tiles[z, x, y]
        return tiles, reader.header(), reader.metadata()


def read_mbtiles(path):
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles").fetchall()
        metadata = dict(db.execute("SELECT name, value FROM metadata"))
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
    assert tables == {"metadata", "map", "images", "tiles"}
    return {(z, x, (1 << z) - 1 - y): gzip.decompress(body) for z, x, y, body in rows}, metadata


def read_tiles(path):
    return (read_pmtiles if path.suffix == ".pmtiles" else read_mbtiles)(path)[0]


@pytest.fixture(scope="module")
def server(serve, town, tmp_path_factory):
    with serve(town, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def served(server, layers, zooms):
    """The TileJSON, and every tile around the bounds that is not empty."""
    names = ",".join(layers)
    description = json.loads(fetch(f"{server}/tiles/{names}.json")[2])
    tiles = {}
    for zoom in zooms:
        over = tiles_over(description["bounds"], zoom)
        margin = {(z, x + i, y + j) for z, x, y in over for i in (-1, 0, 1) for j in (-1, 0, 1)}
        for z, x, y in margin:
            if 0 <= x < 1 << z and 0 <= y < 1 << z:
                status, _, body = fetch(f"{server}/tiles/{names}/{z}/{x}/{y}.mvt")
                assert status in (200, 204, 404), (z, x, y, status)
                if status == 200:
                    tiles[z, x, y] = body
    return description, tiles


@pytest.fixture(scope="module")
def all_served(server):
    layers = [layer["id"] for layer in json.loads(fetch(f"{server}/catalog")[2])["layers"]]
    return served(server, layers, ZOOMS)


@pytest.mark.parametrize("format", FORMATS)
def test_the_tiles_are_those_that_are_served(cli, town, all_served, tmp_path, format):
    out = tmp_path / f"town.{format}"
    export(cli, town, out)
    assert len(all_served[1]) > 100
    assert read_tiles(out) == all_served[1]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("format", FORMATS)
def test_layers_and_zooms_are_those_that_are_asked_for(cli, town, server, tmp_path, format):
    out = tmp_path / "some.tiles"
    layers = ("buildings", "grids", "addresses")
    export(cli, town, out, "--layers", ",".join(layers), "--zoom", "9-16", "--format", format)
    found = (read_pmtiles if format == "pmtiles" else read_mbtiles)(out)[0]
    assert found == served(server, layers, range(9, 17))[1]


def test_the_descriptions_say_what_tilejson_says(cli, town, all_served, tmp_path):
    said = all_served[0]
    export(cli, town, tmp_path / "t.pmtiles")
    export(cli, town, tmp_path / "t.mbtiles")
    tiles, header, metadata = read_pmtiles(tmp_path / "t.pmtiles")
    for key in ("name", "generation", "minzoom", "maxzoom", "bounds", "center", "vector_layers"):
        assert metadata[key] == said[key], key
    west, south, east, north = said["bounds"]
    box = [header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat")]
    assert np.allclose(box, [west, south, east, north], atol=1e-7, rtol=0)
    assert header["clustered"] and header["addressed_tiles_count"] == len(tiles)
    assert header["tile_contents_count"] == len({hashlib.sha256(body).digest() for body in tiles.values()})
    _, rows = read_mbtiles(tmp_path / "t.mbtiles")
    assert rows["format"] == "pbf" and rows["type"] == "overlay" and float(rows["version"]) and rows["description"]
    assert json.loads(rows["json"])["vector_layers"] == said["vector_layers"]
    assert [float(v) for v in rows["bounds"].split(",")] == said["bounds"]
    assert [float(v) for v in rows["center"].split(",")] == said["center"]
    assert (rows["name"], rows["minzoom"], rows["maxzoom"]) == (said["name"], str(said["minzoom"]), str(said["maxzoom"]))


@pytest.mark.parametrize("format", FORMATS)
def test_gdal_opens_the_archives(cli, town, tmp_path, format):
    out = tmp_path / f"town.{format}"
    export(cli, town, out, "--layers", "grids,buildings", "--zoom", "13-16")
    assert {name for name, _ in pyogrio.list_layers(out)} == {"grids", "buildings"}
    _, _, shapes, fields = pyogrio.raw.read(out, layer="grids", columns=["code"])
    basic = table(town, "grids")
    codes = {c for c, k, l in zip(*(column(basic, n) for n in ("code", "kind", "level"))) if (k, l) == ("basic", "grid")}
    assert set(fields[0]) == codes and len(shapes) >= len(codes)


@pytest.fixture(scope="module")
def uniform(cli, tmp_path_factory):
    """One large square grid: most of its tiles are alike."""
    folder = tmp_path_factory.mktemp("uniform")
    write_features(folder / "grids.geojson", [({"code": "99010100100101"}, shapely.box(114, 22.5, 114.2, 22.7))])
    spec = write_spec(folder / "spec.toml", grids={"path": "grids.geojson", "crs": "EPSG:4490", "code": "code"})
    cli.build(spec, folder / "uniform.plate")
    return folder / "uniform.plate"


def test_equal_tiles_are_stored_once(cli, uniform, tmp_path):
    export(cli, uniform, tmp_path / "u.pmtiles", "--zoom", "12-17", "--layers", "grids")
    export(cli, uniform, tmp_path / "u.mbtiles", "--zoom", "12-17", "--layers", "grids")
    tiles, header, _ = read_pmtiles(tmp_path / "u.pmtiles")
    different = len(set(tiles.values()))
    assert len(tiles) > 5000 and different < len(tiles) / 4
    assert (header["addressed_tiles_count"], header["tile_contents_count"]) == (len(tiles), different)
    assert header["tile_entries_count"] < len(tiles) / 2
    assert read_mbtiles(tmp_path / "u.mbtiles")[0] == tiles
    with sqlite3.connect(tmp_path / "u.mbtiles") as db:
        assert db.execute("SELECT count(*) FROM images").fetchone() == (different,)


# Interruptions


def content(path):
    """The bytes of PMTiles; of MBTiles the rows, for SQLite may lay out its pages otherwise."""
    return path.read_bytes() if path.suffix == ".pmtiles" else read_mbtiles(path)


@pytest.fixture(scope="module", params=FORMATS)
def long_export(request, cli, uniform, tmp_path_factory):
    """An archive that takes many batches."""
    out = tmp_path_factory.mktemp("whole") / f"whole.{request.param}"
    export(cli, uniform, out, "--zoom", "10-16")
    return out


def size_of(folder, name):
    total = 0
    for file in folder.glob(f"{name}*"):
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def killed(running, folder, name, size):
    """Ends an export by force once its files have that size together; whether it was still running."""
    while running.poll() is None and size_of(folder, name) < size:
        time.sleep(0.0005)
    running.send_signal(signal.SIGKILL)
    return running.wait() == -signal.SIGKILL


def test_what_is_killed_and_resumed_is_the_same_in_the_end(cli, uniform, long_export, tmp_path):
    size = long_export.stat().st_size
    interrupted = 0
    for moment in range(KILLED):
        out = tmp_path / f"{moment}{long_export.suffix}"
        for part in (0.6, 0.9):
            running = cli.start("export", uniform, "--zoom", "10-16", "--out", out, "--resume")
            interrupted += killed(running, tmp_path, out.stem, size * part * moment / KILLED)
        export(cli, uniform, out, "--zoom", "10-16", "--resume")
        assert content(out) == content(long_export), moment
    assert interrupted >= KILLED, interrupted
    assert len(list(tmp_path.iterdir())) == KILLED


def test_what_ends_in_the_middle_of_a_write_is_resumed(cli, uniform, long_export, tmp_path):
    """A limit on the size of files ends the process at exact places, also inside a batch."""
    size = long_export.stat().st_size
    for cut in CUTS:
        out = tmp_path / f"{cut:.2f}{long_export.suffix}"
        limit = int(size * cut)
        limited = subprocess.run(
            [cli.program, "export", uniform, "--zoom", "10-16", "--out", out],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            capture_output=True,
        )
        assert limited.returncode != 0 and not out.exists(), cut
        export(cli, uniform, out, "--zoom", "10-16", "--resume")
        assert content(out) == content(long_export), cut


@pytest.mark.parametrize("format", FORMATS)
def test_another_plan_is_not_resumed(cli, town, uniform, tmp_path, format):
    out = tmp_path / f"t.{format}"

    def interrupted():
        subprocess.run(
            [cli.program, "export", town, "--out", out, "--layers", "grids,buildings", "--zoom", "8-17"],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
            capture_output=True,
        )
        assert not out.exists() and out.with_name(out.name + ".partial").exists()

    def refused(plate, *options):
        done = export(cli, plate, out, "--resume", *options, check=False)
        assert done.returncode == 1 and "--resume" in done.stderr and not out.exists()
        return done.stderr

    interrupted()
    same = ("--layers", "grids,buildings")
    assert "zooms 8-17, not 8-16" in refused(town, *same, "--zoom", "8-16")
    assert "layers grids,buildings, not grids" in refused(town, "--layers", "grids", "--zoom", "8-17")
    assert "of this plate" in refused(uniform, "--layers", "grids", "--zoom", "8-17")
    export(cli, town, out, "--resume", *same, "--zoom", "8-17")
    resumed = read_tiles(out)
    export(cli, town, out, *same, "--zoom", "8-17")
    assert read_tiles(out) == resumed


# Features


def cells(path):
    csv.field_size_limit(sys.maxsize)
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v or None for k, v in row.items() if k != "wkt"} for row in rows], [
        shapely.from_wkt(row["wkt"]) if row["wkt"] else None for row in rows
    ]


def collection(path):
    read = json.loads(path.read_text(encoding="utf-8"))
    assert set(read) == {"type", "features"} and read["type"] == "FeatureCollection"
    shapes = [f["geometry"] and shapely.geometry.shape(f["geometry"]) for f in read["features"]]
    return [f["properties"] for f in read["features"]], shapes


SIDES = ("xmin", "ymin", "xmax", "ymax")


def parquet(path):
    read = pyarrow.parquet.read_table(path)
    shapes = shapely.from_wkb(np.array(read.column("geometry").to_pylist(), dtype=object))
    boxes = [tuple(box[side] for side in SIDES) for box in read.column("bbox").to_pylist()]
    for box, shape in zip(boxes, shapes):
        assert box == ((None,) * 4 if shape is None or shape.is_empty else shape.bounds), "the box is that of the shape"
    return read.drop_columns(["geometry", "bbox"]).to_pylist(), list(shapes)


@pytest.fixture(scope="module")
def exported(cli, town, tmp_path_factory):
    """Rows and shapes of each layer in each format."""
    folder = tmp_path_factory.mktemp("features")
    for format in FEATURES:
        export(cli, town, folder / format, "--format", format)
    ends = {"geoparquet": "parquet", "geojson": "geojson", "csv": "csv"}
    read = {"geoparquet": parquet, "geojson": collection, "csv": cells}
    layers = sorted(path.stem for path in (folder / "csv").iterdir())
    return folder, {f: {layer: read[f](folder / f / f"{layer}.{ends[f]}") for layer in layers} for f in FEATURES}


def as_text(row):
    return {k: None if v is None else f"{v:g}" if isinstance(v, float) else str(v) for k, v in row.items()}


def test_all_formats_have_the_same_rows_and_shapes(exported):
    _, found = exported
    assert set(LABELS) < set(found["csv"]) and {"density", "buildings", "enterprises"} < set(found["csv"])
    for layer, (rows, shapes) in found["geoparquet"].items():
        for other in ("geojson", "csv"):
            other_rows, other_shapes = found[other][layer]
            assert [as_text(r) for r in other_rows] == [as_text(r) for r in rows], (other, layer)
            assert len(other_shapes) == len(shapes)
            for a, b in zip(shapes, other_shapes):
                assert (a is None and b is None) or shapely.equals_exact(a, b, tolerance=0), (other, layer)


def test_grids_are_those_of_the_table(exported, town):
    rows, shapes = exported[1]["geoparquet"]["grids"]
    source = table(town, "grids")
    chosen = [i for i, key in enumerate(zip(column(source, "kind"), column(source, "level"))) if key == ("basic", "grid")]
    at = {name: column(source, name) for name in source.column_names}
    assert [r["code"] for r in rows] == [at["code"][i] for i in chosen]
    for row, shape, i in zip(rows, shapes, chosen):
        for name in ("name", "buildings", "addresses", "people"):
            assert row[name] == at[name][i], (row["code"], name)
        assert shapely.equals_exact(shape, shapely.from_wkb(at["geometry"][i]), tolerance=0)
        community = at["parent"][i]
        assert row["parent"] == row["community"] == at["code"][community]
        assert row["subdistrict"] == at["code"][at["parent"][community]]
    assert all(row["people"] is not None for row in rows), "nothing is null for secrecy"


def test_buildings_and_addresses_are_those_of_the_tables(exported, town):
    grids, source = column(table(town, "grids"), "code"), with_grids(town, "buildings")
    rows, shapes = exported[1]["geoparquet"]["buildings"]
    assert [r["code"] for r in rows] == column(source, "code")
    assert [r["height"] for r in rows] == column(source, "height_m")
    assert [r["floors"] for r in rows] == column(source, "floors")
    assert [r["grid"] for r in rows] == [None if g is None else grids[g] for g in column(source, "grid_basic")]
    assert all(shapely.equals_exact(a, shapely.from_wkb(b), tolerance=0) for a, b in zip(shapes, column(source, "geometry")))
    codes, source = column(source, "code"), table(town, "addresses")
    rows, shapes = exported[1]["geoparquet"]["addresses"]
    assert [r["code"] for r in rows] == column(source, "code")
    assert [r["text"] for r in rows] == column(source, "text")
    assert [r["building"] for r in rows] == [None if b is None else codes[b] for b in column(source, "building")]
    assert [(s.x, s.y) for s in shapes] == list(zip(column(source, "lng"), column(source, "lat")))


def test_density_and_enterprises_have_every_row(exported, town):
    rows, shapes = exported[1]["geoparquet"]["density"]
    assert len(rows) == len(table(town, "cells"))
    of = {r: [row for row in rows if row["resolution"] == r] for r in range(5, 11)}
    assert len({sum(row["addresses"] for row in cells) for cells in of.values()}) == 1
    assert all(shapely.is_valid(shapes))
    rows, _ = exported[1]["geoparquet"]["enterprises"]
    codes = column(table(town, "layers/enterprises"), "code")
    assert [r["code"] for r in rows] == [code for code in codes if not is_natural_person(code)]
    assert next(layer for layer in manifest(town)["layers"] if layer["id"] == "enterprises")["rows"] == len(codes) > len(rows)


def test_natural_persons_are_exported_when_that_is_said(cli, town, tmp_path):
    export(cli, town, tmp_path / "all.csv", "--layers", "enterprises", "--natural-persons")
    rows, _ = cells(tmp_path / "all.csv")
    assert [r["code"] for r in rows] == column(table(town, "layers/enterprises"), "code")


def test_rings_turn_as_the_standards_want(exported):
    for layer in ("grids", "districts", "buildings", "density"):
        for shape in exported[1]["geojson"][layer][1]:
            for part in getattr(shape, "geoms", [shape]):
                assert part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors), layer


def test_no_format_has_anything_of_single_people(exported):
    columns = {name for rows, _ in exported[1]["geoparquet"].values() for row in rows[:1] for name in row}
    assert not columns & {"token", "person", "id", "birth", "sex"}
    assert not {layer for layer in exported[1]["csv"] if "people" in layer or "person" in layer}


def test_gdal_and_duckdb_read_the_features(exported):
    folder, found = exported
    for layer in ("grids", "addresses", "density"):
        rows, shapes = found["geoparquet"][layer]
        path = folder / "geoparquet" / f"{layer}.parquet"
        count, codes = duckdb.sql(f"SELECT count(*), list(code) FROM read_parquet('{path}')").fetchall()[0]
        assert count == len(rows) and sorted(codes) == sorted(r["code"] for r in rows)
        geo = json.loads(pyarrow.parquet.read_metadata(path).metadata[b"geo"])
        said = geo["columns"][geo["primary_column"]]
        assert (geo["version"], said["encoding"], said["crs"]["id"]["code"]) == ("1.1.0", "WKB", 4490)
        assert set(said["geometry_types"]) == {shape.geom_type for shape in shapes}
        assert np.allclose(said["bbox"], shapely.total_bounds(shapes), atol=0, rtol=0)
        assert said["covering"] == {"bbox": {side: ["bbox", side] for side in SIDES}}
        west, south, east, north = shapely.total_bounds(shapes)
        middle = f"bbox.xmin <= {(west + east) / 2} AND bbox.xmax >= {(west + east) / 2}"
        count = f"SELECT count(*) FROM read_parquet('{path}') WHERE {middle}"
        crossing = duckdb.sql(count).fetchall()[0][0]
        x = (west + east) / 2
        assert crossing == sum(shape.bounds[0] <= x <= shape.bounds[2] for shape in shapes)
        for read in (path if "Parquet" in pyogrio.list_drivers() else None, folder / "geojson" / f"{layer}.geojson"):
            if read is not None:
                info = pyogrio.read_info(read, force_feature_count=True)
                assert info["features"] == len(rows), read


# Flags


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (("--zoom", "6-14"), "give --format"),
        (("--out", "t.tiles"), "give --format"),
        (("--out", "-", "--format", "pmtiles"), "give --out"),
        (("--out", "t.pmtiles", "--zoom", "14-6"), "like 6-14"),
        (("--out", "t.pmtiles", "--zoom", "6-18"), "0 to 17"),
        (("--out", "t.pmtiles", "--layers", "addresses", "--zoom", "3-8"), "addresses is in zooms"),
        (("--out", "t.pmtiles", "--layers", "people"), "there is no layer 'people'"),
        (("--out", "t.csv", "--layers", "grids", "--zoom", "3"), "leave it out"),
        (("--out", "t.csv", "--layers", "grids", "--resume"), "leave it out"),
        (("--format", "csv"), "--layers"),
        (("--format", "geoparquet", "--layers", "grids"), "give --out"),
        (("--h3-cover", "grids"), "--res"),
        (("--h3-cover", "grids", "--res", "9", "--zoom", "3"), "cannot be used with"),
    ],
)
def test_wrong_flags_are_answered_with_the_cure(cli, town, options, cure, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = cli.run("export", town, *options, check=False)
    assert done.returncode in (1, 2) and cure in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("layers", [("grids",), ("grids", "buildings"), ()], ids=["a file", "a folder", "tiles"])
def test_what_is_no_file_is_not_replaced(cli, town, layers, tmp_path):
    """As the system's administrator: `--out /dev/null` made a file of the device, and every other program lost it."""
    pipe = tmp_path / ("grids.csv" if len(layers) == 2 else "pipe")
    os.mkfifo(pipe)
    options = ("--format", "csv", "--layers", ",".join(layers)) if layers else ("--format", "pmtiles", "--zoom", "3-6")
    done = export(cli, town, tmp_path if len(layers) == 2 else pipe, *options, check=False)
    assert done.returncode == 1 and f"{pipe}: not a regular file" in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == [pipe] and pipe.is_fifo()
