"""Ten releases of a town whose people move, with buildings reassigned and areas redrawn in between, against an attacker.

The attacker keeps every number of people that the command gives (areas of all levels and kinds, cells, households, categories; not those
that are marked as estimates), knows which buildings are in which area of which generation, and that nobody is counted less than zero
times. The oracle is HiGHS (scipy); what is true is read from the owner's private table.
"""

import csv
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pytest
import shapely
from scipy.optimize import linprog
from scipy.sparse import csr_array

from plates import column, table, write_features, write_rows, with_grids

THRESHOLD = 5
RELEASES = 10
ATTRIBUTES = ("sex", "age_band", "household_type")


class Town:
    """The town's sources, changed from month to month."""

    def __init__(self, folder, source):
        self.folder, self.chance = folder, random.Random(20261128)
        for file in source.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        spec = (folder / "spec.toml").read_text(encoding="utf-8")
        spec = spec.replace("[[grids]]", 'people_release = "on-command"\n\n[[grids]]', 1)
        spec += '\n[[grids]]\npath = "beats.geojson"\ncrs = "EPSG:4326"\nkind = "beat"\nlevel = "grid"\ncode = "code"\n'
        spec += '\n[[overrides]]\npath = "overrides.csv"\nmay_be_empty = true\n'
        spec += "".join(f'{key} = "{key}"\n' for key in ("building", "grid", "reason", "approved_by"))
        (folder / "spec.toml").write_text(spec, encoding="utf-8")
        with open(folder / "people.csv", newline="", encoding="utf-8") as file:
            self.columns, *rows = csv.reader(file)
        ids = sorted({row[0] for row in rows})
        waiting = set(self.chance.sample(ids, len(ids) // 20))
        self.rows, self.waiting = [r for r in rows if r[0] not in waiting], [r for r in rows if r[0] in waiting]
        self.overrides = {}
        self.redraw()

    def live(self, share):
        """Some people move, some leave, some arrive, some are a year older."""
        rows, at = [], self.columns.index
        homes = [row[at("addr_code")] for row in self.rows]
        ages = sorted({row[at("age_band")] for row in self.rows})
        for row in self.rows:
            what = self.chance.randrange(4) if self.chance.random() < share else None
            row = list(row)
            if what == 0:
                self.waiting.append(row)
                continue
            if what in (1, 2):
                row[at("addr_code")] = self.chance.choice(homes)
            if what == 3:
                row[at("age_band")] = self.chance.choice(ages)
            rows.append(row)
        self.chance.shuffle(self.waiting)
        arrivals = int(len(rows) * share / 4)
        self.rows, self.waiting = rows + self.waiting[:arrivals], self.waiting[arrivals:]

    def redraw(self):
        """A second kind of areas, by other lines across the town every time."""
        xs, ys = (sorted(self.chance.uniform(*ends) for _ in range(4)) for ends in ((114.037, 114.063), (22.543, 22.561)))
        xs, ys = [114.03, *xs, 114.07], [22.53, *ys, 22.57]
        boxes = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(5) for j in range(5)]
        write_features(self.folder / "beats.geojson", [({"code": f"B{n:02}"}, box) for n, box in enumerate(boxes)])

    def override(self, plate):
        """Reassigns a few buildings, those with few people first."""
        buildings, grids = table(plate, "buildings"), table(plate, "grids")
        codes = [c for c, k, l in zip(*(column(grids, x) for x in ("code", "kind", "level"))) if (k, l) == ("basic", "grid")]
        lived_in = defaultdict(int)
        for place, _, _ in counted(plate)[0].values():
            lived_in[place] += 1
        small = sorted(code for code in column(buildings, "code") if 0 < lived_in[code] < THRESHOLD)
        for building in self.chance.sample(small, 4):
            self.overrides[building] = self.chance.choice(codes)

    def build(self, cli, plate, *options):
        head = ("building", "grid", "reason", "approved_by")
        write_rows(self.folder / "overrides.csv", [head, *((b, g, "moved", "test") for b, g in self.overrides.items())])
        write_rows(self.folder / "people.csv", [self.columns, *self.rows])
        cli.build(self.folder / "spec.toml", plate, "--accept", *options)


def counted(plate):
    """Everybody at the place (building, or address without one) and the address where they are counted, and what is said of them."""
    addresses, people = table(plate, "addresses"), table(plate, "private/people")
    buildings = column(table(plate, "buildings"), "code")
    codes, of = column(addresses, "code"), column(addresses, "building")
    place = [codes[row] if building is None else buildings[building] for row, building in enumerate(of)]
    attributes = [column(people, name) for name in ATTRIBUTES]
    persons, homes = {}, defaultdict(set)
    for row, (token, address, once) in enumerate(zip(*(column(people, n) for n in ("token", "address", "counted")))):
        if once:
            persons[token] = (place[address], address, [attribute[row] for attribute in attributes])
            homes[address] = place[address]
    return persons, homes


def areas_of(plate):
    """For each area, of any level and kind, and each cell, the places in it. Everybody can know that."""
    addresses, buildings, grids = with_grids(plate, "addresses"), with_grids(plate, "buildings"), table(plate, "grids")
    codes, parents = column(grids, "code"), column(grids, "parent")
    places = defaultdict(set)
    kinds = [name for name in buildings.column_names if name.startswith("grid_") and name != "grid_share"]

    def put(place, row_of_grid, cell):
        for row in row_of_grid:
            while row is not None:
                places[codes[row]].add(place)
                row = parents[row]
        for resolution in range(5, 10):
            low = (15 - resolution) * 3
            parent = cell & ~(0xF << 52) | resolution << 52 | (1 << low) - 1
            places[f"{parent:x}"].add(place)

    for place, cell, *rows in zip(*(column(buildings, name) for name in ("code", "h3", *kinds))):
        put(place, rows, cell)
    of_address = zip(*(column(addresses, name) for name in ("code", "building", "h3", *kinds)))
    for place, building, cell, *rows in of_address:
        if building is None and cell is not None:
            put(place, rows, cell)
    return {code: frozenset(of_area) for code, of_area in places.items()}


def published(cli, plate):
    """(What is counted, the places, how many) of every number that is not marked as an estimate."""
    where = areas_of(plate)
    views = [("--level", level) for level in ("city", "district", "subdistrict", "community", "grid")]
    views += [("--kind", "beat"), *(("--h3", str(resolution)) for resolution in range(5, 10))]
    for view in views:
        for attribute in (None, *ATTRIBUTES):
            by = ("--by", attribute) if attribute else ()
            answer = json.loads(cli.run("stats", plate, *view, *by, "--format", "json").stdout)
            for row in answer["rows"]:
                places = where.get(row["code"], frozenset())
                if attribute is None:
                    for what in ("people", "households"):
                        if not row[f"{what}_estimated"]:
                            yield what, places, row[what]
                elif not row["people_estimated"] and not row.get("by_estimated"):
                    for category, number in zip(answer["categories"], row["by"]):
                        yield (attribute, category), places, number


@dataclass
class Period:
    """What was published from one release to the next: for each thing that is counted the numbers of sets of places."""

    numbers: dict = field(default_factory=lambda: defaultdict(dict))

    def learn(self, facts):
        for what, places, number in facts:
            known = self.numbers[what].setdefault(places, number)
            assert known == number, f"{what}: the same places have {known} and then {number}"

    def pinned(self, what):
        """Sets of places whose number is certain: what is shown, its differences, and what a linear program can find of parts."""
        sets = {places: n for places, n in self.numbers[what].items() if places}
        known = dict(sets)
        known.update({a - b: sets[a] - sets[b] for a in sets for b in sets if b < a})
        rows = list(sets)
        signature = defaultdict(list)
        for row, places in enumerate(rows):
            for place in places:
                signature[place].append(row)
        parts = defaultdict(set)
        for place, of_place in signature.items():
            parts[tuple(of_place)].add(place)
        cells = [(row, part) for part, of_part in enumerate(parts) for row in of_part]
        matrix = csr_array((np.ones(len(cells)), np.array(cells).T), shape=(len(rows), len(parts)))
        values = certain(matrix, np.array([sets[places] for places in rows], dtype=float))
        known.update({frozenset(places): n for places, n in zip(parts.values(), values) if n is not None})
        return known


def certain(matrix, sums):
    """For each unknown its value, if no other one fits the sums; no unknown is negative."""
    width = matrix.shape[1]
    chance = np.random.default_rng(1)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)

    def look(objective):
        found = linprog(objective, A_eq=matrix, b_eq=sums, bounds=(0, None), method="highs")
        assert found.status == 0, found.message
        np.minimum(low, found.x, out=low)
        np.maximum(high, found.x, out=high)

    for _ in range(12):
        objective = chance.normal(size=width)
        look(objective)
        look(-objective)
    for unknown in range(width):
        for sign in (1, -1):
            if high[unknown] - low[unknown] < 1e-6:
                objective = np.zeros(width)
                objective[unknown] = sign
                look(objective)
    return [round(l) if h - l < 1e-6 else None for l, h in zip(low, high)]


def members(truth, what, places):
    """Who is counted in some places, as a set that can be compared with that of another time."""
    persons, homes = truth
    if what == "households":
        return {home for home, place in homes.items() if place in places}
    if what == "people":
        return {token for token, (place, *_) in persons.items() if place in places}
    attribute, category = ATTRIBUTES.index(what[0]), what[1]
    return {t for t, (place, _, said) in persons.items() if place in places and said[attribute] == category}


def breaches(periods, truths):
    """What is certain of somebody, but of fewer than the threshold: a number, or changes that so few can have made."""
    found = []
    people = [period.pinned("people") for period in periods]
    for what in periods[0].numbers:
        pins = people if what == "people" else [period.pinned(what) for period in periods]
        for period, known in enumerate(pins):
            found += [("number", what, period, n) for n in known.values() if 0 < n < THRESHOLD]
        for places in set.intersection(*(set(known) for known in pins)):
            series = [known[places] for known in pins]
            changes = [turn for turn in range(1, len(series)) if series[turn] != series[turn - 1]]
            if not isinstance(what, str):
                # The categories of some places are scaled to their people: with these they change, though nothing is said of categories.
                changes = [t for t in changes if places in people[t] and people[t].get(places) == people[t - 1].get(places)]
            if not changes:
                continue
            sets = [members(truth, what, places) for truth in truths[: changes[-1] + 1]]
            for told, turn in enumerate(changes, 1):
                moved = sum(len(sets[t] ^ sets[t - 1]) for t in range(1, turn + 1))
                if moved < THRESHOLD * told:
                    found.append(("change", what, turn, series[turn] - series[turn - 1]))
                    break
    return found


@pytest.fixture(scope="module")
def decade(cli, town_source, tmp_path_factory):
    """What was published over ten releases, with what was true at each."""
    folder = tmp_path_factory.mktemp("decade")
    town, plate = Town(folder, town_source), folder / "town.plate"
    periods, truths = [], []
    for release in range(RELEASES):
        if release:
            town.live(0.03)
        town.build(cli, plate, "--release-people")
        period = Period()
        truths.append(counted(plate))
        period.learn(published(cli, plate))
        for _ in range(2):
            # People move between releases too, and nothing is told of it.
            town.live(0.01)
            town.override(plate)
            town.redraw()
            town.build(cli, plate)
            period.learn(published(cli, plate))
        periods.append(period)
    return periods, truths


def test_nothing_is_certain_of_few(decade):
    periods, truths = decade
    assert sum(len(numbers) for period in periods for numbers in period.numbers.values()) > 500
    assert not (found := breaches(periods, truths)), f"{len(found)}: {found[:10]}"


def suppressed(truth, areas):
    """The former rule: a grid of few is hidden, and with it the next smallest of its community; everything else is told at once."""
    lived_in = defaultdict(int)
    for place, *_ in truth[0].values():
        lived_in[place] += 1
    count = {code: sum(lived_in[place] for place in places) for code, places in areas.items() if not code.startswith("B")}
    for community in (code for code in count if len(code) == 12):
        grids = sorted((n, code) for code, n in count.items() if len(code) == 14 and code.startswith(community) and n > 0)
        few = sum(n < THRESHOLD for n, _ in grids)
        hidden = grids[: max(few, 2)] if few else []
        for code in {code for code in count if len(code) in (12, 14) and code.startswith(community)}:
            if all(code != other for _, other in hidden):
                yield "people", areas[code], count[code]


def test_the_attacker_finds_what_the_former_rule_told(cli, town_source, tmp_path):
    town, plate = Town(tmp_path, town_source), tmp_path / "town.plate"
    town.build(cli, plate)
    periods, truths = [], []
    for _ in range(3):
        period = Period()
        truths.append(counted(plate))
        period.learn(suppressed(truths[-1], areas_of(plate)))
        town.override(plate)
        town.build(cli, plate)
        period.learn(suppressed(truths[-1], areas_of(plate)))
        periods.append(period)
        town.live(0.001)
        town.build(cli, plate)
    kinds = {kind for kind, *_ in breaches(periods, truths)}
    assert kinds == {"number", "change"}, "a house moved by an override, and the few who moved"
