"""A coordinate system that is declared wrongly is found, and one that is declared rightly is never doubted; `locate` says
what `build` says.

Oracle: the points are made here, in a system that is known; the public formula of GCJ-02 and PROJ write them down.
"""

import json
import math

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from plates import manifest, write_features, write_rows, write_spec

WEST, SOUTH, WIDTH, HEIGHT = 114.0, 22.5, 0.029, 0.027
ROWS, COLUMNS = 4, 5


def gcj02(lng, lat):
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lng - 105, lat - 35
    wave = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(lat)
    m = 1 - ee * math.sin(radians) ** 2
    return (
        lng + math.degrees(east / (a / math.sqrt(m) * math.cos(radians))),
        lat + math.degrees(north / (a * (1 - ee) / (m * math.sqrt(m)))),
    )


def zones(folder, swap=False, project=None):
    """20 zones of 3 by 3 km."""
    features = []
    for i in range(COLUMNS):
        for j in range(ROWS):
            zone = shapely.box(
                WEST + i * WIDTH, SOUTH + j * HEIGHT, WEST + (i + 1) * WIDTH, SOUTH + (j + 1) * HEIGHT
            )
            if project:
                zone = shapely.transform(zone, project)
            features.append(({"code": f"Z{i}{j}"}, shapely.transform(zone, lambda xy: xy[:, ::-1]) if swap else zone))
    return write_features(folder / "zones.geojson", features)


def footprints(folder, count, keep, shift, seed):
    """Buildings of about 15 m; `keep` is the share of a zone's sides that they keep away from its borders."""
    random = np.random.default_rng(seed)
    features = []
    for number in range(count):
        i, j = random.integers(COLUMNS), random.integers(ROWS)
        u, v = random.uniform(keep, 1 - keep, 2)
        x, y = WEST + (i + u) * WIDTH, SOUTH + (j + v) * HEIGHT
        corners = [(x, y), (x + 1.6e-4, y), (x + 1.6e-4, y + 1.4e-4), (x, y + 1.4e-4)]
        features.append(({"code": f"B{number:05}"}, shapely.Polygon([shift(*corner) for corner in corners])))
    return write_features(folder / "buildings.geojson", features)


def plain(lng, lat):
    return lng, lat


def doubts(plate):
    return {rule: count for rule, count in manifest(plate)["issues"].items() if rule in ("source-crs", "source-axes")}


def built(cli, folder, crs, shift, keep=0.02, seed=1, count=4000):
    keys = {"path": zones(folder), "crs": "EPSG:4326", "code": "code"}
    buildings = {"path": footprints(folder, count, keep, shift, seed), "crs": crs, "code": "code"}
    spec = write_spec(folder / "spec.toml", grids=keys, buildings=buildings)
    done = cli.build(spec, folder / "city.plate")
    return doubts(folder / "city.plate"), done.stderr


def test_gcj02_declared_as_wgs84_is_found(cli, tmp_path):
    found, said = built(cli, tmp_path, "EPSG:4326", gcj02)
    assert found == {"source-crs": 1}
    assert "fit only as gcj02" in said


def test_wgs84_declared_as_gcj02_is_found(cli, tmp_path):
    found, said = built(cli, tmp_path, "gcj02", plain)
    assert found == {"source-crs": 1}
    assert "fit only as EPSG:4490" in said


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("crs", "shift"), [("EPSG:4326", plain), ("gcj02", gcj02)])
def test_a_right_declaration_is_not_doubted(cli, tmp_path, crs, shift, seed):
    # Buildings that lie anywhere, across borders too: the two readings differ on many of them, to either side.
    assert built(cli, tmp_path, crs, shift, keep=0.0, seed=seed)[0] == {}


def test_grids_with_swapped_axes_are_named(cli, tmp_path):
    spec = write_spec(tmp_path / "spec.toml", grids={"path": zones(tmp_path, swap=True), "crs": "EPSG:4490", "code": "code"})
    done = cli.build(spec, tmp_path / "city.plate", check=False)
    assert "axes" in done.stderr and "swapped" in done.stderr


def test_grids_in_survey_axes_are_named(cli, tmp_path):
    transformer = Transformer.from_crs(4490, 4547, always_xy=True)
    path = zones(tmp_path, swap=True, project=lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    spec = write_spec(tmp_path / "spec.toml", grids={"path": path, "crs": "EPSG:4547", "code": "code"})
    done = cli.build(spec, tmp_path / "city.plate", check=False)
    assert "X is the northing" in done.stderr


def test_metres_called_degrees_are_named(cli, tmp_path):
    transformer = Transformer.from_crs(4490, 4547, always_xy=True)
    path = zones(tmp_path, project=lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    done = cli.build(
        write_spec(tmp_path / "spec.toml", grids={"path": path, "crs": "EPSG:4490", "code": "code"}),
        tmp_path / "city.plate",
        check=False,
    )
    assert "metres without a zone number" in done.stderr


@pytest.fixture(scope="module")
def city(cli, tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    spec = write_spec(folder / "spec.toml", grids={"path": zones(folder), "crs": "EPSG:4326", "code": "code"})
    cli.build(spec, folder / "city.plate")
    return folder / "city.plate"


def said_by_locate(cli, city, folder, points, *options):
    path = write_rows(folder / "points.csv", [("X", "Y"), *points])
    done = cli.run("locate", city, path, "--lng", "X", "--lat", "Y", "--out", folder / "answer.csv", *options)
    return "\n".join(line for line in done.stderr.splitlines() if line.startswith("note:"))


def test_locate_says_what_points_look_like(cli, city, tmp_path):
    random = np.random.default_rng(3)
    lng = random.uniform(WEST, WEST + COLUMNS * WIDTH, 8)
    lat = random.uniform(SOUTH, SOUTH + ROWS * HEIGHT, 8)
    metres = np.column_stack(Transformer.from_crs(4490, 4547, always_xy=True).transform(lng, lat)).round(3).tolist()
    zoned = [(x + 38e6, y) for x, y in metres]
    degrees = np.column_stack([lng, lat]).round(7).tolist()

    def says(points, *options):
        return said_by_locate(cli, city, tmp_path, points, *options)

    assert says(metres, "--crs", "EPSG:4547") == ""
    assert says(zoned, "--crs", "EPSG:4526") == ""
    assert says(degrees) == ""
    assert "exchange --lng and --lat" in says([(y, x) for x, y in metres], "--crs", "EPSG:4547")
    assert "exchange --lng and --lat" in says([(y, x) for x, y in degrees])
    assert "EPSG:4526" in says(zoned, "--crs", "EPSG:4547")
    assert "zone number 38" in says(metres, "--crs", "EPSG:4526") or "EPSG:4547" in says(metres, "--crs", "EPSG:4526")
    assert "EPSG:4490" in says(degrees, "--crs", "EPSG:4547")
    assert "EPSG:4547" in says(metres)
    assert "no sampled point lies in the coverage" in says([(116.4, 39.9), (121.5, 31.2)])


def test_locate_says_that_points_are_in_gcj02(cli, city, tmp_path):
    random = np.random.default_rng(4)
    truth = [
        (WEST + u * COLUMNS * WIDTH, SOUTH + v * ROWS * HEIGHT) for u, v in random.uniform(0.0, 1.0, (20_000, 2))
    ]
    assert "fit only as gcj02" in said_by_locate(cli, city, tmp_path, [gcj02(*point) for point in truth])
    assert said_by_locate(cli, city, tmp_path, truth) == ""


def test_refused_datums_and_the_way_out(cli, tmp_path):
    points = write_rows(tmp_path / "a.csv", [("code", "t", "x", "y"), ("A1", "1号", 114.05, 22.55)])
    address = {"path": points, "crs": "EPSG:4610", "code": "code", "text": "t", "lng": "x", "lat": "y"}
    grids = {"path": zones(tmp_path), "crs": "EPSG:4326", "code": "code"}
    spec = write_spec(tmp_path / "spec.toml", grids=grids, addresses=address)
    done = cli.build(spec, tmp_path / "city.plate", check=False)
    assert done.returncode != 0
    for word in ("a.csv", "EPSG:4610", "Xian 1980", "+towgs84", "pipeline", "as-is"):
        assert word in done.stderr, done.stderr
    assert not (tmp_path / "city.plate" / "CURRENT").exists()
    spec = write_spec(tmp_path / "spec.toml", grids=grids, addresses={**address, "datum": "as-is"})
    cli.build(spec, tmp_path / "city.plate")
    got = json.loads(cli.run("get", tmp_path / "city.plate", "A1").stdout)
    assert (got["lng"], got["lat"]) == pytest.approx((114.05, 22.55), abs=1e-12)
    assert "no shift" in manifest(tmp_path / "city.plate")["sources"][1]["operation"]
