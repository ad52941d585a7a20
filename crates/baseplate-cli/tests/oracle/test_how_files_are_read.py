"""Oracle: files damaged at random places, and written in ways that the test knows the right reading of.

Rows in are rows out and rows in rejects, whatever the bytes; a code is the same code whatever was put around it.
"""

import csv
import io
import json
import random
import subprocess
from decimal import Decimal

import pytest
import shapely

from plates import column, manifest, rejects, table, write_features, write_rows

SQUARE = shapely.box(114.0, 22.0, 114.02, 22.02)
TEXTS = ["海棠路{}号", '"海棠路{}号,后座"', '"说""{}"""', "", '"两行\n{}"']


def spec(folder, *, min_used=0.0, grids=None, **addresses):
    """A spec of one square grid and of a file of addresses."""
    write_features(folder / "square.geojson", [({"code": "G1"}, SQUARE)])
    grids = {"path": "square.geojson", "crs": "EPSG:4490", "code": "code"} | (grids or {})
    addresses = {"path": "a.csv", "crs": "EPSG:4490", "code": "code", "text": "text", "lng": "x", "lat": "y"} | addresses
    lines = ["[plate]", 'name = "oracle"']
    for name, keys in (("grids", grids), ("addresses", addresses)):
        keys = {k: v for k, v in keys.items() if v is not None}
        lines += [f"[[{name}]]", f"min_used = {min_used}", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in keys.items())]
    path = folder / "spec.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def build(cli, folder, data, name="a.csv", check=True, **keys):
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return cli.build(spec(folder, path=name, **keys), folder / "plate", check=check)


def addresses(folder):
    read = table(folder / "plate", "addresses")
    return dict(zip(column(read, "code"), column(read, "text")))


def points(folder):
    read = table(folder / "plate", "addresses")
    return {c: (round(x, 6), round(y, 6)) for c, x, y in zip(*(column(read, n) for n in ("code", "lng", "lat")))}


def read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def damaged(seed, rows=60):
    """A clean table of rows with ids of their own, and what becomes of it when quotes are strewn over it."""
    chance = random.Random(seed)
    lines = [f"A{i:03},114.001,22.001,{TEXTS[i % 5].format(i)}," for i in range(rows)]
    text = "\n".join(lines) + "\n"
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(text))
        if not text[max(at - 4, 0) : at + 5].count("A"):
            text = text[:at] + chance.choice('"""",;') + text[at:]
    return "code,x,y,text,note\n" + text, {f"A{i:03}" for i in range(rows)}


@pytest.mark.parametrize("seed", range(12))
def test_no_row_vanishes_in_a_build(cli, tmp_path, seed):
    text, ids = damaged(seed)
    build(cli, tmp_path, text)
    source = next(s for s in manifest(tmp_path / "plate")["sources"] if s["entity"] == "address")
    assert source["rows"] == source["used"] + source["rejected"]
    refused = {r["row"] for r in rejects(tmp_path / "plate") if r["outcome"] == "rejected"}
    lines = text.split("\n")
    told = {line[:4] for number, line in enumerate(lines, 1) if str(number) in refused}
    assert ids <= set(addresses(tmp_path)) | told
    assert len(ids - told) >= len(ids) - 20, "a quote costs its line, not the rows after it"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("command", ["locate", "geocode"])
def test_no_row_vanishes_in_a_file_of_answers(cli, town, tmp_path, seed, command):
    text, ids = damaged(seed)
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    asked = {"locate": ["--lng", "x", "--lat", "y"], "geocode": ["--address", "text"]}[command]
    said = cli.run(command, town, tmp_path / "in.csv", *asked, "--out", tmp_path / "out.csv").stderr
    answers = read_csv(tmp_path / "out.csv")[1:]
    assert said.startswith(f"{len(answers)} rows")
    begin = [row[0] for row in answers]
    assert ids == {cell[:4] for cell in begin if cell.startswith("A")}
    assert all("A0" not in cell for row in answers for cell in row[1:5]), "no row lies inside another"


def test_stray_quotes(cli, tmp_path):
    rows = [f"A{i},114.001,22.001,海棠路{i}号," for i in range(1, 60)]
    rows[4] = 'A5,114.001,22.001,"海棠路5号,'
    rows[54] = 'A55,114.001,22.001,"海棠路55号",'
    rows[57] = 'A58,114.001,22.001,"海棠路"58号,'
    build(cli, tmp_path, "\n".join(["code,x,y,text,b", *rows]))
    assert set(addresses(tmp_path)) == {f"A{i}" for i in range(1, 60)} - {"A5", "A58"}
    assert [(r["row"], r["value"]) for r in rejects(tmp_path / "plate")] == [("6", "A5"), ("59", "A58")]


HEADER, ROWS = ["code", "text", "x", "y"], [["007", "海棠路1号", "114.001", "22.001"], ["0042", "瑞湖路2号|后", "114.002", "22.002"]]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_separators_and_encodings(cli, town, tmp_path, name, separator, encoding):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([HEADER, *ROWS])
    build(cli, tmp_path, out.getvalue().encode(encoding), name)
    assert addresses(tmp_path) == {row[0]: row[1] for row in ROWS}
    located, geocoded = tmp_path / "located.csv", tmp_path / "geocoded.csv"
    cli.run("locate", tmp_path / "plate", tmp_path / name, "--lng", "x", "--lat", "y", "--out", located)
    assert [row[:5] for row in read_csv(located)[1:]] == [row + ["G1"] for row in ROWS]
    cli.run("geocode", town, tmp_path / name, "--address", "text", "--out", geocoded)
    assert [row[:4] for row in read_csv(geocoded)] == [HEADER, *ROWS]
    command = [cli.program, "locate", tmp_path / "plate", "-", "--lng", "x", "--lat", "y"]
    streamed = subprocess.run(command, input=(tmp_path / name).read_bytes(), capture_output=True, check=True)
    assert streamed.stdout == located.read_bytes()


def test_two_encodings_in_one_file(cli, tmp_path):
    lines = ["code,x,y,text".encode()]
    lines += [f"A{i},114.001,22.001,海棠路{i}号".encode("gbk" if i % 2 else "utf-8") for i in range(10)]
    build(cli, tmp_path, b"\n".join(lines + [b"A10,114.001,22.001,\xff\xff"]))
    assert addresses(tmp_path) == {f"A{i}": f"海棠路{i}号" for i in range(10)}
    assert [(r["row"], r["value"]) for r in rejects(tmp_path / "plate")] == [("12", "A10")]


def test_big5_is_a_doubt_and_can_be_named(cli, tmp_path):
    text = "code,x,y,text\n" + "".join(f"A{i},114.001,22.001,臺北市中正區忠孝東路{i}號\n" for i in range(20))
    assert 'encoding = "big5"' in build(cli, tmp_path, text.encode("big5")).stderr
    assert "looks like" not in build(cli, tmp_path, text.encode("big5"), encoding="big5").stderr
    assert addresses(tmp_path)["A7"] == "臺北市中正區忠孝東路7號"


def test_a_title_and_named_separators(cli, tmp_path):
    said = build(cli, tmp_path, "示例市地址表,2026\ncode,text,x,y\n1,海棠路1号,114.001,22.001\n").stderr
    assert "the header is line 2" in said
    assert addresses(tmp_path) == {"1": "海棠路1号"}
    text = "code^text^x^y\n1^海棠,路1号^114.001^22.001\n"
    assert "separated by" in build(cli, tmp_path, text, check=False).stderr
    build(cli, tmp_path, text, delimiter="^")
    assert addresses(tmp_path) == {"1": "海棠,路1号"}
    args = ["locate", tmp_path / "plate", tmp_path / "a.csv", "--lng", "x", "--lat", "y"]
    assert cli.run(*args, check=False).returncode == 1
    assert "G1" in cli.run(*args, "--delimiter", "^").stdout


def test_a_missing_column_says_what_separates(cli, tmp_path):
    said = build(cli, tmp_path, "a;b;c\n1;2,5;3\n", check=False).stderr
    assert "there is no column 'code'; the file has, separated by ';': a, b, c" in said


GUARDS = ["{}", "'{}", '="{}"', "\t{}", " {} ", "\u00a0{}", "\u001f{}", "\ufeff{}", "{}.0", "\u200b{}"]


def test_guards_are_taken_off_codes(cli, tmp_path):
    codes = [f"99010100100101000{i:02}" for i in range(1, len(GUARDS) + 1)]
    spaced = codes[0][:2] + " " + codes[0][2:8] + " " + codes[0][8:]
    write_features(
        tmp_path / "b.geojson",
        [({"code": spaced if i == 0 else c}, shapely.box(114.001 + i / 1e3, 22.001, 114.0015 + i / 1e3, 22.0015)) for i, c in enumerate(codes)],
    )
    rows = [(GUARDS[i].format(f"{c}000101"), "海棠路1号", GUARDS[-i].format(c)) for i, c in enumerate(codes)]
    write_rows(tmp_path / "a.csv", [("code", "text", "building"), *rows])
    path = spec(tmp_path, lng=None, lat=None, building="building")
    path.write_text(path.read_text() + '[[buildings]]\npath = "b.geojson"\ncrs = "EPSG:4490"\ncode = "code"\n')
    said = cli.build(path, tmp_path / "plate").stderr
    assert sorted(addresses(tmp_path)) == sorted(f"{c}000101" for c in codes)
    assert column(table(tmp_path / "plate", "addresses"), "link") == [0] * len(codes)
    assert said.count("were taken off") == 2 and not rejects(tmp_path / "plate")


def test_codes_that_were_rounded_never_become_one(cli, tmp_path):
    rows = [("9901010010010100000", "海棠路1号"), ("9901010010010100000", "海棠路2号"), ("9.90101E+18", "海棠路3号")]
    rows += [("9901010020010100000", "海棠路4号"), ("9901010010010100007", "海棠路5号")]
    write_rows(tmp_path / "a.csv", [("code", "text", "x", "y"), *[(*row, 114.001, 22.001) for row in rows]])
    said = cli.build(spec(tmp_path), tmp_path / "plate").stderr
    assert set(addresses(tmp_path)) == {"9901010020010100000", "9901010010010100007"}
    assert [r["row"] for r in sorted(rejects(tmp_path / "plate"), key=lambda r: r["row"])] == ["2", "3", "4"]
    assert all("format the column as text" in r["reason"] for r in rejects(tmp_path / "plate"))
    assert "1 codes look like rounded numbers" in said


def test_numbers_that_javascript_rounded(cli, tmp_path):
    codes = [9901010010010100001, 9901010010010100002, 9901010010010200007]
    as_javascript = [int(Decimal(repr(float(c)))) for c in codes]
    features = [({"code": c}, shapely.box(114 + i / 100, 22, 114.01 + i / 100, 22.01)) for i, c in enumerate(as_javascript)]
    write_features(tmp_path / "g.geojson", features)
    (tmp_path / "a.csv").write_text("code,text,x,y\n1,海棠路1号,114.001,22.001\n")
    cli.build(spec(tmp_path, grids={"path": "g.geojson"}), tmp_path / "plate")
    assert column(table(tmp_path / "plate", "grids"), "code") == ["9901010010010200000"]
    assert [r["row"] for r in rejects(tmp_path / "plate")] == ["1", "2"]


def test_coordinates_as_people_write_them(cli, tmp_path):
    lines = ["code\ttext\tx\ty", "1\t海棠路1号\t114°00'36\"E\t22°00′36″N", "2\t海棠路2号\t114 00 36\t22度0分36秒", "3\t海棠路3号\t114,01\t22,01"]
    build(cli, tmp_path, "\n".join(lines))
    assert points(tmp_path) == dict.fromkeys("123", (114.01, 22.01))
    lines = ["code;text;坐标", "1;海棠路1号;114.01,22.01", "2;海棠路2号;114.01，22.01", "3;海棠路3号;114.01 22.01", "4;海棠路4号;N22°0′36″ E114°0′36″"]
    build(cli, tmp_path, "\n".join(lines), lng="坐标", lat="坐标")
    assert points(tmp_path) == dict.fromkeys("1234", (114.01, 22.01))
    located = cli.run("locate", tmp_path / "plate", tmp_path / "a.csv", "--lng", "坐标", "--lat", "坐标").stdout
    assert [row[3] for row in csv.reader(located.splitlines())] == ["grid_code"] + ["G1"] * 4


def test_a_column_called_shape_is_an_attribute(cli, tmp_path):
    build(cli, tmp_path, "code,x,y,text,shape\nA1,114.001,22.001,海棠路1号,方形\nA2,114.001,22.001,海棠路2号,\n")
    assert set(addresses(tmp_path)) == {"A1", "A2"} and not rejects(tmp_path / "plate")
    rows = [("code", "shape", "wkt"), ("L", "方形", SQUARE.wkt), ("R", "圆形", "")]
    write_rows(tmp_path / "g.csv", rows)
    cli.build(spec(tmp_path, grids={"path": "g.csv"}), tmp_path / "plate")
    assert column(table(tmp_path / "plate", "grids"), "code") == ["L"]
    assert [(r["row"], r["reason"]) for r in rejects(tmp_path / "plate")] == [("3", "there is no geometry")]


def test_dialects_of_geometry(cli, tmp_path):
    box = lambda i: shapely.box(114 + i / 100, 22, 114.01 + i / 100, 22.01)
    written = [
        box(0).wkt,
        "SRID=4490;" + box(1).wkt,
        "\\x" + shapely.to_wkb(box(2), hex=True),
        json.dumps(shapely.geometry.mapping(box(3))),
        json.dumps({"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box(4))}),
        "CURVEPOLYGON (CIRCULARSTRING (114 22, 114.01 22.01, 114.02 22, 114.01 21.99, 114 22))",
    ]
    write_rows(tmp_path / "g.csv", [("code", "geom"), *[(f"G{i}", text) for i, text in enumerate(written)]])
    (tmp_path / "a.csv").write_text("code,text,x,y\n1,海棠路1号,114.001,22.001\n")
    cli.build(spec(tmp_path, grids={"path": "g.csv"}), tmp_path / "plate")
    assert column(table(tmp_path / "plate", "grids"), "code") == [f"G{i}" for i in range(5)]
    assert "CURVEPOLYGON" in rejects(tmp_path / "plate")[0]["reason"]


OTHERS = {
    "TopoJSON": {"type": "Topology", "objects": {"g": {"type": "GeometryCollection", "geometries": []}}, "arcs": []},
    "UTF8Encoding": {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"code": "1"}, "geometry": {"type": "Polygon", "coordinates": ["@@A"], "encodeOffsets": [[1, 2]]}}],
        "UTF8Encoding": True,
    },
    "without features": {"type": "FeatureCollection"},
    "Esri JSON": {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4490}, "features": []},
    "no GeoJSON": [1, 2],
    "neither": {"code": "secret-row"},
}


@pytest.mark.parametrize("said", OTHERS)
def test_another_kind_of_json_is_an_error_of_the_source(cli, tmp_path, said):
    (tmp_path / "g.geojson").write_text(json.dumps(OTHERS[said]))
    (tmp_path / "a.csv").write_text("code,text,x,y\n1,海棠路1号,114.001,22.001\n")
    done = cli.build(spec(tmp_path, grids={"path": "g.geojson"}), tmp_path / "plate", check=False)
    assert done.returncode == 1 and said in done.stderr and "g.geojson" in done.stderr and "secret" not in done.stderr
    assert not (tmp_path / "plate" / "CURRENT").exists()


@pytest.mark.parametrize("data, said", [(b"PK\x03\x04xl", "xlsx"), (b"<table><tr>", "web page"), (b'{"type": "FeatureCollection"', "JSON")])
def test_another_kind_of_table_is_an_error_everywhere(cli, town, tmp_path, data, said):
    assert said in build(cli, tmp_path, data, check=False).stderr
    done = cli.run("locate", town, tmp_path / "a.csv", check=False)
    assert done.returncode == 1 and said in done.stderr


def test_no_row_is_printed_whole(cli, tmp_path):
    secret = "秘密之家一〇一"
    text = f'code,text,x,y\n1,海棠路1号,114.001,22.001\n2,"{secret},114.001,22.001\n3,{secret}\n4,海棠路2号,114.001,22.001\n'
    build(cli, tmp_path, text)
    assert secret not in (tmp_path / "plate" / "rejects.csv").read_text()
    lines = [json.dumps({"type": "Feature", "properties": {"code": "G2"}, "geometry": shapely.geometry.mapping(SQUARE)}), f'{{"type": "{secret}', f'"{secret}"']
    (tmp_path / "g.geojsonl").write_text("\n".join(lines))
    cli.build(spec(tmp_path, grids={"path": "g.geojsonl"}), tmp_path / "plate")
    assert secret not in (tmp_path / "plate" / "rejects.csv").read_text()


def with_check(body):
    """A citizen id of 17 digits with the check character of GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


def test_links_and_ids_that_were_rounded(cli, tmp_path):
    """Nobody's id is shown, rounded or not, and no two persons become one."""
    homes = [f"99010100100101000010001{i:02}" for i in range(5)]
    write_rows(tmp_path / "a.csv", [("code", "text", "x", "y"), *[(h, f"海棠路{i}号", 114.001, 22.001) for i, h in enumerate(homes)]])
    ids = [with_check(f"0000002900010110{i}") for i in range(1, 6)]
    rounded = [f"{ids[0][:15]}000", f"{ids[0][:15]}000", f"{ids[0][0]}.{ids[0][1:5]}E+17"]
    people = [(f" {i[:6]} {i[6:14]} {i[14:]}", f"'{h}") for i, h in zip(ids, homes)] + [(i, homes[0]) for i in rounded]
    people.append((with_check("00000029000101109"), "9.9E+24"))
    write_rows(tmp_path / "p.csv", [("id", "home"), *people])
    path = spec(tmp_path)
    path.write_text(path.read_text() + '[[people]]\npath = "p.csv"\nid = "id"\naddress = "home"\nmin_used = 0.0\n')
    said = cli.build(path, tmp_path / "plate")
    read = table(tmp_path / "plate", "private/people")
    assert read.num_rows == 6 and len(set(column(read, "token"))) == 6
    assert [a is None for a in column(read, "address")].count(True) == 1
    refused = [r for r in rejects(tmp_path / "plate") if r["outcome"] == "rejected"]
    assert [(r["row"], r["value"]) for r in refused] == [("7", ""), ("8", ""), ("9", "")]
    written = said.stdout + said.stderr + (tmp_path / "plate" / "rejects.csv").read_text()
    assert not any(i[:14] in written.replace(" ", "") for i in ids + rounded[:2])
