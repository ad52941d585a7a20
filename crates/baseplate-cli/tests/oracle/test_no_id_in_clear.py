"""Citizen ids in every column of every source, and nowhere in what exists afterwards."""

import csv
import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from plates import generation, manifest

REPOSITORY = Path(__file__).resolve().parents[4]

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: How an id is put into a cell that says something.
FORMS = ["{cell}{id}", "{id}", "{cell}（{id}）", "{cell} {spaced}", "{cell}{old}号"]


def made_up(number):
    """An id that nobody can have: no such area, and a birthday to come."""
    body = f"000000{2400 + number % 500}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS)) % 11]


class Poison:
    """Puts an id of its own into a cell of each column, in every form, and remembers it."""

    def __init__(self):
        self.ids = []

    def put(self, rows, columns, spared=()):
        place = 0
        for column in columns:
            for form in FORMS:
                if column in spared:
                    continue
                number = len(self.ids)
                new = made_up(number)
                old = f"000000{number % 90:02}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
                if "{old}" in form and any(word in column for word in ("code", "uscc", "id")):
                    continue
                row = rows[(7 * place) % len(rows)]
                place += 1
                cell = "" if row[column] is None else str(row[column])
                # Digits before it make a longer number of it, which is no id.
                cell = cell.rstrip("0123456789.") if form.startswith("{cell}{") else cell
                row[column] = form.format(cell=cell, id=new, spaced=f"{new[:6]} {new[6:14]} {new[14:]}", old=old)
                self.ids.append(old if "{old}" in form else new)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    folder, poison = tmp_path_factory.mktemp("poisoned"), Poison()
    shutil.copytree(REPOSITORY / "data" / "town", folder, dirs_exist_ok=True)
    for name, spared in (("addresses.csv", ()), ("enterprises.csv", ()), ("people.csv", ("id_no",))):
        with open(folder / name, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        columns = [*rows[0], "remark"]
        for row in rows:
            row["remark"] = "备注"
        poison.put(rows, columns, spared)
        with open(folder / name, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
            # Lines that are no rows quote what they begin with.
            broken = made_up(len(poison.ids))
            poison.ids.append(broken)
            file.write(f'{broken},"never closed\n')
    for name in ("grids.geojson", "buildings.geojsonl"):
        text = (folder / name).read_text(encoding="utf-8")
        lines = name.endswith("l")
        features = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)["features"]
        # Of grids only texts: a town whose grids are gone has nothing to leak.
        columns = [key for key in features[0]["properties"] if not lines and "name" in key or lines]
        poison.put([feature["properties"] for feature in features], columns)
        collection = {"type": "FeatureCollection", "features": features}
        whole = "\n".join(json.dumps(f, ensure_ascii=False) for f in features) if lines else json.dumps(collection, ensure_ascii=False)
        (folder / name).write_text(whole + "\n", encoding="utf-8")
    spec = (folder / "spec.toml").read_text(encoding="utf-8")
    spec = spec.replace('"household_type"]', '"household_type", "remark"]').replace('["industry", "status"]', '["industry", "status", "remark"]')
    spec = spec.replace('\ntext = "address"', '\nelements = { road = "address", room = "remark" }')
    overrides = made_up(len(poison.ids))
    poison.ids.append(overrides)
    (folder / "overrides.csv").write_text(f"b,g,r,a\n9901010010010100001,{overrides},{overrides},{overrides}\n{overrides},x,y,z\n", encoding="utf-8")
    spec += '\n[[overrides]]\npath = "overrides.csv"\nbuilding = "b"\ngrid = "g"\nreason = "r"\napproved_by = "a"\nmin_used = 0\n'
    (folder / "spec.toml").write_text(spec, encoding="utf-8")
    return folder, poison.ids


def seen(ids, text):
    plain = text.replace(" ", "").replace("-", "")
    return [i for i in ids if i in text or i in plain]


def answers(server, plate_issues):
    """What the server says to all that it can be asked, and to what has an id in it."""
    paths = ["/", "/style.json", "/api/plate", "/catalog", "/openapi.json", "/metrics", "/readyz", "/ogc/collections"]
    paths += [f"/api/issues?limit=5000&from={start}" for start in range(0, plate_issues, 5000)]
    paths += [f"/api/stats?level={level}&by={by}" for level in ("grid", "community", "city") for by in ("sex", "remark", "industry", "status")]
    for layer in ("grids", "communities", "buildings", "addresses", "enterprises"):
        paths += [f"/ogc/collections/{layer}/items?limit=10000", f"/tiles/{layer}.json"]
    paths += ["/api/suggest?q=" + urllib.parse.quote(q) for q in ("秋实", "000000", "珠峰", "**")]
    for path in paths:
        with urllib.request.urlopen(server + path) as answer:
            yield path, answer.read().decode("utf-8", "replace")


def test_no_id_is_left(cli, serve, poisoned, tmp_path):
    folder, ids = poisoned
    plate = tmp_path / "plate"
    built = cli.build(folder / "spec.toml", plate)
    assert seen(ids, built.stdout + built.stderr) == []
    for path in sorted(plate.rglob("*")):
        if path.is_file():
            found = seen(ids, path.read_bytes().decode("utf-8", "replace"))
            assert found == [], f"{path.name}: {found}"
    private = json.loads((generation(plate) / "private" / "plate.json").read_text(encoding="utf-8"))
    found = [counts["issues"].get("id-in-clear", 0) for counts in (manifest(plate), private)]
    assert sum(found) >= 20, found
    for command in (["info", plate], ["check", plate, "--rows"], ["stats", plate, "--level", "community", "--by", "remark"]):
        done = cli.run(*command, check=False)
        assert seen(ids, done.stdout + done.stderr) == [], command
    wrong = folder / "swapped.toml"
    wrong.write_text((folder / "spec.toml").read_text(encoding="utf-8").replace('id = "id_no"', 'id = "remark"').replace('role = "role"', 'role = "id_no"', 1), encoding="utf-8")
    done = cli.build(wrong, tmp_path / "swapped", check=False)
    assert seen(ids, done.stdout + done.stderr) == []
    for path in (tmp_path / "swapped").rglob("*"):
        if path.is_file():
            assert seen(ids, path.read_bytes().decode("utf-8", "replace")) == [], path.name
    log = tmp_path / "log"
    with serve(plate, log) as server:
        for path, text in answers(server, sum(found)):
            assert seen(ids, text) == [], path
        for path in ("/api/entities/{}", "/api/locate?lng={}&lat=1", "/tiles/{}/1/0/0.mvt", "/ogc/collections/{}", "/api/stats?by={}", "/{}"):
            try:
                urllib.request.urlopen(server + path.format(ids[0]))
            except urllib.error.HTTPError as error:
                assert seen(ids, error.read().decode()) == [], path
    assert seen(ids, log.read_text(encoding="utf-8")) == []
