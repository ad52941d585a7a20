"""Oracle: what a filter finds is what Python, shapely and GDAL find who look at every feature of the collection themselves.

If a test here fails, a filter in QGIS or in somebody's program hides records that it should show, or shows others.
"""

import csv
import json
import math
import random
import re
import urllib.parse
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import mapbox_vector_tile
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from plates import column, table
from test_ogc_api import ask, pages

FILTERS = 500
ROWS = 1500
SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = ["abc", "ABC", "Abc_1", "100%", "o'clock", "a\\b", "网格员", "网格", "Straße", ""]
SPEC = """
[[layers]]
id = "leases"
audience = "public"
path = "leases.csv"
code = "no"
name = "who"
at = { address = "addr" }
time = "begin"
until = "end"
class = ["large", "small"]
attributes = { state = "category", units = "integer", area = "number", checked = "boolean", note = "text", seen = "date", paid = "time" }
"""


def stamp(second):
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def lease(rng, number, address):
    """A row of a department's file; a cell is empty now and then."""
    begin = rng.randrange(1_735_660_800, 1_798_732_800)
    row = {
        "no": f"L{number:05}",
        "who": rng.choice(WORDS),
        "addr": address,
        "begin": stamp(begin),
        "end": stamp(begin + rng.randrange(0, 90 * 86400)),
        "large": rng.choice(["住宅", "商铺"]),
        "small": rng.choice(["整租", "合租", ""]),
        "state": rng.choice(["在租", "退租", "Ended"]),
        "units": rng.randrange(-3, 9),
        "area": round(rng.uniform(8, 200), 1),
        "checked": rng.choice(["是", "否"]),
        "note": rng.choice(WORDS) + rng.choice(WORDS),
        "seen": (datetime(2026, 1, 1) + timedelta(rng.randrange(365))).strftime("%Y-%m-%d"),
        "paid": stamp(begin + 1000),
    }
    return {key: "" if key not in ("no", "addr") and rng.random() < 0.1 else value for key, value in row.items()}


@pytest.fixture(scope="module")
def plate(cli, town, town_source, tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("filters"), random.Random(7)
    addresses = column(table(town, "addresses"), "code")
    rows = [lease(rng, number, rng.choice(addresses)) for number in range(ROWS)]
    with open(folder / "leases.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    text = (town_source / "spec.toml").read_text(encoding="utf-8").replace('path = "', f'path = "{town_source}/')
    (folder / "spec.toml").write_text(text + SPEC, encoding="utf-8")
    cli.build(folder / "spec.toml", folder / "out.plate")
    return folder / "out.plate"


@pytest.fixture(scope="module")
def server(serve, plate, tmp_path_factory):
    with serve(plate, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


class Collection:
    """All features of a collection, as they are without a filter."""

    def __init__(self, server, name):
        self.at = f"{server}/ogc/collections/{name}"
        self.properties = json.loads(ask(f"{self.at}/queryables")[2])["properties"]
        self.features = list(pages(f"{self.at}/items?limit=10000"))
        self.shapes = [shape(feature["geometry"]) for feature in self.features]
        self.of = {name: self.sort(schema) for name, schema in self.properties.items() if name != "geometry"}
        rows = [feature["properties"] for feature in self.features]
        self.values = {name: [self.value(of, row.get(name)) for row in rows] for name, of in self.of.items()}

    @staticmethod
    def sort(schema):
        return schema.get("format", schema["type"])

    @staticmethod
    def value(of, value):
        if value is None:
            return None
        if of == "date-time":
            return int(datetime.fromisoformat(value).timestamp())
        return datetime.fromisoformat(value).toordinal() if of == "date" else value

    def found(self, parameters):
        asked = urllib.parse.urlencode({"limit": 1000, **parameters})
        return [feature["id"] for feature in pages(f"{self.at}/items?{asked}")]

    def ids(self, holds):
        return [feature["id"] for row, feature in enumerate(self.features) if holds(row) is True]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def whole_day(text):
    """The seconds of a day in Shanghai."""
    begin = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return int(begin.timestamp()), int((begin + timedelta(1)).timestamp())


def literal(rng, collection, name):
    """A value near those of a column: as it is written, and the values from one on and before another one that it stands for."""
    of, known = collection.of[name], [v for v in collection.values[name] if v is not None]
    value = rng.choice(known) if known else 0
    if of == "date-time":
        if rng.random() < 0.5:
            day = datetime.fromtimestamp(value, SHANGHAI).strftime("%Y-%m-%d")
            return f"DATE('{day}')", whole_day(day)
        return f"TIMESTAMP('{stamp(value)}')", (value, value + 1)
    if of == "date":
        return f"DATE('{datetime.fromordinal(value):%Y-%m-%d}')", (value, value + 1)
    if of == "boolean":
        value = rng.random() < 0.5
        return rng.choice([str(value).upper(), str(value).lower()]), value
    if of == "string":
        return quoted(value), value
    value += rng.choice([0, 0, 1, -0.5])
    return repr(value), value


def order(value, of):
    """-1, 0 or 1 as a value is before, in or behind a literal."""
    low, high = of if isinstance(of, tuple) else (of, None)
    if high is not None:
        return -1 if value < low else int(value >= high)
    return (value > low) - (value < low)


HOW = {"=": lambda o: o == 0, "<>": lambda o: o != 0, "<": lambda o: o < 0, "<=": lambda o: o <= 0, ">": lambda o: o > 0, ">=": lambda o: o >= 0}
TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def like(pattern, text):
    parts = {"%": ".*", "_": "."}
    tokens = re.findall(r"\\.|.", pattern, re.DOTALL)
    expression = "".join(parts.get(t, re.escape(t[1:] if len(t) == 2 else t)) for t in tokens)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def known(function):
    """Nothing where there is no value."""
    return lambda value: None if value is None else function(value)


def predicate(rng, collection):
    """The text of a condition on one column, and the function of a row that says what SQL says."""
    name = rng.choice(list(collection.of))
    of, values, called = collection.of[name], collection.values[name], rng.choice([name, f'"{name}"'])
    if not re.fullmatch(r"\w+", name):
        called = f'"{name}"'
    negated = rng.choice(["", "NOT "])
    turn = (lambda v: v) if not negated else (lambda v: None if v is None else not v)
    kind = rng.choice(["compare", "compare", "in", "between", "null", "like", "fold"])
    if kind == "null":
        return f"{called} IS {negated}NULL", lambda row: (values[row] is None) != bool(negated)
    if kind == "between":
        (low_text, low), (high_text, high) = literal(rng, collection, name), literal(rng, collection, name)
        holds = known(lambda v: order(v, low) >= 0 and order(v, high) <= 0)
        return f"{called} {negated}BETWEEN {low_text} AND {high_text}", lambda row: turn(holds(values[row]))
    if kind == "in":
        some = [literal(rng, collection, name) for _ in range(rng.randrange(1, 5))]
        holds = known(lambda v: any(order(v, one) == 0 for _, one in some))
        return f"{called} {negated}IN ({', '.join(text for text, _ in some)})", lambda row: turn(holds(values[row]))
    if kind in ("like", "fold") and of == "string":
        text = rng.choice([v for v in values if v is not None] or ["a"])
        cut = rng.randrange(len(text) + 1)
        if kind == "fold":
            holds = known(lambda v: v.lower() == text.upper().lower())
            return f"CASEI({called}) = CASEI({quoted(text.upper())})", lambda row: holds(values[row])
        escaped = re.sub(r"([%_\\])", r"\\\1", text)
        pattern = rng.choice([text[:cut] + "%", "%" + text[cut:], escaped, "_" * len(text), text.replace("a", "_")])
        # A single \ before a quote would take its meaning.
        pattern = pattern.replace("\\'", "'")
        holds = known(lambda v: like(pattern, v))
        return f"{called} {negated}LIKE {quoted(pattern)}", lambda row: turn(holds(values[row]))
    (text, one), how = literal(rng, collection, name), rng.choice(list(HOW))
    holds = known(lambda v: HOW[how](order(v, one)))
    written = f"{called}{rng.choice(['', ' '])}{how} {text}" if rng.random() < 0.8 else f"{text} {TURNED[how]} {called}"
    return written, lambda row: holds(values[row])


def place(rng, collection):
    """A condition on the place: a box, a point, or a polygon that is a box."""
    here = rng.choice(collection.shapes)
    x, y = here.representative_point().coords[0]
    dx, dy = (rng.uniform(0.00005, 0.005) for _ in range(2))
    west, south, east, north = x - dx, y - dy, x + dx / 2, y + dy
    written = rng.choice(["box", "point", "polygon"])
    if written == "point":
        area = shapely.Point(x, y)
        text = f"POINT({x!r} {y!r})"
    else:
        area = shapely.box(west, south, east, north)
        ring = f"{west!r} {south!r}, {east!r} {south!r}, {east!r} {north!r}, {west!r} {north!r}, {west!r} {south!r}"
        text = f"BBOX({west!r},{south!r},{east!r},{north!r})" if written == "box" else f"POLYGON(({ring}))"
    touching = shapely.intersects(collection.shapes, area)
    return f"S_INTERSECTS(geometry, {text})", lambda row: bool(touching[row])


def both(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


def condition(rng, collection, depth=0):
    if depth > 2 or rng.random() < 0.4:
        return place(rng, collection) if rng.random() < 0.2 else predicate(rng, collection)
    (left, is_left), (right, is_right) = (condition(rng, collection, depth + 1) for _ in range(2))
    kind = rng.choice(["AND", "OR", "NOT"])
    if kind == "NOT":
        return f"NOT ({left})", lambda row: None if is_left(row) is None else not is_left(row)
    if kind == "AND":
        return f"({left} and {right})", lambda row: both(is_left(row), is_right(row))

    def either(row):
        one, other = is_left(row), is_right(row)
        return True if one is True or other is True else None if one is None or other is None else False

    return f"(({left}) OR {right})", either


@pytest.mark.parametrize(("name", "seed"), [("leases", 1), ("leases", 2), ("buildings", 3), ("grids", 4), ("enterprises", 5)])
def test_random_filters_find_what_python_finds(server, name, seed):
    collection, rng, filled = Collection(server, name), random.Random(seed), 0
    for _ in range(FILTERS // 5):
        text, holds = condition(rng, collection)
        expected = collection.ids(holds)
        assert collection.found({"filter": text, "filter-lang": "cql2-text"}) == expected, text
        filled += 0 < len(expected) < len(collection.features)
    assert filled > FILTERS // 20, "most filters find some and not all"


def test_datetime_finds_periods_that_meet_it(server):
    leases, rng = Collection(server, "leases"), random.Random(11)
    begins, ends = leases.values["time"], leases.values["until"]
    for _ in range(40):
        low, high = sorted(rng.randrange(1_735_660_800, 1_798_732_800) for _ in range(2))
        at = rng.choice([low, next(b for b in begins if b is not None)])
        asked = {stamp(at): (at, at), f"{stamp(low)}/{stamp(high)}": (low, high), f"{stamp(low)}/..": (low, 1 << 40), f"../{stamp(high)}": (0, high), f"/{stamp(high)}": (0, high)}
        for text, (first, last) in asked.items():
            expected = leases.ids(lambda row: begins[row] is not None and begins[row] <= last and max(begins[row], ends[row] or 0) >= first)
            assert leases.found({"datetime": text}) == expected, text
    assert len(Collection(server, "buildings").found({"datetime": "2026-01-01T00:00:00Z"})) > 1000, "buildings have no time"
    described = json.loads(ask(leases.at)[2])
    extent = [stamp(f([b for b in begins if b is not None])) for f in (min, max)]
    assert described["extent"]["temporal"]["interval"] == [extent]


def test_a_column_can_be_asked_for_by_its_name(server):
    leases = Collection(server, "leases")
    values = leases.values
    assert leases.found({"state": "在租"}) == leases.ids(lambda row: values["state"][row] == "在租")
    found = leases.found({"units": "3", "checked": "true", "class": "住宅/合租"})
    assert found == leases.ids(lambda row: values["units"][row] == 3 and values["checked"][row] and values["class"][row] == "住宅/合租")
    assert found
    begin, end = whole_day("2026-03-05")
    assert leases.found({"time": "2026-03-05"}) == leases.ids(lambda row: values["time"][row] is not None and begin <= values["time"][row] < end)
    both_ways = leases.found({"state": "退租", "filter": "units > 2", "limit": "7"})
    assert both_ways == leases.ids(lambda row: values["state"][row] == "退租" and (values["units"][row] or 0) > 2)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"filter": "units >"}, "character 8: expected the name of a column or a value, found the end"),
        ({"filter": "units > '3'"}, "character 9: expected a number, found the text '3'"),
        ({"filter": "storeys > 3"}, "character 1: there is no column 'storeys'; there are: code, name, state"),
        ({"filter": "units > 3 und area < 5"}, "character 11: expected AND, OR or the end, found 'und'"),
        ({"filter": "note LIKE 'a"}, "character 11: the quote is never closed"),
        ({"filter": "time > DATE('2026-02-30')"}, "character 8: "),
        ({"filter": "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 2 0, 0 0)))"}, "only upright boxes"),
        ({"filter": "S_INTERSECTS(units, BBOX(0,0,1,1))"}, "expected the name of the geometry"),
        ({"filter": "(" * 60 + "units = 1" + ")" * 60}, "more than 50 brackets"),
        ({"filter": ""}, "found the end"),
        ({"filter": "TRUE", "filter-lang": "sql"}, "'sql' is not cql2-text"),
        ({"filter": "TRUE", "filter-crs": "EPSG:4490"}, "CRS84"),
        ({"units": "many"}, "units: 'many' is none of its values: they are of the type integer"),
        ({"storeys": "3"}, "storeys: neither a parameter nor a queryable"),
        ({"datetime": "2026-03-05T00:00:00Z/2026-03-04T00:00:00Z"}, "datetime: the time span does not end behind its beginning"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(server, parameters, words):
    status, kind, body = ask(f"{server}/ogc/collections/leases/items?{urllib.parse.urlencode(parameters)}")
    assert (status, kind) == (400, "application/problem+json")
    assert words in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "where",
    ["units > 3 AND state = '在租'", "area BETWEEN 20 AND 50.5", "note LIKE '网格%'", "state IN ('退租', 'Ended') OR units IS NULL", "time >= '2026/06/01 00:00:00'"],
)
@pytest.mark.parametrize("at_server", ["NO", "YES"])
def test_gdal_filters_by_attributes(server, where, at_server):
    leases = Collection(server, "leases")
    pyogrio.set_gdal_config_options({"OGR_OAPIF_ALLOW_CQL_TEXT": at_server})
    meta, _, _, fields = pyogrio.raw.read(f"OAPIF:{server}/ogc", layer="leases", where=where)
    asked = {"filter": where.replace("'2026/06/01 00:00:00'", "TIMESTAMP('2026-06-01T00:00:00Z')")}
    if at_server == "NO" and "time" in where:
        # GDAL takes conditions on times for those on periods, and asks for the latter.
        asked = {"datetime": "2026-06-01T00:00:00Z/.."}
    found = fields[list(meta["fields"]).index("code")]
    assert sorted(found) == sorted(leases.found(asked)) != []


def tiles_around(shapes, zoom):
    """The tiles of a zoom that have all of these points."""
    west, south, east, north = shapely.total_bounds(shapes)

    def at(lng, lat):
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return int((lng + 180) / 360 * 2**zoom), int(y * 2**zoom)

    (left, top), (right, bottom) = at(west, north), at(east, south)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


@pytest.mark.parametrize("zoom", [16, 17])
def test_tiles_count_the_records_that_are_meant(server, zoom):
    leases = Collection(server, "leases")
    times, classes = leases.values["time"], leases.values["class"]
    tiles = tiles_around(leases.shapes, zoom)
    for asked in ({}, {"class": "住宅"}, {"class": "商铺/合租", "from": "2025-06"}, {"from": "2025-03-07", "to": "2026"}, {"to": "2025-12-31"}):
        features = []
        for x, y in tiles:
            status, _, body = ask(f"{server}/tiles/leases/{zoom}/{x}/{y}.mvt?{urllib.parse.urlencode(asked)}")
            assert status in (200, 204)
            drawn = mapbox_vector_tile.decode(body)["leases"]["features"] if body else []
            features += [feature["properties"] for feature in drawn]
        first = {None: 0, "2025-06": whole_day("2025-06-01")[0], "2025-03-07": whole_day("2025-03-07")[0]}[asked.get("from")]
        last = {None: 1 << 40, "2026": whole_day("2026-12-31")[1], "2025-12-31": whole_day("2025-12-31")[1]}[asked.get("to")]

        def meant(row):
            of = asked.get("class")
            in_class = of is None or (classes[row] is not None and (classes[row] + "/").startswith(of + "/"))
            in_time = times[row] is not None and first <= times[row] < last
            return in_class and (in_time or not {"from", "to"} & set(asked))

        codes = leases.ids(meant)
        assert sum(feature["count"] for feature in features) == len(codes) > 0
        by_code = {feature["id"]: row for row, feature in enumerate(leases.features)}
        for feature in features:
            assert feature["code"] in codes
            row = by_code[feature["code"]]
            assert (feature.get("time"), feature.get("until"), feature.get("class")) == (times[row], leases.values["until"][row], classes[row])
