"""Oracle: GEOS (shapely) decides which grids contain or touch a point; the owner is the first of them by code.

If a test here fails, `locate` puts points into a wrong grid, into none, or into two: every count and every
person linked through it would be wrong. Points nearer than 1e-12 degrees to a border, where GEOS itself rounds,
are counted apart and must still have an owner among the grids they touch.
"""

import gzip
import json
import os

import numpy as np
import pytest
import shapefile
import shapely

from plates import basic_grids, column, locate, table, write_features, write_spec

NEAR = 1e-12
# BASEPLATE_ORACLE_POINTS=10000000 takes some minutes more.
POINTS = int(os.environ.get("BASEPLATE_ORACLE_POINTS", "1000000"))
UPPER = {"community_code": "CODE2", "subdistrict_code": "TOWN_ID", "district_code": "COUNTY_ID"}


class Owners:
    """The owner of a point by GEOS: polygons in the order of their codes, the least index wins."""

    def __init__(self, plate):
        self.codes, self.polygons = basic_grids(plate)

    def of(self, xy):
        points = shapely.points(xy)
        grid, point = shapely.STRtree(points).query(self.polygons, predicate="intersects")
        first = np.full(len(xy), len(self.codes))
        np.minimum.at(first, point, grid)
        return np.append(self.codes, "")[first]

    def near(self, xy):
        found = [i for i, p in enumerate(self.polygons) if shapely.dwithin(p, shapely.Point(xy), NEAR)]
        return set(self.codes[found])

    def on_border(self, xy):
        point = shapely.Point(xy)
        return any(shapely.dwithin(p.boundary, point, NEAR) for p in self.polygons)


def assert_same(owners, xy, got, what):
    expected = owners.of(xy)
    differ = np.flatnonzero(expected != got)
    rounding = [i for i in differ[:100] if owners.on_border(xy[i]) and got[i] in owners.near(xy[i])]
    print(
        f"{what}: {len(xy)} points, {np.sum(expected != '')} inside, {len(differ)} differ, {len(rounding)} of them rounding"
    )
    wrong = [i for i in differ[:100] if i not in set(rounding)]
    examples = [(xy[i].tolist(), expected[i], got[i]) for i in wrong[:5]]
    assert not wrong and len(differ) <= 100, f"{what}: (point, GEOS, got): {examples}"


def random_points(polygons, count, seed):
    """Half uniform in the extent, half scattered around points inside the grids."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(polygons)
    uniform = rng.uniform((west, south), (east, north), (count // 2, 2))
    label = shapely.get_coordinates(shapely.point_on_surface(polygons))
    scattered = label[rng.integers(len(label), size=count - count // 2)] + rng.normal(0, 0.002, (count - count // 2, 2))
    return np.vstack([uniform, scattered])


def distinct_vertices(polygons):
    return np.unique(shapely.get_coordinates(polygons), axis=0)


def edge_midpoints(polygons, count, seed):
    rings = shapely.get_rings(shapely.get_parts(polygons))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    assert len(start) >= count, "there are as many edges as asked for"
    chosen = np.random.default_rng(seed).choice(start, count, replace=False)
    return (xy[chosen] + xy[chosen + 1]) / 2


@pytest.fixture(scope="module")
def source(shared_data):
    with gzip.open(shared_data / "partition" / "units_28767.geojson.gz", "rt", encoding="utf-8") as file:
        return {f["properties"]["CODEBASE"]: f for f in json.load(file)["features"]}


@pytest.fixture(scope="module")
def source_properties(source):
    return {code: feature["properties"] for code, feature in source.items()}


@pytest.fixture(scope="module")
def owners(partition):
    return Owners(partition)


def test_stored_polygons_are_the_sources(owners, source):
    assert set(source) == set(owners.codes.tolist())
    given = np.array([shapely.geometry.shape(source[code]["geometry"]) for code in owners.codes.tolist()])
    same = shapely.equals(owners.polygons, given)
    assert same.all(), f"changed: {owners.codes[~same][:5]}"


def test_random_points(cli, partition, owners, source_properties, tmp_path):
    xy = random_points(owners.polygons, POINTS, seed=1)
    got = locate(cli, partition, xy, tmp_path)
    assert_same(owners, xy, got["grid_code"], "random points")
    for answer, source in UPPER.items():
        above = {code: properties[source] for code, properties in source_properties.items()} | {"": ""}
        expected = np.array([above[code] for code in got["grid_code"].tolist()])
        assert np.array_equal(got[answer], expected), answer


def test_every_vertex(cli, partition, owners, tmp_path):
    xy = distinct_vertices(owners.polygons)
    got = locate(cli, partition, xy, tmp_path)["grid_code"]
    assert np.all(got != ""), "a vertex of a grid has an owner"
    assert_same(owners, xy, got, "vertices")


def test_edge_midpoints(cli, partition, owners, tmp_path):
    xy = edge_midpoints(owners.polygons, 200_000, seed=2)
    assert_same(owners, xy, locate(cli, partition, xy, tmp_path)["grid_code"], "edge midpoints")


def test_chain_of_every_grid(partition, source_properties):
    grids = table(partition, "grids")
    code, level, parent, kind = (column(grids, c) for c in ("code", "level", "parent", "kind"))
    checked = 0
    for row in (r for r in range(len(code)) if level[r] == "grid" and kind[r] == "basic"):
        chain, at = {}, parent[row]
        while at is not None:
            chain[level[at] + "_code"], at = code[at], parent[at]
        properties = source_properties[code[row]]
        assert chain == {answer: properties[source] for answer, source in UPPER.items()}, code[row]
        checked += 1
    assert checked == len(source_properties)


def test_town_points_and_vertices(cli, town, tmp_path):
    owners = Owners(town)
    sets = {
        "random": random_points(owners.polygons, 50_000, seed=3),
        "vertices": distinct_vertices(owners.polygons),
        "midpoints": edge_midpoints(owners.polygons, 1_000, seed=4),
    }
    for what, xy in sets.items():
        assert_same(owners, xy, locate(cli, town, xy, tmp_path, name=what)["grid_code"], f"town, {what}")


@pytest.fixture(scope="module")
def zones(cli, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zones")
    with shapefile.Reader(str(shared_data / "admin" / "sz_zones491" / "SZ_districts.shp")) as reader:
        features = [
            ({"TAZID": str(int(s.record["TAZID"]))}, s.shape.__geo_interface__) for s in reader.iterShapeRecords()
        ]
    source = write_features(folder / "zones.geojson", features)
    spec = write_spec(folder / "spec.toml", grids={"path": source, "crs": "EPSG:3857", "code": "TAZID"})
    said = cli.build(spec, folder / "zones.plate")
    print(said.stderr, said.stdout)
    return folder / "zones.plate"


def test_dirty_coverage(cli, zones, tmp_path):
    owners = Owners(zones)
    xy = random_points(owners.polygons, POINTS // 10, seed=5)
    grid, _ = shapely.STRtree(shapely.points(xy)).query(owners.polygons, predicate="intersects")
    assert len(grid) > np.sum(owners.of(xy) != ""), "some of the points lie in two zones at once"
    assert_same(owners, xy, locate(cli, zones, xy, tmp_path)["grid_code"], "dirty coverage")


def test_dirty_coverage_vertices(cli, zones, tmp_path):
    owners = Owners(zones)
    xy = distinct_vertices(owners.polygons)
    got = locate(cli, zones, xy, tmp_path)["grid_code"]
    assert np.all(got != ""), "a vertex of a grid has an owner"
    assert_same(owners, xy, got, "dirty coverage, vertices")
