"""Oracle: GDAL's OAPIF driver opens the server by its address alone; shapely judges what a box holds; OWSLib reads the catalogue.

If a test here fails, QGIS shows a city with features missing, doubled, or in the wrong place.
"""

import json
import urllib.error
import urllib.request

import numpy as np
import pyogrio
import pytest
import shapely
from owslib.ogcapi.records import Records

from plates import column, geometries, is_natural_person, table

LEVELS = {"cities": "city", "districts": "district", "subdistricts": "subdistrict", "communities": "community", "grids": "grid"}


@pytest.fixture(scope="module")
def server(serve, town, tmp_path_factory):
    with serve(town, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def ask(url):
    """Status, content type and body, errors included."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers.get("content-type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type"), error.read()


def pages(url):
    """All features of a collection, page by page."""
    while url:
        page = json.loads(ask(url)[2])
        assert page["numberReturned"] == len(page["features"])
        yield from page["features"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)


def expected(town, layer):
    """Codes of what a layer must hold."""
    if layer in LEVELS:
        return [g["code"] for g in table(town, "grids").to_pylist() if g["level"] == LEVELS[layer]]
    if layer == "enterprises":
        rows = table(town, "layers/enterprises").to_pylist()
        named = [e for e in rows if e["address"] is not None and not is_natural_person(e["code"])]
        return [e["code"] for e in named if e["role"] == "注册"]
    return column(table(town, layer), "code")


LAYERS = (*LEVELS, "buildings", "addresses", "enterprises")


def test_gdal_finds_the_layers(server):
    found = {name for name, _ in pyogrio.list_layers(f"OAPIF:{server}/ogc")}
    assert set(LAYERS) <= found
    assert not [name for name in found if "people" in name or "person" in name]


@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_every_feature_once(server, town, layer):
    frame = pyogrio.raw.read(f"OAPIF:{server}/ogc", layer=layer)
    meta, _, shapes, fields = frame
    codes = fields[list(meta["fields"]).index("code")]
    assert sorted(codes) == sorted(expected(town, layer))
    assert shapely.is_valid(shapely.from_wkb(shapes)).all()


def test_gdal_asks_with_a_box(server, town):
    buildings = table(town, "buildings")
    west, south, east, north = shapely.total_bounds(geometries(buildings))
    box = (west, south, (2 * west + east) / 3, (south + 2 * north) / 3)
    meta, _, _, fields = pyogrio.raw.read(f"OAPIF:{server}/ogc", layer="buildings", bbox=box)
    codes = set(fields[list(meta["fields"]).index("code")])
    touching = shapely.intersects(shapely.envelope(geometries(buildings)), shapely.box(*box))
    inside = shapely.intersects(geometries(buildings), shapely.box(*box))
    all_codes = np.array(column(buildings, "code"))
    assert set(all_codes[inside]) <= codes <= set(all_codes[touching])


@pytest.mark.parametrize("layer", ["grids", "buildings", "addresses", "enterprises", "density"])
@pytest.mark.parametrize("bbox", ["", "&bbox=114.03,22.54,114.05,22.553"])
def test_pages_meet_every_feature_once(server, layer, bbox):
    at = f"{server}/ogc/collections/{layer}/items"
    small = [f["id"] for f in pages(f"{at}?limit=700{bbox}")]
    assert small == [f["id"] for f in pages(f"{at}?limit=10000{bbox}")]
    assert small
    if layer != "enterprises":
        assert len(set(small)) == len(small)


@pytest.mark.parametrize("layer", LAYERS)
def test_an_item_is_found_by_its_code(server, town, layer):
    for code in expected(town, layer)[:3]:
        status, kind, body = ask(f"{server}/ogc/collections/{layer}/items/{code}")
        assert (status, kind) == (200, "application/geo+json")
        assert json.loads(body)["id"] == code


def test_counts_of_people_are_those_that_may_be_shown(server, town):
    shown = {g["code"]: g["people"] for g in table(town, "grids").to_pylist() if g["level"] == "grid"}
    for feature in pages(f"{server}/ogc/collections/grids/items?limit=1000"):
        assert feature["properties"].get("people") == shown[feature["id"]]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("collections/people", 404),
        ("collections/people/items", 404),
        ("collections/grids/items/none", 404),
        ("collections/grids/items?limit=0", 400),
        ("collections/grids/items?limit=-1", 400),
        ("collections/grids/items?limit=many", 400),
        ("collections/grids/items?bbox=1,2,3", 400),
        ("collections/grids/items?limit=10001", 400),
        ("collections/grids/items?cursor=7", 400),
        ("collections/grids/items?cursor=999999.7", 410),
        ("collections/grids/items?bbox=170,-10,-170,10", 200),
        ("collections/grids/items?bbox=a,b,c,d", 400),
        ("collections/grids/items?bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", 400),
        ("collections/grids/items?datetime=yesterday", 400),
        ("collections/grids/items?unknown=1", 400),
        ("collections/grids/items?f=html", 400),
        ("collections/grids/items?datetime=2026-01-01T00:00:00Z/..", 200),
        ("collections/grids/items?bbox=114,22,0,115,23,9", 200),
        ("tileMatrixSets/Other", 404),
        ("collections/grids/tiles/Other", 404),
    ],
)
def test_wrong_questions(server, path, status):
    found, kind, body = ask(f"{server}/ogc/{path}")
    assert found == status, body
    assert kind == ("application/geo+json" if status == 200 else "application/problem+json")


def test_owslib_reads_the_catalogue(server, town):
    catalogue = Records(f"{server}/ogc")
    assert catalogue.records() == ["catalogue"]
    assert "catalogue" not in catalogue.feature_collections()
    assert any("records-1" in name for name in catalogue.conformance()["conformsTo"])
    assert catalogue.collection("catalogue")["itemType"] == "record"
    page = catalogue.collection_items("catalogue", limit=1, type="dataset", bbox=[113, 22, 115, 23])
    assert (page["numberMatched"], page["numberReturned"]) == (1, 1)
    record = catalogue.collection_item("catalogue", page["features"][0]["id"])
    assert record == page["features"][0]
    west, south, east, north = shapely.total_bounds(geometries(table(town, "grids")))
    assert shapely.geometry.shape(record["geometry"]).equals_exact(shapely.box(west, south, east, north), 1e-9, normalize=True)
    assert record["properties"]["type"] == "dataset" and record["time"] is None
    items = next(link["href"] for link in record["links"] if link["rel"] == "items")
    assert json.loads(ask(f"{items}?limit=1")[2])["numberReturned"] == 1
    assert catalogue.collection_items("catalogue", q="enterprises")["numberMatched"] == 1
    assert catalogue.collection_items("catalogue", q="没有这样的图层")["numberMatched"] == 0


def test_tiles_are_those_of_the_other_address(server):
    for layer, zoom, column_, row in (("districts", 10, 836, 446), ("grids", 14, 13381, 7138)):
        plain = ask(f"{server}/tiles/{layer}/{zoom}/{column_}/{row}.mvt")
        assert plain[0] == 200
        assert ask(f"{server}/ogc/collections/{layer}/tiles/WebMercatorQuad/{zoom}/{row}/{column_}") == plain
    x, y = int((114.05 + 180) / 360 * 2**14), int((90 - 22.55) / 360 * 2**14)
    degrees = ask(f"{server}/tiles/cgcs2000/grids/14/{x}/{y}.mvt")
    assert degrees[0] == 200
    assert ask(f"{server}/ogc/collections/grids/tiles/WorldCRS84Quad/13/{y}/{x}") == degrees


def test_matrix_sets_have_the_known_scales(server):
    """Scale denominators of the OGC's own definitions (17-083r4), zoom 0."""
    known = {"WebMercatorQuad": 559082264.028717, "WorldCRS84Quad": 279541132.014358}
    for name, scale in known.items():
        found = json.loads(ask(f"{server}/ogc/tileMatrixSets/{name}")[2])["tileMatrices"]
        assert found[0]["scaleDenominator"] == pytest.approx(scale, rel=1e-12)
        assert found[3]["scaleDenominator"] == pytest.approx(scale / 8, rel=1e-12)
    assert [found[0][side] for side in ("matrixWidth", "matrixHeight")] == [2, 1]
