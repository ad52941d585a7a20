"""Oracle: the source says what the height of a building is; every output must say the same digits.

If a test here fails, somebody reads 11.899999618530273 where the source has 11.9.
"""

import csv
import json
import re

import pyarrow.parquet
import pytest
import shapely

from plates import column, table, write_features, write_spec
from test_tiles_decode import decode, fetch, tiles_over

HEIGHTS = {"B1": "11.9", "B2": "11.899999618530273", "B3": "33.3", "B4": "0.1", "B5": "1234.56", "B6": "12"}
DUE = {"B1": 11.9, "B2": 11.9, "B3": 33.3, "B4": 0.1, "B5": 1234.56, "B6": 12.0}


@pytest.fixture(scope="module")
def plate(cli, tmp_path_factory):
    folder = tmp_path_factory.mktemp("heights")
    at = lambda i: shapely.box(114 + i / 1e3, 22, 114.0005 + i / 1e3, 22.0005)
    features = [({"code": code, "h": text}, at(i)) for i, (code, text) in enumerate(HEIGHTS.items())]
    grids = write_features(folder / "g.geojson", [({"code": "G"}, shapely.box(113.9, 21.9, 114.1, 22.1))])
    buildings = {"path": write_features(folder / "b.geojson", features), "height": "h"}
    keys = {"crs": "EPSG:4490", "code": "code"}
    cli.build(write_spec(folder / "spec.toml", grids=keys | {"path": grids}, buildings=keys | buildings), folder / "plate")
    return folder / "plate"


def as_text(answer, name):
    """The digits behind a name in JSON, as they stand there."""
    return re.search(rf'"{name}": ?([0-9.eE+-]+)', answer).group(1)


def test_tables_and_get(cli, plate):
    buildings = table(plate, "buildings")
    assert dict(zip(column(buildings, "code"), column(buildings, "height_m"))) == DUE
    for code, due in DUE.items():
        assert as_text(cli.run("get", plate, code).stdout, "height_m") == repr(due)


def test_exports(cli, plate, tmp_path):
    for form, end in (("csv", "csv"), ("geojson", "geojson"), ("geoparquet", "parquet")):
        cli.run("export", plate, "--out", tmp_path / form, "--layers", "buildings", "--format", form)
        (file,) = [p for p in (tmp_path / form).rglob(f"*.{end}")] if (tmp_path / form).is_dir() else [tmp_path / form]
        if form == "geoparquet":
            read = pyarrow.parquet.read_table(file)
            got = dict(zip(column(read, "code"), column(read, "height")))
        elif form == "geojson":
            got = {f["properties"]["code"]: f["properties"]["height"] for f in json.loads(file.read_text())["features"]}
        else:
            with open(file, newline="", encoding="utf-8-sig") as rows:
                got = {row["code"]: float(row["height"]) for row in csv.DictReader(rows)}
        assert got == DUE, form


def test_server(serve, plate, tmp_path):
    with serve(plate, tmp_path / "log") as server:
        for code, due in DUE.items():
            assert as_text(fetch(f"{server}/api/entities/{code}")[2].decode(), "height_m") == repr(due)
            item = fetch(f"{server}/ogc/collections/buildings/items/{code}")[2].decode()
            assert as_text(item, "height") == repr(due)
        description = json.loads(fetch(f"{server}/tiles/buildings.json")[2])
        got = {}
        for tile in tiles_over((113.9995, 21.9995, 114.006, 22.001), description["maxzoom"]):
            status, _, body = fetch(description["tiles"][0].format(**dict(zip("zxy", tile))))
            got |= {f.code: f.says["height"] for f in decode(tile, body)} if status == 200 else {}
        assert got == DUE
