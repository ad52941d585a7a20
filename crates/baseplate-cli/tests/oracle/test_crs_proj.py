"""Oracle: PROJ (pyproj) for projected systems; published pairs and the public formulas for GCJ-02 and BD-09.

If a test here fails, coordinates are shifted or their axes swapped: sources in another system would land metres
or grids away from where they are, while everything still looks plausible.
"""

import csv
import json
import math

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from plates import basic_grids, column, locate, table, write_features, write_spec

TRUTH_4547 = [
    (114.0, 22.5, 500000.000, 2489167.311),
    (113.8831, 22.5550, 487976.183, 2495262.576),
    (114.62, 22.86, 563630.209, 2529167.301),
]
MILLIMETRE = 1e-8  # in degrees, generously
GEOD = Geod(ellps="GRS80")


def project(crs, inverse=False):
    transformer = Transformer.from_crs("EPSG:4490", crs, always_xy=True)
    direction = "INVERSE" if inverse else "FORWARD"
    return lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1], direction=direction))


def town_points(town, count=20_000, seed=7):
    _, polygons = basic_grids(town)
    west, south, east, north = shapely.total_bounds(polygons)
    return np.random.default_rng(seed).uniform((west, south), (east, north), (count, 2))


def assert_same_but_at_borders(town, xy, expected, got, what):
    differ = np.flatnonzero(expected != got)
    borders = shapely.boundary(basic_grids(town)[1])
    at_border = [i for i in differ if np.min(shapely.distance(borders, shapely.Point(xy[i]))) < MILLIMETRE]
    print(
        f"{what}: {len(xy)} points, {np.sum(got != '')} inside, {len(differ)} differ, {len(at_border)} of them at a border"
    )
    wrong = [(xy[i].tolist(), expected[i], got[i]) for i in differ if i not in set(at_border)]
    assert np.sum(got != "") > len(xy) / 2, f"{what}: most points lie in the town"
    assert not wrong, f"{what}: (point, expected, got): {wrong[:5]}"


def reprojected_town(cli, source, folder, crs):
    """The town with the grids' file in another coordinate system; the spec says the same but for crs."""
    features = json.loads((source / "grids.geojson").read_text(encoding="utf-8"))["features"]
    moved = [
        (f["properties"], shapely.transform(shapely.geometry.shape(f["geometry"]), project(crs))) for f in features
    ]
    path = write_features(folder / "grids.geojson", moved)
    ancestors = {
        level: {"code": level, "name": f"{level}_name"} for level in ("community", "subdistrict", "district", "city")
    }
    keys = {"path": path, "crs": crs, "code": "code", "name": "name", "ancestors": ancestors}
    cli.build(write_spec(folder / "spec.toml", grids=keys), folder / "town.plate")
    return folder / "town.plate"


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:3857"])
def test_reprojected_town_answers_the_same(cli, town, town_source, tmp_path, crs):
    plate = reprojected_town(cli, town_source, tmp_path, crs)
    xy = town_points(town)
    expected, got = (locate(cli, p, xy, tmp_path, name=n) for p, n in ((town, "given"), (plate, "moved")))
    assert_same_but_at_borders(town, xy, expected["grid_code"], got["grid_code"], f"grids in {crs}")


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:3857"])
def test_projected_points(cli, town, tmp_path, crs):
    xy = town_points(town)
    expected = locate(cli, town, xy, tmp_path)["grid_code"]
    got = locate(cli, town, project(crs)(xy), tmp_path, "--crs", crs, name="projected")["grid_code"]
    assert_same_but_at_borders(town, xy, expected, got, f"points in {crs}")


def shift(lon, lat):
    """The public GCJ-02 formula: the offset of a point in China, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, pi = math.sqrt(abs(x)), math.pi
    waves = (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, ee, phi = 6378245.0, 0.00669342162296594323, math.radians(lat)
    magic = 1 - ee * math.sin(phi) ** 2
    per_lat = a * (1 - ee) / (magic * math.sqrt(magic)) * math.radians(1)
    per_lon = a / math.sqrt(magic) * math.cos(phi) * math.radians(1)
    return east / per_lon, north / per_lat


def to_gcj02(lon, lat):
    east, north = shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_bd09(lon, lat):
    turn = math.pi * 3000.0 / 180.0
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * turn)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * turn)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def to_bd09(lon, lat):
    return gcj02_to_bd09(*to_gcj02(lon, lat))


@pytest.mark.parametrize(("crs", "forward"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
def test_map_vendors_points(cli, town, tmp_path, crs, forward):
    xy = town_points(town)
    shifted = np.array([forward(*point) for point in xy])
    assert np.min(np.abs(shifted - xy)) > 1e-3
    expected = locate(cli, town, xy, tmp_path)["grid_code"]
    got = locate(cli, town, shifted, tmp_path, "--crs", crs, name="shifted")["grid_code"]
    assert_same_but_at_borders(town, xy, expected, got, f"points in {crs}")


def addresses_read_back(cli, folder, points, crs):
    """Build a plate of nothing but addresses at these points; returns their longitudes and latitudes in it."""
    with open(folder / "points.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "x", "y"])
        writer.writerows((f"P{i:04}", *map(repr, map(float, point))) for i, point in enumerate(points))
    keys = {"path": folder / "points.csv", "crs": crs, "code": "code", "lng": "x", "lat": "y"}
    cli.build(write_spec(folder / "spec.toml", addresses=keys), folder / "points.plate")
    read = table(folder / "points.plate", "addresses")
    at = {code: (lng, lat) for code, lng, lat in zip(*(column(read, c) for c in ("code", "lng", "lat")))}
    return np.array([at[f"P{i:04}"] for i in range(len(points))])


def test_three_truths_of_4547(cli, tmp_path):
    got = addresses_read_back(cli, tmp_path, [(e, n) for _, _, e, n in TRUTH_4547], "EPSG:4547")
    truth = np.array([(lon, lat) for lon, lat, _, _ in TRUTH_4547])
    metres = GEOD.inv(*truth.T, *got.T)[2]
    assert np.all(metres < 0.001), metres


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:3857", "EPSG:32650", "EPSG:4549"])
def test_projections_within_a_tenth_of_a_millimetre(cli, tmp_path, crs):
    truth = np.random.default_rng(9).uniform((113.7, 22.3), (114.7, 22.9), (1000, 2))
    got = addresses_read_back(cli, tmp_path, project(crs)(truth), crs)
    metres = GEOD.inv(*truth.T, *got.T)[2]
    assert np.all(metres < 1e-4), metres.max()


@pytest.mark.parametrize(("crs", "forward"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
def test_map_vendors_systems_undone_all_over_china(cli, tmp_path, crs, forward):
    truth = np.random.default_rng(10).uniform((75, 19), (134, 52), (2000, 2))
    got = addresses_read_back(cli, tmp_path, [forward(*p) for p in truth], crs)
    metres = GEOD.inv(*truth.T, *got.T)[2]
    assert np.all(metres < 0.001), metres.max()


def published_pairs(shared_data):
    """The pairs, less two that their own publisher found wrong (googollee/eviltransform issue 43: BD-09 with
    pi where 3000 pi / 180 is meant)."""
    with open(shared_data / "crs" / "gcj_bd_published_pairs.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if not (row["from"] == "BD09" and row["source"].startswith("googollee/eviltransform"))]


def pairs_between(rows, shifted, truth):
    """(shifted point, true point, tolerance) of the pairs of two systems, whichever way they were published."""
    found = []
    for row in rows:
        points = [(float(row[f"{end}_x_lon"]), float(row[f"{end}_y_lat"])) for end in ("in", "out")]
        ends = (row["from"], row["to"])
        if ends in ((shifted, truth), (truth, shifted)):
            found.append((points[ends.index(shifted)], points[ends.index(truth)], float(row["tolerance"])))
    return found


@pytest.mark.parametrize(("crs", "name"), [("gcj02", "GCJ02"), ("bd09", "BD09")])
def test_published_pairs(cli, shared_data, tmp_path, crs, name):
    pairs = pairs_between(published_pairs(shared_data), name, "WGS84")
    pairs = [(shifted, truth, tolerance) for shifted, truth, tolerance in pairs if -180 <= shifted[0] <= 180]
    assert len(pairs) >= 3
    got = addresses_read_back(cli, tmp_path, [shifted for shifted, _, _ in pairs], crs)
    for at, (shifted, truth, tolerance) in zip(got, pairs):
        assert np.allclose(at, truth, rtol=0, atol=max(tolerance, 1e-8)), (shifted, truth, at)


def test_published_pairs_of_the_two_shifted_systems(cli, shared_data, tmp_path):
    pairs = pairs_between(published_pairs(shared_data), "BD09", "GCJ02")
    assert len(pairs) >= 3
    for name in ("bd09", "gcj02"):
        (tmp_path / name).mkdir()
    via_bd09 = addresses_read_back(cli, tmp_path / "bd09", [bd09 for bd09, _, _ in pairs], "bd09")
    via_gcj02 = addresses_read_back(cli, tmp_path / "gcj02", [gcj02 for _, gcj02, _ in pairs], "gcj02")
    tolerance = np.array([[max(t, 1e-8)] for _, _, t in pairs])
    # BD-09 is undone approximately in some of the published pairs, by up to 1e-6 degrees
    assert np.all(np.abs(via_bd09 - via_gcj02) < np.maximum(tolerance, 1e-6)), via_bd09 - via_gcj02


@pytest.mark.parametrize(("crs", "prefix"), [("gcj02", "GCJ02"), ("bd09", "BD09"), ("EPSG:3857", "EPSG3857")])
def test_cities(cli, shared_data, tmp_path, crs, prefix):
    with open(shared_data / "crs" / "cn_cities_6crs.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    given = np.array([[float(row[f"{prefix}_{axis}"]) for axis in "xy"] for row in rows])
    truth = np.array([[float(row[f"WGS84_{axis}"]) for axis in "xy"] for row in rows])
    off = np.abs(addresses_read_back(cli, tmp_path, given, crs) - truth)
    assert len(rows) > 100
    assert np.all(off < 1e-5), [(rows[i]["name"], off[i]) for i in np.flatnonzero((off >= 1e-5).any(axis=1))][:5]
