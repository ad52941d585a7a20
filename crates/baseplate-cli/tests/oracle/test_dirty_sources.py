"""Oracle: small files whose right reading is known because the test wrote them, and damage done on purpose.

If a test here fails, bad input is lost without a word, read as something else, or takes the former plate with it.
"""

import gzip
import json

import numpy as np
import pytest
import shapely
from pyproj import Geod

from plates import basic_grids, column, locate, manifest, rejects, table, write_features, write_rows, write_spec

HALL, SHOP = "示例市霁峰区沐台街道鹤渚社区秋实路3号", "示例市霁峰区瑞湖街道康岫社区龙井巷12号101铺"
LEFT, RIGHT = shapely.box(114.0, 22.5, 114.01, 22.51), shapely.box(114.01, 22.5, 114.02, 22.51)


def build_addresses(cli, folder, path, *options, check=True, **keys):
    keys = {"path": path, "crs": "EPSG:4490", "code": "code", "text": "text", "lng": "x", "lat": "y"} | keys
    return cli.build(write_spec(folder / "spec.toml", addresses=keys), folder / "plate", *options, check=check)


def build_grids(cli, folder, path, *options, check=True, **keys):
    keys = {"path": path, "crs": "EPSG:4490", "code": "code"} | keys
    return cli.build(write_spec(folder / "spec.toml", grids=keys), folder / "plate", *options, check=check)


def texts(folder):
    read = table(folder / "plate", "addresses")
    return dict(zip(column(read, "code"), column(read, "text")))


def grids_of(folder):
    codes, polygons = basic_grids(folder / "plate")
    return dict(zip(codes.tolist(), polygons))


def two_addresses():
    return [("code", "text", "x", "y"), ("007", HALL, 114.001, 22.501), ("0042", SHOP, 114.002, 22.502)]


EXPECTED = {"007": HALL, "0042": SHOP}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("named", [False, True])
def test_encodings_and_leading_zeros(cli, tmp_path, encoding, named):
    path = write_rows(tmp_path / "a.csv", two_addresses(), encoding)
    build_addresses(cli, tmp_path, path, **({"encoding": encoding.removesuffix("-sig")} if named else {}))
    assert texts(tmp_path) == EXPECTED


def test_gbk_far_into_the_file(cli, tmp_path):
    """The first Chinese character comes after half a megabyte of plain letters."""
    rows = two_addresses()
    plain = [(f"P{i:06}", "plain " * 5, 114.001, 22.501) for i in range(12_000)]
    build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", rows[:1] + plain + rows[1:], "gbk"))
    got = texts(tmp_path)
    assert {code: got[code] for code in EXPECTED} == EXPECTED


def test_gzip(cli, tmp_path):
    plain = write_rows(tmp_path / "a.csv", two_addresses(), "gbk").read_bytes()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(plain))
    build_addresses(cli, tmp_path, tmp_path / "a.csv.gz")
    assert texts(tmp_path) == EXPECTED


def test_truncated_gzip(cli, tmp_path):
    packed = gzip.compress(write_rows(tmp_path / "a.csv", two_addresses() * 50).read_bytes())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    done = build_addresses(cli, tmp_path, tmp_path / "a.csv.gz", check=False)
    assert done.returncode == 1
    assert "a.csv.gz" in done.stderr


def test_truncated_geojson(cli, tmp_path):
    path = write_features(tmp_path / "g.geojson", [({"code": f"G{i}"}, LEFT) for i in range(50)])
    path.write_bytes(path.read_bytes()[:2000])
    done = build_grids(cli, tmp_path, path, check=False)
    assert done.returncode == 1
    assert "g.geojson" in done.stderr


def test_windows_line_ends_and_quoted_commas(cli, tmp_path):
    text = f'code,text,x,y\r\n007,"{HALL},""甲""",114.001,22.501\r\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    build_addresses(cli, tmp_path, tmp_path / "a.csv")
    assert texts(tmp_path) == {"007": f'{HALL},"甲"'}


def test_long_codes_as_json_numbers(cli, tmp_path):
    code = "4403060010010100001000001"
    geometry = '{"type":"Polygon","coordinates":[[[114,22.5],[114.01,22.5],[114.01,22.51],[114,22.5]]]}'
    feature = f'{{"type":"Feature","properties":{{"code":{code}}},"geometry":{geometry}}}'
    (tmp_path / "g.geojson").write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}')
    build_grids(cli, tmp_path, tmp_path / "g.geojson")
    assert list(grids_of(tmp_path)) == [code]


def test_ragged_rows(cli, tmp_path):
    text = f"code,text,x,y\n007,{HALL},114.001,22.501\nR1,{HALL}\nR2,{HALL},1,2,3,4\n0042,{SHOP},114.002,22.502\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    build_addresses(cli, tmp_path, tmp_path / "a.csv")
    assert texts(tmp_path) == EXPECTED
    found = [(r["file"], r["row"]) for r in rejects(tmp_path / "plate")]
    assert [(file.split("/")[-1], row) for file, row in found] == [("a.csv", "3"), ("a.csv", "4")]


def test_unbalanced_quote_at_the_end(cli, tmp_path):
    text = f'code,text,x,y\n007,{HALL},114.001,22.501\n0042,{SHOP},114.002,22.502\nQ1,"{HALL},114.003,22.503\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    build_addresses(cli, tmp_path, tmp_path / "a.csv")
    assert texts(tmp_path) == EXPECTED
    assert [r["row"] for r in rejects(tmp_path / "plate")] == ["4"]


def test_unbalanced_quote_swallows_nothing_unsaid(cli, tmp_path):
    """A quote opened in the middle and never closed: whatever is not used is told of."""
    rows = [f"P{i},{HALL},114.001,22.501" for i in range(10)]
    rows[4] = f'P4,"{HALL},114.001,22.501'
    (tmp_path / "a.csv").write_text("\n".join(["code,text,x,y", *rows]) + "\n", encoding="utf-8")
    build_addresses(cli, tmp_path, tmp_path / "a.csv", check=False)
    assert set(texts(tmp_path)) >= {"P0", "P1", "P2", "P3"}
    assert len(rejects(tmp_path / "plate")) >= 1


@pytest.mark.parametrize(
    "encode",
    [
        shapely.to_wkt,
        lambda g: "SRID=4490;" + shapely.to_wkt(g),
        lambda g: shapely.to_wkb(g, hex=True),
        lambda g: shapely.to_wkb(g, hex=True).lower(),
        lambda g: shapely.to_wkb(g, hex=True, byte_order=0),
        lambda g: shapely.to_wkb(shapely.set_srid(g, 4490), hex=True, include_srid=True),
        lambda g: shapely.to_wkb(shapely.force_3d(g, 7.0), hex=True),
    ],
    ids=["wkt", "ewkt", "wkb", "lower", "big-endian", "ewkb", "with-height"],
)
def test_geometry_columns(cli, tmp_path, encode):
    rows = [("code", "shape"), ("L", encode(LEFT)), ("R", encode(RIGHT))]
    build_grids(cli, tmp_path, write_rows(tmp_path / "g.csv", rows), geometry="shape")
    got = grids_of(tmp_path)
    assert set(got) == {"L", "R"}
    assert shapely.equals(got["L"], LEFT)
    assert shapely.equals(got["R"], RIGHT)


LONG = np.random.default_rng(4).uniform((113.7, 22.3), (114.7, 22.9), (500, 2)).tolist()


def test_json_numbers_to_the_last_bit(cli, tmp_path):
    triangles = [shapely.Polygon(LONG[i : i + 3]) for i in range(0, 498, 3)]
    path = write_features(tmp_path / "g.geojson", [({"code": f"G{i:03}"}, t) for i, t in enumerate(triangles)])
    build_grids(cli, tmp_path, path)
    assert_to_the_last_bit(grids_of(tmp_path), triangles)


def test_text_numbers_to_the_last_bit(cli, tmp_path):
    triangles = [shapely.Polygon(LONG[i : i + 3]) for i in range(0, 498, 3)]
    texts = ["POLYGON((" + ",".join(f"{x!r} {y!r}" for x, y in t.exterior.coords) + "))" for t in triangles]
    rows = [("code", "shape"), *((f"G{i:03}", text) for i, text in enumerate(texts))]
    build_grids(cli, tmp_path, write_rows(tmp_path / "g.csv", rows), geometry="shape")
    assert_to_the_last_bit(grids_of(tmp_path), triangles)


def assert_to_the_last_bit(got, triangles):
    off = [i for i, t in enumerate(triangles) if not shapely.equals(got[f"G{i:03}"], t)]
    assert not off, f"{len(off)} of {len(triangles)} triangles changed, such as {triangles[off[0]].wkt}"


def test_columns_of_numbers_to_the_last_bit(cli, tmp_path):
    rows = [("code", "text", "x", "y"), *((f"P{i:03}", "", repr(x), repr(y)) for i, (x, y) in enumerate(LONG))]
    build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", rows))
    read = table(tmp_path / "plate", "addresses")
    at = {c: [x, y] for c, x, y in zip(*(column(read, name) for name in ("code", "lng", "lat")))}
    assert [at[f"P{i:03}"] for i in range(len(LONG))] == LONG


@pytest.mark.parametrize("suffix", ["geojson", "geojson.gz", "geojsonl", "geojsonl.gz"])
def test_geojson_files(cli, tmp_path, suffix):
    features = [({"code": "L"}, LEFT), ({"code": "R"}, RIGHT)]
    text = write_features(tmp_path / "plain", features).read_text()
    if "geojsonl" in suffix:
        text = "\n".join(json.dumps(f) for f in json.loads(text)["features"]) + "\n"
    path = tmp_path / f"g.{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix.endswith("gz") else text.encode())
    build_grids(cli, tmp_path, path)
    assert set(grids_of(tmp_path)) == {"L", "R"}


def test_missing_column(cli, tmp_path):
    done = build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", two_addresses()), lng="easting", check=False)
    assert done.returncode == 1
    assert "a.csv" in done.stderr
    assert "easting" in done.stderr
    assert not (tmp_path / "plate" / "CURRENT").exists()


def test_missing_property(cli, tmp_path):
    path = write_features(tmp_path / "g.geojson", [({"id": "L"}, LEFT)])
    done = build_grids(cli, tmp_path, path, check=False)
    assert done.returncode == 1
    assert "g.geojson" in done.stderr
    assert "code" in done.stderr


def test_missing_file(cli, tmp_path):
    done = build_addresses(cli, tmp_path, tmp_path / "nowhere.csv", check=False)
    assert done.returncode == 1
    assert "nowhere.csv" in done.stderr


@pytest.mark.parametrize(
    "keys", [{"crs": "EPSG:99999"}, {"crs": "nonsense"}, {"colour": "red"}, {"encoding": "klingon"}]
)
def test_wrong_spec(cli, tmp_path, keys):
    done = build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", two_addresses()), check=False, **keys)
    assert done.returncode in (1, 2)
    assert next(iter(keys.values())) in done.stderr or next(iter(keys)) in done.stderr


def test_strict_leaves_the_former_plate(cli, tmp_path):
    build_grids(cli, tmp_path, write_features(tmp_path / "g.geojson", [({"code": "L"}, LEFT)]))
    former = (tmp_path / "plate" / "CURRENT").read_text()
    bad = {"type": "Polygon", "coordinates": [[[114, 22], [115, 22]]]}
    path = write_features(tmp_path / "bad.geojson", [({"code": "R"}, RIGHT), ({"code": "B"}, bad)])
    done = build_grids(cli, tmp_path, path, "--strict", check=False)
    assert done.returncode == 3
    assert (tmp_path / "plate" / "CURRENT").read_text() == former
    got = locate(cli, tmp_path / "plate", np.array([[114.005, 22.505], [114.015, 22.505]]), tmp_path)["grid_code"]
    assert got.tolist() == ["L", ""]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_rejects(cli, tmp_path, line_end):
    """`row` is the line of the file, the header being line 1."""
    rows = [*two_addresses(), ("B1", HALL, "far", 22.5), ("", SHOP, 114.0, 22.5), ("007", SHOP, 114.0, 22.5)]
    build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", rows, line_end=line_end), min_used=0)
    said = rejects(tmp_path / "plate")
    assert list(said[0])[:5] == ["file", "row", "column", "value", "reason"]
    by_row = {r["row"]: r for r in said}
    assert (by_row["4"]["column"], by_row["4"]["value"]) == ("x", "far")
    assert by_row["5"]["column"] == "code"
    assert (by_row["6"]["column"], by_row["6"]["value"]) == ("code", "007")
    assert all(r["file"].endswith("a.csv") and r["reason"] for r in said)
    assert manifest(tmp_path / "plate")["rows"]["addresses"] == 2


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "", " ", "114,05", "一一四"])
def test_impossible_coordinates(cli, tmp_path, value):
    rows = [*two_addresses(), ("B1", HALL, value, 22.5)]
    build_addresses(cli, tmp_path, write_rows(tmp_path / "a.csv", rows))
    assert {r["row"] for r in rejects(tmp_path / "plate")} == {"4"}
    assert texts(tmp_path).get("B1") is None


def test_overlaps_are_told(cli, tmp_path):
    wide = shapely.box(114.008, 22.5, 114.02, 22.51)
    done = build_grids(
        cli, tmp_path, write_features(tmp_path / "g.geojson", [({"code": "L"}, LEFT), ({"code": "W"}, wide)])
    )
    said = done.stdout + done.stderr
    shared = abs(Geod(ellps="GRS80").geometry_area_perimeter(shapely.intersection(LEFT, wide))[0])
    assert "overlap: L and W" in said
    coverage = manifest(tmp_path / "plate")["coverages"][0]
    assert coverage["overlaps"] == 1
    assert coverage["overlap_m2"] == pytest.approx(shared, rel=1e-4)


def test_second_kind(cli, tmp_path):
    basic = write_features(tmp_path / "g.geojson", [({"code": "L"}, LEFT), ({"code": "R"}, RIGHT)])
    police = write_features(tmp_path / "p.geojson", [({"code": "P1"}, shapely.union(LEFT, RIGHT))])
    sources = [
        {"path": p, "crs": "EPSG:4490", "code": "code", "kind": k} for p, k in ((basic, "basic"), (police, "police"))
    ]
    cli.build(write_spec(tmp_path / "spec.toml", grids=sources), tmp_path / "plate")
    xy = np.array([[114.005, 22.505], [114.015, 22.505], [114.03, 22.505]])
    answers = [
        locate(cli, tmp_path / "plate", xy, tmp_path, *o)["grid_code"].tolist() for o in ((), ("--kind", "police"))
    ]
    assert answers == [["L", "R", ""], ["P1", "P1", ""]]
    done = cli.run("locate", tmp_path / "plate", tmp_path / "points.csv", "--kind", "fire", check=False)
    assert done.returncode == 1
    assert "fire" in done.stderr


def test_same_code_in_two_kinds(cli, tmp_path):
    files = [
        write_features(tmp_path / f"{k}.geojson", [({"code": "G1"}, g)])
        for k, g in (("basic", LEFT), ("police", RIGHT))
    ]
    sources = [{"path": p, "crs": "EPSG:4490", "code": "code", "kind": p.stem} for p in files]
    cli.build(write_spec(tmp_path / "spec.toml", grids=sources), tmp_path / "plate")
    xy = np.array([[114.005, 22.505], [114.015, 22.505]])
    answers = [
        locate(cli, tmp_path / "plate", xy, tmp_path, "--kind", k)["grid_code"].tolist() for k in ("basic", "police")
    ]
    assert answers == [["G1", ""], ["", "G1"]]
