"""Oracle: pyarrow, DuckDB and Polars open the tables; shapely (GEOS) and pyproj.Geod recompute what they say.

If a test here fails, the plate is no open format: another tool would refuse its tables, or would read areas,
links or borders out of them that are not true.
"""

import duckdb
import numpy as np
import polars
import pyarrow as pa
import pytest
import shapely
from pyproj import Geod, Transformer

from plates import TABLES, column, generation, geometries, manifest, table, with_grids

GEOD = Geod(ellps="GRS80")
LEVELS = ("city", "district", "subdistrict", "community", "grid")


@pytest.mark.parametrize("name", TABLES)
def test_row_counts(town, name):
    rows = manifest(town)["rows"][name]
    read = table(town, name)
    with duckdb.connect() as connection:
        connection.register("scanned", read)
        counted = connection.sql("select count(*), count(distinct code) from scanned").fetchall()[0]
    frame = polars.read_ipc(generation(town) / f"{name}.arrow")
    assert rows > 0
    assert read.num_rows == rows
    assert counted == (rows, rows)
    assert frame.height == rows
    assert frame["code"].to_list() == column(read, "code")


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_valid_arrow(town, name):
    read = table(town, name)
    read.validate(full=True)
    # An address may be known by its building alone.
    always = {"code"} if name == "addresses" else {"code", "lng", "lat"}
    assert not any(f.nullable for f in read.schema if f.name in always)


@pytest.mark.parametrize("name", ["grids", "buildings"])
def test_geometry_column(town, name):
    read = table(town, name)
    metadata = read.schema.field("geometry").metadata
    assert metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"
    assert b"EPSG:4490" in metadata[b"ARROW:extension:metadata"]
    shapes = geometries(read)
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()
    bounds = np.column_stack([column(read, c) for c in ("west", "south", "east", "north")])
    assert np.array_equal(shapely.bounds(shapes), bounds)
    labels = shapely.points(np.column_stack([column(read, c) for c in ("lng", "lat")]))
    assert shapely.intersects(shapes, labels).all(), "the label point lies in its shape"


def test_grid_rows_come_by_code(town):
    rows = table(town, "grids").select(["code", "kind", "level"]).to_pylist()
    basic = [r["code"] for r in rows if (r["kind"], r["level"]) == ("basic", "grid")]
    assert [r["code"] for r in rows[: len(basic)]] == sorted(basic)


def test_buildings_add_up(town):
    grids, buildings = table(town, "grids"), table(town, "buildings").num_rows
    for level in LEVELS:
        assert total(grids, "buildings", level) == buildings, level


def total(grids, counted, level):
    return sum(r[counted] for r in grids.select(["level", counted]).to_pylist() if r["level"] == level)


def test_addresses_add_up(town):
    grids, buildings, addresses = table(town, "grids"), with_grids(town, "buildings"), with_grids(town, "addresses")
    inside = addresses.num_rows - unplaced(addresses, buildings)
    for level in LEVELS:
        assert total(grids, "addresses", level) == inside, level
    per_building = np.bincount(
        [b for b in column(addresses, "building") if b is not None], minlength=buildings.num_rows
    )
    assert np.array_equal(per_building, column(buildings, "addresses"))


def unplaced(addresses, buildings):
    """Addresses with a grid neither of their own nor of their building."""
    of_building = column(buildings, "grid_basic")
    own, building = column(addresses, "grid_basic"), column(addresses, "building")
    return sum(g is None and (b is None or of_building[b] is None) for g, b in zip(own, building))


def test_grid_counts_are_those_of_the_buildings(town):
    grids, buildings = table(town, "grids"), with_grids(town, "buildings")
    counted = np.bincount(column(buildings, "grid_basic"), minlength=grids.num_rows)
    for row in grids.select(["level", "buildings"]).append_column("row", pa.array(range(grids.num_rows))).to_pylist():
        if row["level"] == "grid":
            assert row["buildings"] == counted[row["row"]]


def test_building_lies_in_its_grid(town):
    grids, buildings = table(town, "grids"), with_grids(town, "buildings")
    shapes = geometries(grids)[np.array(column(buildings, "grid_basic"))]
    points = shapely.points(np.column_stack([column(buildings, c) for c in ("lng", "lat")]))
    assert shapely.intersects(shapes, points).all()


def test_address_is_at_its_building(town):
    buildings, addresses = table(town, "buildings"), table(town, "addresses")
    building, said = column(addresses, "building"), column(addresses, "distance_m")
    linked = np.array([i for i, b in enumerate(building) if b is not None])
    assert len(linked) > 0
    points = shapely.points(np.column_stack([column(addresses, c) for c in ("lng", "lat")]))[linked]
    shapes = geometries(buildings)[np.array([building[i] for i in linked])]
    metres = distances(points, shapes)
    claimed = np.array([said[i] for i in linked], dtype=float)
    assert np.allclose(metres, claimed, rtol=1e-3, atol=0.01), "distance_m is the distance to the footprint"


def distances(points, shapes):
    """Metres from each point to its shape, 0 inside: nearest points on a locally true scale, then geodesic."""
    to_plane = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
    plane = [shapely.transform(g, to_plane.transform, interleaved=False) for g in (points, shapes)]
    lines = shapely.get_coordinates(shapely.shortest_line(*plane)).reshape(-1, 4)
    a = to_plane.transform(lines[:, 0], lines[:, 1], direction="INVERSE")
    b = to_plane.transform(lines[:, 2], lines[:, 3], direction="INVERSE")
    return np.where(shapely.intersects(points, shapes), 0.0, GEOD.inv(*a, *b)[2])


def geodesic_area(shape):
    return abs(GEOD.geometry_area_perimeter(shape)[0])


def assert_areas(grids, rows):
    shapes, said = geometries(grids), column(grids, "area_m2")
    off = {column(grids, "code")[r]: geodesic_area(shapes[r]) / said[r] - 1 for r in rows}
    worst = max(off.items(), key=lambda item: abs(item[1]))
    print(f"areas: {len(rows)} compared, the worst is {worst}")
    assert abs(worst[1]) < 1e-6, worst


def test_areas_of_the_town(town):
    grids = table(town, "grids")
    assert_areas(grids, range(grids.num_rows))


def test_areas_of_the_partition(partition):
    grids = table(partition, "grids")
    rows = np.random.default_rng(1).choice(grids.num_rows, 3000, replace=False)
    assert_areas(grids, sorted(rows.tolist()) + np.argsort(column(grids, "area_m2"))[-20:].tolist())


def children(grids):
    below = {}
    for row, parent in enumerate(column(grids, "parent")):
        below.setdefault(parent, []).append(row)
    return below


def apart(row, shapes, below):
    """Square metres, and mean metres along the border, between a shape and the union of its grids."""
    union = shapely.union_all(shapes[basic_below(row, below)])
    assert shapely.is_valid(shapes[row])
    area = geodesic_area(shapely.symmetric_difference(union, shapes[row]))
    return area, area / GEOD.geometry_length(shapely.boundary(shapes[row]))


def assert_dissolved(grids, rows):
    shapes, below, codes = geometries(grids), children(grids), column(grids, "code")
    off = {codes[row]: apart(row, shapes, below)[0] for row in rows}
    off = {code: area for code, area in off.items() if area >= 1}
    assert not off, f"square metres between a shape and the union of its grids: {off}"


def basic_below(row, below):
    if row not in below:
        return [row]
    return [leaf for child in below[row] for leaf in basic_below(child, below)]


def test_upper_levels_of_the_town(town):
    grids = table(town, "grids")
    assert_dissolved(grids, [r for r, level in enumerate(column(grids, "level")) if level != "grid"])


def test_communities_of_the_partition(partition):
    grids = table(partition, "grids")
    communities = [r for r, level in enumerate(column(grids, "level")) if level == "community"]
    assert_dissolved(grids, np.random.default_rng(2).choice(communities, 300, replace=False).tolist())


def test_upper_levels_of_the_partition(partition):
    """Large shapes whose grids overlap: their long borders may be rounded, by less than a tenth of a millimetre."""
    grids = table(partition, "grids")
    shapes, below, codes = geometries(grids), children(grids), column(grids, "code")
    for row in (r for r, level in enumerate(column(grids, "level")) if level in ("district", "subdistrict")):
        area, metres = apart(row, shapes, below)
        assert metres < 1e-4, f"{codes[row]}: {area} m2, {metres} m along its border"
