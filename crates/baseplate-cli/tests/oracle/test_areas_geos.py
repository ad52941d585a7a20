"""Oracle: GEOS, for what becomes of invalid polygons, for the gaps of a coverage and for dissolved levels.

If a test here fails, ground is lost or made up: a repair does not follow its own rule, a gap is missed, or the polygon of a
district does not hold a grid that its chain puts there.
"""

import json
import random

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from plates import basic_grids, column, geometries, manifest, rejects, table, write_features, write_rows, write_spec

WEST, SOUTH = 114.0, 22.0


def crosses_odd(edges, x, y):
    """Whether a line from a point to the east crosses edges, given by the places of both their ends, an odd number of times."""
    a, b = edges[:, (edges[0, :, 1] > y) != (edges[1, :, 1] > y)]
    return np.count_nonzero(x < a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])) % 2 == 1


def by_odd_even(rings):
    """The faces between the noded rings whose inner points an odd number of crossings separates from the outside."""
    lines = shapely.union_all([LineString(ring) for ring in rings])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(lines))))
    edges = np.array([[place for ring in rings for place in ring[part]] for part in (slice(None, -1), slice(1, None))])
    inside = [crosses_odd(edges, p.x, p.y) for p in shapely.point_on_surface(faces)]
    return shapely.union_all(faces[np.array(inside, dtype=bool)])


def by_the_rule(parts):
    """Each part by the odd-even rule, then the union of the parts."""
    return shapely.union_all([by_odd_even(rings) for rings in parts])


def closed(ring):
    return [tuple(p) for p in ring] + [tuple(ring[0])]


def wkt(parts):
    ring = lambda r: "(" + ",".join(f"{x!r} {y!r}" for x, y in r) + ")"
    return "MULTIPOLYGON(" + ",".join("(" + ",".join(map(ring, rings)) + ")" for rings in parts) + ")"


def square(x, y, side, clockwise=False):
    ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    return closed(ring[::-1] if clockwise else ring)


def odd_parts(dice, step):
    """The parts of an area that is wrong in one of many ways, in steps of a lattice from the south-west corner."""
    at = lambda: dice.randrange(0, 12)
    scatter = lambda n: closed([(at(), at()) for _ in range(n)])
    turn = lambda: dice.random() < 0.5
    shapes = [
        lambda: [[scatter(dice.randrange(4, 9))]],
        lambda: [[square(at(), at(), dice.randrange(1, 6), turn()), square(at(), at(), dice.randrange(1, 6), turn())]],
        lambda: [[square(0, 0, 12, turn())] + [square(at(), at(), dice.randrange(1, 5), turn()) for _ in range(3)]],
        lambda: [[square(at(), at(), dice.randrange(1, 6), turn())] for _ in range(dice.randrange(2, 6))],
        lambda: [[square(2, 2, 4, turn())], [square(6, 2 + dice.randrange(-3, 4), 4, turn())]],
        lambda: [[square(1, 1, 9, turn())], [square(3, 3, 3, turn())], [square(1, 1, 9, turn())]],
        lambda: [[scatter(5)], [square(at(), at(), 3, turn())], [scatter(4)]],
        lambda: [[square(0, 0, 8, turn()), square(2, 2, 3, turn())], [square(3, 3, 1, turn())], [square(8, 1, 3, turn())]],
    ]
    parts = dice.choice(shapes)()
    return [[[(WEST + x * step, SOUTH + y * step) for x, y in ring] for ring in rings] for rings in parts]


def stored(plate):
    grids = table(plate, "grids")
    return dict(zip(column(grids, "code"), geometries(grids)))


def assert_same_ground(got, due, step, name):
    lost = shapely.symmetric_difference(got, due).area
    assert lost <= 1e-5 * step * step, f"{name}: {due.area / step**2} squares are due, {lost / step**2} differ"


@pytest.mark.parametrize("step", [1e-5, 1e-3, 0.1])
def test_a_repair_follows_its_rule(cli, tmp_path, step):
    dice = random.Random(int(1 / step))
    cases = {f"R{i:04}": odd_parts(dice, step) for i in range(500)}
    rows = [("code", "wkt"), *((code, wkt(parts)) for code, parts in cases.items())]
    source = write_rows(tmp_path / "g.csv", rows)
    keys = {"path": source, "crs": "EPSG:4490", "code": "code", "geometry": "wkt"}
    cli.build(write_spec(tmp_path / "spec.toml", grids=keys), tmp_path / "plate")
    got = stored(tmp_path / "plate")
    for code, parts in cases.items():
        due = by_the_rule(parts)
        assert code in got or due.area < 1e-6 * step * step, f"{code}: {wkt(parts)}"
        if code in got:
            assert got[code].is_valid, f"{code}: {shapely.is_valid_reason(got[code])}"
            assert_same_ground(got[code], due, step, f"{code}: {wkt(parts)}")


def test_rows_of_one_code_lose_nothing(cli, tmp_path):
    dice, step = random.Random(7), 1e-3
    cases = {f"R{i:03}": [[[square(dice.randrange(12), dice.randrange(12), dice.randrange(1, 6), dice.random() < 0.5)]]
                          for _ in range(dice.randrange(2, 6))] for i in range(100)}
    placed = lambda part: [[[(WEST + x * step, SOUTH + y * step) for x, y in ring] for ring in rings] for rings in part]
    rows = [("code", "wkt"), *((code, wkt(placed(part))) for code, parts in cases.items() for part in parts)]
    keys = {"path": write_rows(tmp_path / "g.csv", rows), "crs": "EPSG:4490", "code": "code", "geometry": "wkt"}
    cli.build(write_spec(tmp_path / "spec.toml", grids=keys), tmp_path / "plate")
    got = stored(tmp_path / "plate")
    for code, parts in cases.items():
        assert_same_ground(got[code], by_the_rule([rings for part in parts for rings in placed(part)]), step, code)


def test_what_was_repaired_says_its_area(cli, tmp_path):
    bowtie = "POLYGON((114 22,114.01 22.01,114.01 22,114 22.02,114 22))"
    keys = {"path": write_rows(tmp_path / "g.csv", [("code", "wkt"), ("B", bowtie)]), "crs": "EPSG:4490", "code": "code"}
    cli.build(write_spec(tmp_path / "spec.toml", grids=keys), tmp_path / "plate")
    (said,) = rejects(tmp_path / "plate")
    before, after = (float(said["reason"].rsplit(f" m² {when}", 1)[0].rsplit(" ", 1)[1]) for when in ("before", "after"))
    assert after == pytest.approx(column(table(tmp_path / "plate", "grids"), "area_m2")[0], abs=0.06)
    assert before < after, said


def test_earcut_follows_the_rule(cli, tmp_path, shared_data):
    """The polygons that broke a triangulator, made small to fit the world."""
    cases = {}
    for path in sorted((shared_data / "nasty" / "earcut").glob("*.json")):
        rings = [closed(ring) for ring in json.loads(path.read_text()) if len(ring) >= 3]
        reach = max(abs(v) for ring in rings for p in ring for v in p)
        scale = 2.0 ** -int(np.ceil(np.log2(reach * 8)))
        cases[path.stem.upper()] = [[[(x * scale, y * scale) for x, y in ring] for ring in rings]]
    rows = [("code", "wkt"), *((code, wkt(parts)) for code, parts in cases.items())]
    keys = {"path": write_rows(tmp_path / "g.csv", rows), "crs": "EPSG:4490", "code": "code", "geometry": "wkt"}
    cli.build(write_spec(tmp_path / "spec.toml", grids=keys), tmp_path / "plate")
    got, told = stored(tmp_path / "plate"), 0
    for code, parts in cases.items():
        due = by_the_rule(parts)
        if code in got:
            told += 1
            apart = shapely.symmetric_difference(got[code], due).area
            assert apart <= 1e-5 * due.area, f"{code}: {got[code].area} and {due.area}, {apart} apart"
        else:
            assert due.area <= 1e-12, code
    assert told > 45


def enclosed(polygons):
    """What is left of a frame around the polygons and does not reach the frame."""
    union = shapely.union_all(polygons)
    frame = box(*union.bounds).buffer(0.1)
    parts = shapely.get_parts(frame.difference(union))
    return [p for p in parts if not p.exterior.intersects(frame.exterior)]


def metres2(area, lat):
    """Square metres of an area in square degrees, as the plate measures gaps."""
    sin, cos = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    e2, a = 0.00669438002290, 6378137.0
    w = 1 - e2 * sin * sin
    return area * np.radians(a / np.sqrt(w) * cos) * np.radians(a * (1 - e2) / (w * np.sqrt(w)))


def holey_coverage(dice, side=9, step=1e-3):
    """Cells of a lattice, halved here and there, some left out: gaps at corners, at the outline, around islands."""
    found = []
    for x in range(side):
        for y in range(side):
            cell = box(WEST + x * step, SOUTH + y * step, WEST + (x + 1) * step, SOUTH + (y + 1) * step)
            roll = dice.random()
            if roll < 0.45:
                found.append(cell)
            elif roll < 0.7:
                w, s, e, n = cell.bounds
                halves = [Polygon([(w, s), (e, s), (e, n)]), Polygon([(w, s), (e, n), (w, n)])]
                found.extend(halves if roll < 0.6 else halves[:1])
            elif roll < 0.75:
                found.append(Polygon(cell.exterior, [cell.buffer(-step / 4, join_style="mitre").exterior.coords]))
            elif roll < 0.8:
                found.append(cell.buffer(-step / 3, join_style="mitre"))
    return found


def gaps_of(cli, folder, polygons):
    features = [({"code": f"G{i:03}"}, polygon) for i, polygon in enumerate(polygons)]
    keys = {"path": write_features(folder / "g.geojson", features), "crs": "EPSG:4490", "code": "code"}
    cli.build(write_spec(folder / "spec.toml", grids=keys), folder / "plate")
    issues = table(folder / "plate", "issues")
    found = [e for r, e in zip(column(issues, "rule"), column(issues, "values")) if r == "grid-gap"]
    assert manifest(folder / "plate")["coverages"][0]["gaps"] == len(found)
    return sorted(json.loads(e)[0] for e in found)


@pytest.mark.parametrize("seed", range(12))
def test_gaps_are_what_grids_enclose(cli, tmp_path, seed):
    polygons = holey_coverage(random.Random(seed))
    due = sorted(metres2(p.area, p.point_on_surface().y) for p in enclosed(polygons))
    assert due, "a coverage without gaps proves nothing"
    assert gaps_of(cli, tmp_path, polygons) == pytest.approx(due, rel=1e-4)


def test_gap_around_an_island_and_between_two_points(cli, tmp_path):
    ring = box(114, 22, 114.04, 22.04).difference(box(114.01, 22.01, 114.03, 22.03))
    island = box(114.015, 22.015, 114.025, 22.025)
    left = Polygon([(115, 22), (114.99, 22), (114.99, 22.02), (115, 22.02), (114.995, 22.01)])
    right = Polygon([(115, 22), (115.005, 22.01), (115, 22.02), (115.01, 22.02), (115.01, 22)])
    lens = metres2(0.0001, 22.01)
    around = metres2(ring.envelope.area - ring.area - island.area, 22.02)
    (tmp_path / "both").mkdir()
    assert gaps_of(cli, tmp_path / "both", [ring, island, left, right]) == pytest.approx([lens, around], rel=1e-3)


def test_gaps_of_real_zones(partition):
    """A partition that is nearly clean: GEOS finds as many gaps, none of them wider than a hand."""
    _, polygons = basic_grids(partition)
    due = [metres2(p.area, p.point_on_surface().y) for p in enclosed(polygons)]
    coverage = manifest(partition)["coverages"][0]
    # One near 0.01 m² may be counted or not: on a lattice of 0.14 mm a sliver of 100 m was seen to change by 0.004 m².
    fewest, most = (sum(1 for area in due if area >= limit) for limit in (0.014, 0.006))
    assert fewest <= coverage["gaps"] <= most
    assert coverage["gap_m2"] == pytest.approx(sum(area for area in due if area >= 0.01), abs=0.06)


def contradicting_rows(dice, side=8, step=1e-2):
    """Cells that name their community, subdistrict and district, here and there another one or none."""
    for x in range(side):
        for y in range(side):
            s, d = f"S{x // 4}{y // 4}", f"D{x // 4}"
            wrong = dice.random()
            s = f"S{dice.randrange(2)}{dice.randrange(2)}" if wrong < 0.15 else "" if wrong < 0.25 else s
            d = f"D{dice.randrange(2)}" if 0.1 < wrong < 0.2 else "" if wrong > 0.9 else d
            cell = box(WEST + x * step, SOUTH + y * step, WEST + (x + 1) * step, SOUTH + (y + 1) * step)
            yield {"code": f"G{x}{y}", "c": f"C{x // 2}{y // 2}", "s": s, "d": d}, cell


def assert_chains_agree(plate):
    grids = table(plate, "grids")
    levels, parents, shapes = column(grids, "level"), column(grids, "parent"), geometries(grids)
    codes = column(grids, "code")
    for row, level in enumerate(levels):
        if level != "grid":
            continue
        at, above = shapes[row].point_on_surface(), parents[row]
        while above is not None:
            assert shapes[above].covers(at), f"{codes[row]} is said to lie in {codes[above]}"
            above = parents[above]
    in_levels = {}
    for level, shape in zip(levels, shapes):
        in_levels.setdefault(level, []).append(shape)
    for level, of_level in in_levels.items():
        total = sum(s.area for s in of_level)
        assert shapely.union_all(of_level).area == pytest.approx(total), f"{level}: polygons over one another"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("communities", ["dissolved", "read", "read with districts"])
def test_chains_and_polygons_agree(cli, tmp_path, seed, communities):
    dice = random.Random(seed)
    rows = list(contradicting_rows(dice))
    above = {"community": "c", "subdistrict": "s", "district": "d"}
    path = write_features(tmp_path / "g.geojson", rows)
    sources = [{"path": path, "crs": "EPSG:4490", "code": "code", "ancestors": above}]
    if communities != "dissolved":
        codes = sorted({p["c"] for p, _ in rows})
        whole = {c: shapely.union_all([shape for p, shape in rows if p["c"] == c]) for c in codes}
        named = [({"code": c, "d": f"D{dice.randrange(2)}"}, whole[c]) for c in codes]
        keys = {"path": write_features(tmp_path / "c.geojson", named), "crs": "EPSG:4490", "code": "code", "level": "community"}
        sources.append(keys | ({"parent": "d"} if communities == "read with districts" else {}))
    cli.build(write_spec(tmp_path / "spec.toml", grids=sources), tmp_path / "plate")
    assert_chains_agree(tmp_path / "plate")


def test_the_outvoted_follow(cli, tmp_path):
    """Three grids of one community, one of which names another district."""
    rows = [("G1", "C1", "D1"), ("G2", "C1", "D1"), ("G3", "C1", "D2"), ("G4", "C2", "D2")]
    features = [({"code": g, "c": c, "d": d}, box(114 + i / 100, 22, 114.01 + i / 100, 22.01)) for i, (g, c, d) in enumerate(rows)]
    keys = {"path": write_features(tmp_path / "g.geojson", features), "crs": "EPSG:4490", "code": "code"}
    spec = write_spec(tmp_path / "spec.toml", grids=keys | {"ancestors": {"community": "c", "district": "d"}})
    cli.build(spec, tmp_path / "plate")
    got = stored(tmp_path / "plate")
    assert got["D1"].equals(box(114, 22, 114.03, 22.01))
    assert got["D2"].equals(box(114.03, 22, 114.04, 22.01))
    assert [r["row"] for r in rejects(tmp_path / "plate")] == ["3"]
