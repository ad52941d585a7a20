"""Oracle: shapes that broke other programs; what becomes of each is frozen in `nasty_outcomes.tsv`.

Besides the frozen outcome, GEOS judges: whatever is stored is valid, what is stored unrepaired is what GEOS reads
from the source. If a test here fails, an odd shape crashes the build, is lost without a reason, or is read
differently from yesterday. After a wanted change, run with NASTY_FREEZE=1 and look at the difference.
"""

import csv
import json
import os
from pathlib import Path

import pytest
import shapely
from plates import basic_grids, rejects, write_rows, write_spec

FROZEN = Path(__file__).with_name("nasty_outcomes.tsv")
FIELDS = ("case", "outcome", "reason")
TEXTS = ("wkt", "ewkt", "wkb", "ewkb", "wkbXdr", "ewkbXdr", "ewkbNoSrid", "ewkbXdrNoSrid", "twkb")


class Workshop:
    """Builds sources and collects what became of every case."""

    def __init__(self, cli, folder):
        self.cli, self.folder, self.outcomes = cli, folder, {}

    def build(self, case, source, **keys):
        """Build a source of grids; returns the stored polygons by code, the rejects, and the message."""
        plate = self.folder / (case.replace("/", "-") + ".plate")
        spec = write_spec(self.folder / "spec.toml", grids={"path": source, "code": "code"} | keys)
        done = self.cli.build(spec, plate, check=False)
        assert done.returncode in (0, 1), f"{case}: exit {done.returncode}: {done.stderr}"
        if done.returncode == 1:
            assert len(done.stderr.strip().splitlines()) == 1, f"{case}: {done.stderr}"
            assert Path(source).name in done.stderr, f"{case}: {done.stderr}"
            return None, [], done.stderr.strip().split(Path(source).name, 1)[1].lstrip(": ")
        codes, polygons = basic_grids(plate)
        assert shapely.is_valid(polygons).all(), f"{case}: an invalid polygon is stored"
        return dict(zip(codes.tolist(), polygons)), rejects(plate), ""

    def record(self, case, stored, said, message, code):
        """What became of one feature: refused, or used, repaired, noted or rejected with a reason."""
        kinds = {r["outcome"] for r in said}
        reason = message or "; ".join(sorted({r["reason"] for r in said}))
        if stored is None:
            outcome = "refused"
        elif code not in stored:
            outcome = "rejected"
        else:
            outcome = next((k for k in ("repaired", "noted") if k in kinds), "used")
        assert outcome == "used" or reason, f"{case}: {outcome} without a reason"
        self.outcomes[case] = (outcome, reason)
        return outcome


@pytest.fixture(scope="module")
def workshop(cli, shared_data, tmp_path_factory):
    return Workshop(cli, tmp_path_factory.mktemp("nasty"))


def assert_read_rightly(case, outcome, stored, geometry):
    """What is used as it was is what GEOS reads, to the last bit; a polygon that GEOS holds valid is used."""
    try:
        due = shapely.force_2d(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        due = None
    polygonal = due is not None and due.geom_type in ("Polygon", "MultiPolygon") and not due.is_empty
    if outcome == "used":
        assert polygonal, f"{case}: GEOS reads no polygon"
        assert due.is_valid, f"{case}: used as it is, but {shapely.is_valid_reason(due)}"
        assert shapely.equals(stored, due), f"{case}: changed without a word"
    elif polygonal and due.is_valid and inside_the_world(due):
        assert outcome == "noted", f"{case}: {outcome}, though GEOS holds it valid"


def inside_the_world(shape):
    west, south, east, north = shape.bounds
    return -180 <= west and east <= 180 and -90 <= south and north <= 90


def features_of(document):
    """The features in a GeoJSON document, bare geometries included; None if its structure is broken."""
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        return features if isinstance(features, list) and all(isinstance(f, dict) for f in features) else None
    if document.get("type") == "Feature":
        return [document]
    return [{"type": "Feature", "geometry": document}] if {"coordinates", "geometries"} & set(document) else None


def with_codes(features):
    """The features with a code each, all else as it was; None if there is no place for one."""
    if any(not isinstance(f.get("properties") or {}, dict) for f in features):
        return None
    return [f | {"properties": (f.get("properties") or {}) | {"code": f"N{i}"}} for i, f in enumerate(features)]


def geojson_cases(shared_data):
    folder = shared_data / "nasty" / "geojson_validator"
    return {f"geojson_validator/{p.relative_to(folder).as_posix()}": p for p in sorted(folder.rglob("*.geojson"))}


def test_geojson(workshop, shared_data):
    cases = geojson_cases(shared_data)
    assert len(cases) == 74
    for case, path in cases.items():
        document = json.loads(path.read_text(encoding="utf-8"))
        features = with_codes(features_of(document) or []) or None
        if features is not None:
            wrapped = (document if document.get("type") == "FeatureCollection" else {}) | {
                "type": "FeatureCollection",
                "features": features,
            }
            path = workshop.folder / path.name
            path.write_text(json.dumps(wrapped), encoding="utf-8")
        stored, said, message = workshop.build(case, path, crs="EPSG:4326")
        for i, feature in enumerate(features or [None]):
            name = f"{case}#{i}" if i else case
            rows = [r for r in said if features is None or r["row"] == str(i + 1)]
            outcome = workshop.record(name, stored, rows, message, f"N{i}")
            assert_read_rightly(name, outcome, (stored or {}).get(f"N{i}"), (feature or {}).get("geometry"))


def test_wkx(workshop, shared_data):
    for file in ("testdata.json", "testdataZ.json"):
        shapes = json.loads((shared_data / "nasty" / "wkx" / file).read_text(encoding="utf-8"))
        cells = [(f"{name}.{form}", shape[form]) for name, shape in shapes.items() for form in TEXTS if form in shape]
        rows = [("code", "shape"), *((f"C{i:04}", text) for i, (_, text) in enumerate(cells))]
        source = write_rows(workshop.folder / f"{file}.csv", rows)
        stored, said, message = workshop.build(f"wkx/{file}", source, crs="EPSG:4326", geometry="shape")
        for i, (form, text) in enumerate(cells):
            case, code = f"wkx/{file}#{form}", f"C{i:04}"
            outcome = workshop.record(case, stored, [r for r in said if r["row"] == str(i + 2)], message, code)
            geometry = shapes[form.split(".")[0]]["geoJSON"]
            assert_read_rightly(case, outcome, stored.get(code), geometry)


def test_wkx_geojson(workshop, shared_data):
    for file in ("testdata.json", "testdataZ.json"):
        shapes = json.loads((shared_data / "nasty" / "wkx" / file).read_text(encoding="utf-8"))
        features = with_codes([{"type": "Feature", "geometry": s["geoJSON"]} for s in shapes.values()])
        source = workshop.folder / f"{file}.geojson"
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        stored, said, message = workshop.build(f"wkx/{file}.geojson", source, crs="EPSG:4326")
        for i, (name, shape) in enumerate(shapes.items()):
            case = f"wkx/{file}#{name}.geoJSON"
            outcome = workshop.record(case, stored, [r for r in said if r["row"] == str(i + 1)], message, f"N{i}")
            assert_read_rightly(case, outcome, stored.get(f"N{i}"), shape["geoJSON"])


def test_earcut(workshop, shared_data):
    """The rings are closed here (earcut leaves them open) and made small, by exact numbers, to fit the world."""
    paths = sorted((shared_data / "nasty" / "earcut").glob("*.json"))
    assert len(paths) == 59
    for path in paths:
        case = f"earcut/{path.name}"
        rings = [ring + ring[:1] for ring in json.loads(path.read_text())]
        geometry = {"type": "Polygon", "coordinates": shift(rings)}
        source = workshop.folder / f"{path.stem}.geojson"
        features = with_codes([{"type": "Feature", "geometry": geometry}])
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        stored, said, message = workshop.build(case, source, crs="EPSG:4490")
        outcome = workshop.record(case, stored, said, message, "N0")
        assert_read_rightly(case, outcome, stored.get("N0"), geometry)


def shift(rings):
    return [[[114 + x / 2**17, 22 + y / 2**17] for x, y in ring] for ring in rings]


def test_outcomes_are_the_frozen_ones(workshop):
    got = {case: dict(zip(FIELDS, (case, *rest))) for case, rest in sorted(workshop.outcomes.items())}
    assert got, "runs after the tests above"
    if os.environ.get("NASTY_FREEZE"):
        freeze(got.values())
    with open(FROZEN, newline="", encoding="utf-8") as file:
        frozen = {row["case"]: row for row in csv.DictReader(file, delimiter="\t")}
    changed = {c: (frozen.get(c), got.get(c)) for c in frozen.keys() | got.keys() if frozen.get(c) != got.get(c)}
    assert not changed, f"{len(changed)} changed, such as {list(changed.items())[:3]}"


def freeze(rows):
    with open(FROZEN, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
