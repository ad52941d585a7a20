"""Oracle: shapes that broke other programs; what becomes of each is frozen in `nasty_outcomes.tsv`.

Besides the frozen outcome, GEOS judges: whatever is stored is valid, what is stored unrepaired is what GEOS reads
from the source. If a test here fails, an odd shape crashes the build, is lost without a reason, or is read
differently from yesterday. After a wanted change, run with NASTY_FREEZE=1 and look at the difference.
"""

import csv
import json
import math
import os
import re
from pathlib import Path

import pytest
import shapely

from plates import basic_grids, rejects, write_rows, write_spec

FROZEN = Path(__file__).with_name("nasty_outcomes.tsv")
FIELDS = ("case", "outcome", "reason")
AREAS = r", [-\d.]+ m² before, [-\d.]+ m² after"
TEXTS = ("wkt", "ewkt", "wkb", "ewkb", "wkbXdr", "ewkbXdr", "ewkbNoSrid", "ewkbXdrNoSrid", "twkb")


class Workshop:
    """Builds sources and collects what became of every case."""

    def __init__(self, cli, folder):
        self.cli, self.folder, self.outcomes, self.complaints = cli, folder, {}, {}

    def build(self, case, source, **keys):
        """Build a source of grids; returns the stored polygons by code, the rejects, and the message."""
        plate = self.folder / (case.replace("/", "-") + ".plate")
        spec = write_spec(self.folder / "spec.toml", grids={"path": source, "code": "code", "min_used": 0} | keys)
        done = self.cli.build(spec, plate, check=False)
        assert done.returncode in (0, 1), f"{case}: exit {done.returncode}: {done.stderr}"
        if done.returncode == 1:
            assert len(done.stderr.strip().splitlines()) == 1, f"{case}: {done.stderr}"
            assert Path(source).name in done.stderr, f"{case}: {done.stderr}"
            if "rows can be used" in done.stderr:
                # No grid is left: what became of each row stands beside the plate that was not written.
                with open(f"{plate}.rejects.csv", newline="", encoding="utf-8") as file:
                    return {}, list(csv.DictReader(file)), ""
            return None, [], done.stderr.strip().split(Path(source).name, 1)[1].lstrip(": ")
        codes, polygons = basic_grids(plate)
        for code, polygon in zip(codes, polygons):
            if not shapely.is_valid(polygon):
                self.complaints[f"{case} {code}"] = f"stored invalid: {shapely.is_valid_reason(polygon)}"
        return dict(zip(codes.tolist(), polygons)), rejects(plate), ""

    def end(self, case, stored, said, message, code):
        """What became of one feature: refused, or used, repaired, noted or rejected with a reason."""
        kinds = {r["outcome"] for r in said}
        # Areas are judged elsewhere; here they would freeze the last digit.
        reason = message or "; ".join(sorted({re.sub(AREAS, "", r["reason"]) for r in said}))
        if stored is None:
            outcome = "refused"
        elif code not in stored:
            outcome = "rejected"
        else:
            outcome = next((k for k in ("repaired", "noted") if k in kinds), "used")
        assert outcome == "used" or reason, f"{case}: {outcome} without a reason"
        return outcome, reason

    def record_forms(self, case, found):
        """One line for all the forms of a shape that came to the same end."""
        for end in sorted(set(found.values())):
            self.outcomes[f"{case}: {' '.join(f for f in found if found[f] == end)}"] = end

    def judge(self, case, outcome, stored, geometry):
        if said := complaint(outcome, stored, geometry):
            self.complaints[case] = said

    def assert_no_complaints(self, prefix):
        found = {case: said for case, said in self.complaints.items() if case.startswith(prefix)}
        assert not found, f"{len(found)} read wrongly: {found}"


@pytest.fixture(scope="module")
def workshop(cli, shared_data, tmp_path_factory):
    return Workshop(cli, tmp_path_factory.mktemp("nasty"))


def complaint(outcome, stored, geometry):
    """What GEOS says against an outcome: what is used is what GEOS reads, to the last bit, and a polygon that
    GEOS holds valid is used as it is."""
    try:
        due = shapely.force_2d(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        due = None
    polygonal = due is not None and due.geom_type in ("Polygon", "MultiPolygon") and not due.is_empty
    if outcome != "used":
        sound = polygonal and due.is_valid and inside_the_world(due) and rings_closed(geometry["coordinates"])
        return f"{outcome}, though GEOS holds it valid" if sound and outcome != "noted" else None
    if not polygonal:
        return "used, though GEOS reads no polygon"
    if not due.is_valid:
        return f"used as it is, though {shapely.is_valid_reason(due)}"
    return None if shapely.equals(stored, due) else f"changed without a word: {ulps(stored, due)}"


def ulps(stored, due):
    apart = shapely.hausdorff_distance(stored, due)
    return f"{shapely.get_num_coordinates(due)} and {shapely.get_num_coordinates(stored)} positions, {apart} apart"


def rings_closed(coordinates):
    if isinstance(coordinates[0][0], (int, float)):
        return coordinates[0] == coordinates[-1]
    return all(map(rings_closed, coordinates))


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


def with_features(document, features):
    collection = document if document.get("type") == "FeatureCollection" else {}
    return json.dumps(collection | {"type": "FeatureCollection", "features": features})


def test_geojson(workshop, shared_data):
    cases = geojson_cases(shared_data)
    assert len(cases) == 74
    for case, path in cases.items():
        document = json.loads(path.read_text(encoding="utf-8"))
        features = features_of(document)
        features = None if features is None else with_codes(features)
        if features is not None:
            path = workshop.folder / path.name
            path.write_text(with_features(document, features), encoding="utf-8")
        stored, said, message = workshop.build(case, path, crs="EPSG:4326")
        for i, feature in enumerate([{}] if features is None else features):
            name, code = f"{case}#{i}" if i else case, f"N{i}"
            rows = [r for r in said if features is None or r["row"] == str(i + 1)]
            workshop.outcomes[name] = workshop.end(name, stored, rows, message, code)
            workshop.judge(name, workshop.outcomes[name][0], (stored or {}).get(code), feature.get("geometry"))
    workshop.assert_no_complaints("geojson_validator/")


def build_wkx_texts(workshop, file, shapes):
    """Every text form as one row of a CSV; yields shape, form and what became of it."""
    cells = [(name, form, shape[form]) for name, shape in shapes.items() for form in TEXTS if form in shape]
    rows = [("code", "shape"), *((f"C{i:04}", text) for i, (_, _, text) in enumerate(cells))]
    source = write_rows(workshop.folder / f"{file}.csv", rows)
    stored, said, message = workshop.build(f"wkx/{file}", source, crs="EPSG:4326", geometry="shape")
    for i, (name, form, _) in enumerate(cells):
        rows = [r for r in said if r["row"] == str(i + 2)]
        yield (
            name,
            form,
            workshop.end(f"wkx/{file} {name} {form}", stored, rows, message, f"C{i:04}"),
            stored.get(f"C{i:04}"),
        )


def build_wkx_geojson(workshop, file, shapes):
    features = with_codes([{"type": "Feature", "geometry": s["geoJSON"]} for s in shapes.values()])
    source = workshop.folder / f"{file}.geojson"
    source.write_text(with_features({}, features), encoding="utf-8")
    stored, said, message = workshop.build(f"wkx/{file}.geojson", source, crs="EPSG:4326")
    for i, name in enumerate(shapes):
        rows = [r for r in said if r["row"] == str(i + 1)]
        yield name, "geoJSON", workshop.end(f"wkx/{file} {name}", stored, rows, message, f"N{i}"), stored.get(f"N{i}")


@pytest.mark.parametrize("file", ["testdata.json", "testdataZ.json"])
def test_wkx(workshop, shared_data, file):
    shapes = json.loads((shared_data / "nasty" / "wkx" / file).read_text(encoding="utf-8"))
    ends = {name: {} for name in shapes}
    for build in (build_wkx_texts, build_wkx_geojson):
        for name, form, end, stored in build(workshop, file, shapes):
            ends[name][form] = end
            workshop.judge(f"wkx/{file} {name} {form}", end[0], stored, shapes[name]["geoJSON"])
    for name, found in ends.items():
        workshop.record_forms(f"wkx/{file} {name}", found)
    workshop.assert_no_complaints("wkx/")


def test_earcut(workshop, shared_data):
    """The rings are closed here (earcut leaves them open) and made small, by exact numbers, to fit the world."""
    paths = sorted((shared_data / "nasty" / "earcut").glob("*.json"))
    assert len(paths) == 59
    for path in paths:
        case = f"earcut/{path.name}"
        rings = [ring + ring[:1] for ring in json.loads(path.read_text())]
        geometry = {"type": "Polygon", "coordinates": shrink(rings)}
        source = workshop.folder / f"{path.stem}.geojson"
        features = with_codes([{"type": "Feature", "geometry": geometry}])
        source.write_text(with_features({}, features), encoding="utf-8")
        stored, said, message = workshop.build(case, source, crs="EPSG:4490")
        workshop.outcomes[case] = workshop.end(case, stored, said, message, "N0")
        workshop.judge(case, workshop.outcomes[case][0], stored.get("N0"), geometry)
    workshop.assert_no_complaints("earcut/")


def shrink(rings):
    """To less than a degree, by a power of two."""
    scale = 2 ** math.ceil(math.log2(max(abs(v) for ring in rings for xy in ring for v in xy) + 1))
    return [[[114 + x / scale, 22 + y / scale] for x, y in ring] for ring in rings]


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
