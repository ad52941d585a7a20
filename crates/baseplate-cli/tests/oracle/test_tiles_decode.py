"""Oracle: mapbox_vector_tile decodes the tiles, shapely judges the shapes, Web Mercator is computed here.

If a test here fails, a map shows holes between grids, doubled labels, buildings out of place, or a feature that
cannot be told from another one when clicked.
"""

import csv
import json
import math
import random
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from dataclasses import dataclass

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
import shapely.affinity

from plates import basic_grids, column, geometries, is_natural_person, locate, table, write_rows, write_spec

AREAS = ("cities", "districts", "subdistricts", "communities", "grids")
LAYERS = (*AREAS, "density", "buildings", "addresses", "enterprises")
LABELS = tuple(f"{layer}-labels" for layer in AREAS)
LEVEL_OF = dict(zip(LABELS, ("city", "district", "subdistrict", "community", "grid")))
ZOOMS = range(6, 18)
EXTENT = 4096
MOST_TILES = 400


def fetch(url):
    """Status, content type and body of an answer, errors included."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers.get("content-type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type"), error.read()


def mercator(lon, lat, zoom):
    """Position in tiles of a zoom, from the north-west corner of the world."""
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / math.pi) / 2
    return (np.asarray(lon) + 180) / 360 * 2**zoom, y * 2**zoom


def tiles_over(bounds, zoom):
    west, south, east, north = bounds
    (left, right), (top, bottom) = mercator([west, east], np.array([north, south]), zoom)
    columns, rows = (range(math.floor(a), math.floor(b) + 1) for a, b in ((left, right), (top, bottom)))
    return [(zoom, x, y) for x in columns for y in rows]


def to_tile_units(shape, tile):
    zoom, x, y = tile
    return shapely.transform(shape, lambda c: (np.column_stack(mercator(c[:, 0], c[:, 1], zoom)) - (x, y)) * EXTENT)


@dataclass
class Feature:
    tile: tuple
    layer: str
    number: int
    code: str
    shape: shapely.Geometry
    says: dict


def decode(tile, body):
    layers = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    for name, layer in layers.items():
        assert layer["extent"] == EXTENT
        for f in layer["features"]:
            yield Feature(tile, name, f["id"], f["properties"]["code"], shapely.geometry.shape(f["geometry"]), f["properties"])


@dataclass
class Harvest:
    """Everything the server gave for the whole extent of the town, decoded."""

    description: dict
    statuses: dict
    bodies: dict
    features: list

    def of(self, *layers, zoom=None):
        return [f for f in self.features if f.layer in layers and zoom in (None, f.tile[0])]

    def zooms(self, layer):
        said = {v["id"]: range(v["minzoom"], v["maxzoom"] + 1) for v in self.description["vector_layers"]}
        return [z for z in ZOOMS if z in said[layer]]


@pytest.fixture(scope="module")
def server(serve, town, tmp_path_factory):
    with serve(town, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def harvest(server):
    names = ",".join(LAYERS + LABELS)
    description = json.loads(fetch(f"{server}/tiles/{names}.json")[2])
    wanted = [t for zoom in ZOOMS for t in tiles_over(description["bounds"], zoom)]
    assert len(wanted) <= MOST_TILES
    statuses, bodies, features = {}, {}, []
    for tile in wanted:
        url = description["tiles"][0].format(**dict(zip("zxy", tile)))
        statuses[tile], kind, body = fetch(url)
        if statuses[tile] == 200:
            assert kind == "application/vnd.mapbox-vector-tile", kind
            bodies[tile] = body
            features += decode(tile, body)
    print(f"{len(wanted)} tiles, {len(features)} features: {Counter(f.tile[0] for f in features)}")
    return Harvest(description, statuses, bodies, features)


@pytest.fixture(scope="module")
def city(town):
    return shapely.union_all(basic_grids(town)[1])


def test_description(harvest, town):
    assert harvest.description["tilejson"] == "3.0.0"
    assert [v["id"] for v in harvest.description["vector_layers"]] == list(LAYERS + LABELS)
    bounds = shapely.total_bounds(geometries(table(town, "grids")))
    assert np.allclose(harvest.description["bounds"], bounds, rtol=0, atol=1e-7)


def test_every_tile_is_answered(harvest):
    assert set(harvest.statuses.values()) <= {200, 204}
    assert all(status == 200 for tile, status in harvest.statuses.items() if tile[0] < 12), "the city is never hidden"


def test_layers_stand_in_their_zooms(harvest):
    seen = defaultdict(set)
    for f in harvest.features:
        seen[f.layer].add(f.tile[0])
    assert {layer: sorted(zooms) for layer, zooms in seen.items()} == {
        layer: harvest.zooms(layer) for layer in LAYERS + LABELS
    }


def test_polygons_are_valid(harvest):
    polygons = [f for f in harvest.features if "Polygon" in f.shape.geom_type]
    assert len(polygons) > 1000
    shapes = np.array([f.shape for f in polygons])
    invalid = np.flatnonzero(~shapely.is_valid(shapes))
    count = Counter((polygons[i].layer, polygons[i].tile[0]) for i in invalid)
    examples = [
        (polygons[i].tile, polygons[i].code, shapely.is_valid_reason(shapes[i]), shapes[i].wkt) for i in invalid[:2]
    ]
    assert len(invalid) == 0, f"{len(invalid)} of {len(polygons)} invalid by (layer, zoom) {dict(count)}: {examples}"


def test_shapes_stay_in_the_tile_and_its_margin(harvest):
    bounds = shapely.bounds(np.array([f.shape for f in harvest.features]))
    assert bounds.min() >= -256
    assert bounds.max() <= EXTENT + 256


def test_points_stay_in_the_tile(harvest):
    points = np.array([f.shape for f in harvest.of("addresses", "enterprises", *LABELS)])
    assert set(shapely.get_type_id(points)) == {0}
    bounds = shapely.bounds(points)
    assert bounds.min() >= 0
    assert bounds.max() <= EXTENT


def test_numbers_are_unique_and_lasting(harvest):
    for tile_layer, found in grouped(harvest.features, lambda f: (f.tile, f.layer)).items():
        assert len({f.number for f in found}) == len(found), f"{tile_layer}: an id stands twice"
    for (layer, code), found in grouped(harvest.features, lambda f: (f.layer, f.code)).items():
        assert len({f.number for f in found}) == 1, f"{layer} {code} changes its id from tile to tile"
    for (layer, number), found in grouped(harvest.features, lambda f: (f.layer, f.number)).items():
        assert len({f.code for f in found}) == 1, f"{layer}: id {number} stands for several codes"
    assert all(0 <= f.number < 2**53 for f in harvest.features), "an id that JavaScript cannot hold"


def grouped(features, key):
    groups = defaultdict(list)
    for feature in features:
        groups[key(feature)].append(feature)
    return groups


@pytest.mark.parametrize("layer", LABELS)
def test_labels_stand_once(harvest, town, layer):
    grids = table(town, "grids").select(["code", "level"]).to_pylist()
    expected = {g["code"]: 1 for g in grids if g["level"] == LEVEL_OF[layer]}
    assert harvest.zooms(layer)
    for zoom in harvest.zooms(layer):
        assert Counter(f.code for f in harvest.of(layer, zoom=zoom)) == expected, f"zoom {zoom}"


def test_addresses_are_counted_where_they_are(harvest, town):
    addresses = table(town, "addresses")
    points = set(zip(column(addresses, "lng"), column(addresses, "lat")))
    at = dict(zip(column(addresses, "code"), zip(column(addresses, "lng"), column(addresses, "lat"))))
    found = harvest.of("addresses", zoom=17)
    assert sum(f.says["count"] for f in found) == addresses.num_rows
    assert len(points) > 1000
    assert 0.99 * len(points) <= len(found) <= len(points), "only addresses in one point are put together"
    for f in found:
        due = to_tile_units(shapely.Point(at[f.code]), f.tile)
        assert max(abs(due.x - f.shape.x), abs(due.y - f.shape.y)) <= 1, (f.tile, f.code)


def test_sums_of_enterprises_are_kept(harvest, town, cli):
    city = json.loads(cli.run("stats", town, "--level", "city", "--format", "json").stdout)["rows"][0]
    counted = [e for e in table(town, "layers/enterprises").to_pylist() if e["counted"] and e["address"] is not None]
    assert len(counted) == city["enterprises"]
    named = [e for e in counted if not is_natural_person(e["code"])]
    assert 0 < len(named) < len(counted)
    for zoom in harvest.zooms("enterprises"):
        found = harvest.of("enterprises", zoom=zoom)
        assert sum(f.says["count"] for f in found) == len(named)
        assert not any(is_natural_person(f.code) for f in found)


def test_sums_of_density_are_kept(harvest, town, cli):
    city = json.loads(cli.run("stats", town, "--level", "city", "--format", "json").stdout)["rows"][0]
    assert harvest.zooms("density") == list(ZOOMS)
    for zoom in ZOOMS:
        cells = {f.code: f.says for f in harvest.of("density", zoom=zoom)}
        for counted in ("buildings", "addresses", "enterprises"):
            assert sum(says[counted] for says in cells.values()) == city[counted], (zoom, counted)


@pytest.mark.parametrize("layer", AREAS)
def test_neighbours_share_their_borders_exactly(harvest, layer):
    for tile, found in grouped(harvest.of(layer), lambda f: f.tile).items():
        assert_no_invalid_edge(tile, found)


def assert_no_invalid_edge(tile, found):
    edges = shapely.coverage_invalid_edges(np.array([f.shape for f in found]))
    wrong = [(f.code, edge.wkt) for f, edge in zip(found, edges) if not edge.is_empty]
    assert not wrong, f"{tile} {found[0].layer}: {len(wrong)} grids, e.g. {wrong[:2]}"


@pytest.mark.parametrize("layer", AREAS)
def test_no_grid_vanishes_before_its_level(harvest, town, layer):
    level = LEVEL_OF[f"{layer}-labels"]
    codes = {g["code"] for g in table(town, "grids").to_pylist() if g["level"] == level}
    for zoom in harvest.zooms(layer):
        assert {f.code for f in harvest.of(layer, zoom=zoom)} == codes, zoom


@pytest.mark.parametrize("layer", [*AREAS, "buildings"])
@pytest.mark.parametrize("zoom", [13, 15, 17])
def test_a_feature_is_the_same_on_both_sides_of_a_tile_border(harvest, layer, zoom):
    """Two tiles share a strip, from the buffer of one to that of the other, in which they must draw the same."""
    of_tile = grouped(harvest.of(layer, zoom=zoom), lambda f: f.tile)
    compared = 0
    for (_, x, y), found in of_tile.items():
        beside = {f.code: f.shape for f in of_tile.get((zoom, x + 1, y), [])}
        strip = shapely.box(EXTENT - 64, -64, EXTENT + 64, EXTENT + 64)
        for f in found:
            mine = f.shape.intersection(strip)
            theirs = shapely.affinity.translate(beside.get(f.code, shapely.Polygon()), EXTENT).intersection(strip)
            assert mine.symmetric_difference(theirs).area == 0, (f.tile, f.code)
            compared += not mine.is_empty
    assert compared or zoom not in harvest.zooms(layer)


def test_tiles_keep_to_their_budget(harvest):
    assert max(map(len, harvest.bodies.values())) <= 500_000


def test_gdal_reads_as_many_features(harvest, tmp_path):
    for tile in sorted(harvest.bodies)[::7]:
        path = tmp_path / "{}-{}-{}.mvt".format(*tile)
        path.write_bytes(harvest.bodies[tile])
        mine = Counter(f.layer for f in harvest.features if f.tile == tile)
        theirs = {name: pyogrio.read_info(path, layer=name)["features"] for name, _ in pyogrio.list_layers(path)}
        assert theirs == mine, tile


# The zooms of which all tiles are decoded; of deeper ones there are too many.
WHOLE_ZOOMS = range(6, 14)
SAMPLED_ZOOMS = range(14, 17)
SAMPLED = 60


def test_borders_of_a_real_partition(serve, partition, tmp_path):
    """28,767 real zones: no invalid edge in any tile, and none vanishes where its level is drawn."""
    with serve(partition, tmp_path / "log") as address:
        description = json.loads(fetch(f"{address}/tiles/districts,subdistricts,communities,grids.json")[2])
        codes = defaultdict(set)
        for zoom in (*WHOLE_ZOOMS, *SAMPLED_ZOOMS):
            tiles = tiles_over(description["bounds"], zoom)
            tiles = tiles if zoom in WHOLE_ZOOMS else random.Random(zoom).sample(tiles, SAMPLED)
            for tile in tiles:
                _, _, body = fetch(description["tiles"][0].format(**dict(zip("zxy", tile))))
                assert len(body) <= 500_000, tile
                for layer, found in grouped(decode(tile, body), lambda f: f.layer).items():
                    shapes = np.array([f.shape for f in found])
                    assert shapely.is_valid(shapes).all(), (tile, layer)
                    assert_no_invalid_edge(tile, found)
                    codes[layer, zoom] |= {f.code for f in found}
    grids = table(partition, "grids").to_pylist()
    for said in description["vector_layers"]:
        all_codes = {g["code"] for g in grids if g["level"] == LEVEL_OF[f"{said['id']}-labels"]}
        for zoom in WHOLE_ZOOMS:
            if zoom >= said["minzoom"]:
                assert codes[said["id"], zoom] == all_codes, (said["id"], zoom)


def published_pairs(shared_data):
    with open(shared_data / "crs" / "gcj_bd_published_pairs.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["from"], row["to"]) == ("WGS84", "GCJ02") and abs(float(row["in_x_lon"])) <= 180:
                names = ("in_x_lon", "in_y_lat", "out_x_lon", "out_y_lat", "tolerance")
                yield tuple(float(row[name]) for name in names)


def test_shifted_tiles_show_published_points(cli, serve, shared_data, tmp_path):
    """To two units of a tile (15 cm) and what the published pairs themselves are good to."""
    pairs = list(published_pairs(shared_data))
    assert len(pairs) >= 3
    rows = [("code", "x", "y"), *((f"A{i:05}", lon, lat) for i, (lon, lat, *_) in enumerate(pairs))]
    addresses = {"path": write_rows(tmp_path / "a.csv", rows), "crs": "EPSG:4326", "code": "code", "lng": "x", "lat": "y"}
    cli.build(write_spec(tmp_path / "spec.toml", addresses=addresses), tmp_path / "points.plate")
    with serve(tmp_path / "points.plate", tmp_path / "log") as address:
        for i, (lon, lat, shifted_lon, shifted_lat, degrees) in enumerate(pairs):
            (x, y) = mercator(shifted_lon, shifted_lat, 17)
            found = points_near(f"{address}/tiles/addresses/17/{{}}/{{}}.mvt?crs=gcj02", x, y)
            tolerance = 2 + degrees / 360 * 2**17 * EXTENT / math.cos(math.radians(lat))
            assert abs(found[f"A{i:05}"] - (x, y)).max() * EXTENT <= tolerance, (lon, lat)
            x, y = (lon + 180) / 360 * 2**17, (90 - lat) / 360 * 2**17
            found = points_near(f"{address}/tiles/cgcs2000/addresses/17/{{}}/{{}}.mvt", x, y)
            assert abs(found[f"A{i:05}"] - (x, y)).max() * EXTENT <= 1


def points_near(url, x, y):
    """Points by code, in tiles of the zoom, of the tile that holds a position and of those beside it."""
    found = {}
    for column_, row in {(int(x + dx), int(y + dy)) for dx in (-1e-3, 1e-3) for dy in (-1e-3, 1e-3)}:
        _, _, body = fetch(url.format(column_, row))
        for f in decode((17, column_, row), body):
            found[f.code] = np.array([column_ + f.shape.x / EXTENT, row + f.shape.y / EXTENT])
    return found


def valid_shapes(found):
    """Shapes repaired so that areas can be taken; test_polygons_are_valid judges whether they had to be."""
    return shapely.make_valid(np.array([f.shape for f in found]), method="structure", keep_collapsed=False)


TILE = shapely.box(0, 0, EXTENT, EXTENT)


@pytest.mark.parametrize("layer", ["grids", "communities", "subdistricts", "districts", "cities"])
@pytest.mark.parametrize(("zoom", "rounding"), [(13, 6), (15, 6), (17, 1.5)])
def test_coverage_has_no_holes(harvest, city, layer, zoom, rounding):
    for tile, found in grouped(harvest.of(layer, zoom=zoom), lambda f: f.tile).items():
        union, due = shapely.union_all(valid_shapes(found)), to_tile_units(city, tile)
        hole = due.buffer(-rounding).intersection(TILE).difference(union).area
        beyond = union.difference(due.buffer(rounding)).area
        assert hole < 1, f"{tile}: a hole of {hole} square units within the city"
        assert beyond < 1, f"{tile}: {beyond} square units outside the city"


def test_grids_do_not_cover_each_other(harvest):
    for tile, found in grouped(harvest.of("grids", zoom=17), lambda f: f.tile).items():
        shapes = valid_shapes(found)
        twice = shapely.area(shapes).sum() - shapely.union_all(shapes).area
        assert twice < 1, f"{tile}: {twice} square units are drawn twice"


def test_buildings_are_in_place(harvest, town):
    buildings = table(town, "buildings")
    source = dict(zip(column(buildings, "code"), geometries(buildings)))
    found = harvest.of("buildings", zoom=17)
    assert {f.code for f in found} == set(source), "every building is drawn"
    whole = [(f, due) for f in found if TILE.contains(due := to_tile_units(source[f.code], f.tile))]
    assert len(whole) > len(source) / 2
    for f, due in whole:
        away = shapely.hausdorff_distance(due.boundary, f.shape.boundary, densify=0.2)
        assert away <= 2, f"{f.tile} {f.code}: {away} units apart"


def test_cut_buildings_are_in_place(harvest, town):
    buildings = table(town, "buildings")
    source = dict(zip(column(buildings, "code"), geometries(buildings)))
    found = harvest.of("buildings", zoom=17)
    for f, shape in zip(found, valid_shapes(found)):
        due = to_tile_units(source[f.code], f.tile)
        apart = due.intersection(TILE).symmetric_difference(shape.intersection(TILE)).area
        assert apart <= due.length, f"{f.tile} {f.code}: {apart} square units differ within the tile"


def test_far_away_is_empty(server):
    assert fetch(f"{server}/tiles/grids/14/0/0.mvt")[0] == 204


@pytest.mark.parametrize(
    "path", ["tiles/nothing/14/13374/7137.mvt", "tiles/nothing.json", "tiles/grids,nothing/9/1/1.mvt"]
)
def test_unknown_layer(server, path):
    status, kind, body = fetch(f"{server}/{path}")
    assert (status, kind) == (404, "application/problem+json")
    assert "nothing" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "path", ["tiles/grids/3/8/0.mvt", "tiles/grids/3/0/8.mvt", "tiles/grids/99/0/0.mvt", "tiles/grids/a/0/0.mvt"]
)
def test_impossible_tile(server, path):
    status, kind, _ = fetch(f"{server}/{path}")
    assert status in (400, 404)
    assert kind == "application/problem+json"


@pytest.mark.parametrize("crs", ["EPSG:4490", "gcj02", "bd09"])
def test_server_and_tool_locate_alike(cli, server, town, tmp_path, crs):
    xy = np.random.default_rng(3).uniform((114.03, 22.54), (114.07, 22.56), (200, 2))
    expected = locate(cli, town, xy, tmp_path, "--crs", crs)["grid_code"]
    for point, code in zip(xy, expected):
        lng, lat = map(repr, map(float, point))
        answer = json.loads(fetch(f"{server}/api/locate?lng={lng}&lat={lat}&crs={crs}")[2])
        assert [link["code"] for link in answer["chain"][:1]] == ([code] if code else [])


@pytest.fixture(scope="module")
def ground(server):
    """The features of the ground and of grids in all tiles of the town, zooms 8 to 17."""
    description = json.loads(fetch(f"{server}/tiles/ground,grids.json")[2])
    features = []
    for tile in (t for zoom in range(8, 18) for t in tiles_over(description["bounds"], zoom)):
        status, _, body = fetch(description["tiles"][0].format(**dict(zip("zxy", tile))))
        features += decode(tile, body) if status == 200 else []
    return features


@pytest.fixture(scope="module")
def source_of_ground(town_source):
    pieces = json.loads((town_source / "ground.geojson").read_text(encoding="utf-8"))["features"]
    return {p["properties"]["code"]: (p["properties"]["class"], shapely.geometry.shape(p["geometry"])) for p in pieces}


def farthest(of, shape):
    """How far the farthest point of one shape lies from another one."""
    return shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(of, 16))), shape).max(initial=0)


@pytest.mark.parametrize("zoom", range(8, 18))
def test_the_ground_is_where_its_source_has_it(ground, source_of_ground, zoom):
    """Against shapely, which projects and cuts the source by itself. Half a pixel is 4 units; a lattice point is at most 2√2 away."""
    first = {"主干路": 10, "次干路": 12, "支路": 14, "河流": 5, "海域": 5, "绿地": 11}
    drawn = {(f.tile, f.code): f for f in ground if f.layer == "ground" and f.tile[0] == zoom}
    square = shapely.box(0, 0, EXTENT, EXTENT)
    missing, compared = [], 0
    for tile in {f.tile for f in ground if f.tile[0] == zoom}:
        for code, (name, source) in source_of_ground.items():
            whole = to_tile_units(source, tile)
            wanted = shapely.intersection(whole, square)
            feature = drawn.get((tile, code))
            if first[name] > zoom:
                assert feature is None, f"{name} {code} at {zoom}"
                continue
            size = wanted.length if "Line" in source.geom_type else wanted.area**0.5
            if feature is None:
                missing += [(tile, code, size)] if size > 24 else []
                continue
            if size > 24:
                found = shapely.intersection(feature.shape, square)
                assert farthest(found, whole) < 4.5 and farthest(wanted, feature.shape) < 4.5, (tile, code, zoom)
                compared += 1
    assert not missing, missing[:5]
    assert compared > 0


def test_a_road_along_a_border_lies_on_it_at_every_zoom(ground, source_of_ground, town):
    borders = shapely.union_all(shapely.boundary(basic_grids(town)[1]))
    compared = Counter()
    for tile, features in grouped(ground, lambda f: f.tile).items():
        outlines = [shapely.boundary(f.shape) for f in features if f.layer == "grids"]
        roads = {f.code: shapely.get_coordinates(f.shape) for f in features if f.layer == "ground" and "Line" in f.shape.geom_type}
        if not outlines or not roads:
            continue
        for code, vertices in roads.items():
            source = source_of_ground[code][1]
            on_border = [c for c in source.coords if shapely.Point(c).distance(borders) < 1e-9]
            wanted = shapely.get_coordinates(to_tile_units(shapely.MultiPoint(on_border), tile)) if on_border else []
            corners = {tuple(c) for outline in outlines for c in shapely.get_coordinates(outline)}
            for x, y in wanted:
                if not (0 <= x <= EXTENT and 0 <= y <= EXTENT):
                    continue
                nearest = vertices[np.hypot(*(vertices - (x, y)).T).argmin()]
                own = [c for c in corners if math.hypot(c[0] - x, c[1] - y) < 3]
                # A vertex of the road within a straight border need be no corner of a grid.
                if own:
                    assert tuple(nearest) in own, (tile, code, (x, y), nearest, own)
                    compared[tile[0]] += 1
    assert set(compared) == set(range(13, 18)) and compared[17] > 100, compared
