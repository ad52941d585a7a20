"""Oracle: files around the geocoder. Python's csv module reads what `baseplate geocode` wrote, and an interrupted run is
resumed at every kind of byte.

If a test here fails, a row of somebody's register is lost, repeated or put beside another row's codes.
"""

import csv
import io
import random
import subprocess
import time

import pytest

from plates import write_rows

HEADER = ["id", "区", "地址", "备注"]
ADDED = [
    "gc_status",
    "gc_level",
    "gc_address_code",
    "gc_building_code",
    "gc_grid_code",
    "gc_community_code",
    "gc_subdistrict_code",
    "gc_district_code",
    "gc_lng",
    "gc_lat",
    "gc_confidence",
    "gc_band",
    "gc_standard_address",
    "gc_faults",
    "gc_unmatched",
    "gc_alternatives",
]
# More than one batch of the command.
ROWS = 9_000
OFFSETS = 60
# What cells of registers hold: quotes, commas, line breaks, spaces, emoji, nothing.
REMARKS = ["", " ", '"', 'a "b" c', "a,b", "a\nb", "a\r\nb", "\n", '"\n"', "；;", "🏠", "\u3000"]


@pytest.fixture(scope="module")
def texts(town_source):
    with open(town_source / "addresses.csv", newline="", encoding="utf-8") as file:
        return [row["address"] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def rows(texts):
    """Rows with everything that a cell may hold; the address is now whole, now without its beginning, now empty."""
    chance = random.Random(1)
    made = []
    for number in range(ROWS):
        text = chance.choice(texts)
        text = chance.choice([text, text[3:], text[:-1], "", chance.choice(REMARKS) + text])
        made.append([str(number), chance.choice(["", "示例市", text[:3]]), text, chance.choice(REMARKS)])
    return made


@pytest.fixture(scope="module")
def source(rows, tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("geocode") / "in.csv", [HEADER, *rows])


def geocode(cli, plate, source, out, *options, check=True):
    return cli.run("geocode", plate, source, "--address", "地址", "--out", out, *options, check=check)


def read(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.fixture(scope="module")
def whole(cli, town, source):
    """The output of a run that nothing interrupted, and what it said."""
    out = source.parent / "whole.csv"
    said = geocode(cli, town, source, out, "--within-column", "区").stderr
    return out, said


def mark_of(out):
    """The file that says which generation an unfinished output was begun with."""
    return out.with_name(out.name + ".begun-with")


def begin_and_kill(cli, plate, source, out):
    """A run that was ended when it had begun: its input never comes to an end."""
    command = [cli.program, "geocode", str(plate), "-", "--address", "地址", "--out", str(out)]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    run.stdin.write(source.read_bytes())
    run.stdin.flush()
    until = time.monotonic() + 30
    while not mark_of(out).exists():
        assert time.monotonic() < until, "the run never began"
        time.sleep(0.01)
    run.kill()
    run.wait()
    run.stdin.close()


@pytest.fixture(scope="module")
def mark(cli, town, source):
    out = source.parent / "begun.csv"
    begin_and_kill(cli, town, source, out)
    return mark_of(out).read_bytes()


def test_columns_and_order_are_kept(whole, rows):
    header, *answers = read(whole[0])
    assert header == HEADER + ADDED
    assert [row[: len(HEADER)] for row in answers] == rows
    assert {len(row) for row in answers} == {len(header)}
    statuses = {row[len(HEADER)] for row in answers}
    assert statuses <= {"matched", "ambiguous", "none", "out_of_area", "invalid"}
    assert all(0 <= float(row[header.index("gc_confidence")]) <= 1 for row in answers)


def test_the_summary_counts_every_row(whole):
    answers = list(csv.DictReader(io.StringIO(whole[0].read_bytes().decode(), newline="")))
    first = whole[1].splitlines()[0]
    assert first.startswith(f"{ROWS} rows: ")
    counted = {word: int(count) for count, word in (part.split() for part in first.split(": ")[1].split(", "))}
    by_hand = {word: sum(row["gc_status"] == word for row in answers) for word in counted}
    assert counted == by_hand and sum(counted.values()) == ROWS


def offsets(text):
    """Where runs are cut: around the header's end, around ends of rows and inside quotes, at the end, and anywhere."""
    header = text.index(b"\n") + 1
    breaks = [at for at, byte in enumerate(text) if byte == ord("\n")]
    quotes = [at for at, byte in enumerate(text) if byte == ord('"')]
    chance = random.Random(2)
    chosen = {0, 1, 2, 3, 4, header - 1, header, header + 1, len(text) - 1, len(text)}
    for places in (breaks, quotes, range(len(text))):
        chosen |= {chance.choice(places) + chance.choice([-1, 0, 1]) for _ in range(OFFSETS // 3)}
    return sorted(at for at in chosen if 0 <= at <= len(text))


@pytest.mark.parametrize("options", [(), ("--bom",)])
def test_a_run_cut_at_any_byte_is_resumed(cli, town, source, rows, mark, tmp_path, options):
    part = write_rows(tmp_path / "part.csv", [HEADER, *rows[:400]])
    whole = tmp_path / "whole.csv"
    said = geocode(cli, town, part, whole, *options).stderr
    text = whole.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") == bool(options)
    for at in offsets(text):
        cut = tmp_path / "cut.csv"
        cut.write_bytes(text[:at])
        mark_of(cut).write_bytes(mark)
        resumed = geocode(cli, town, part, cut, "--resume", *options)
        assert cut.read_bytes() == text, f"cut at byte {at}"
        assert resumed.stderr == said, "the summary is that of the whole file"


def test_a_run_over_several_batches_is_resumed(cli, town, source, whole, mark, tmp_path):
    text = whole[0].read_bytes()
    for share in (0.1, 0.5, 0.99):
        cut = tmp_path / "cut.csv"
        cut.write_bytes(text[: int(share * len(text))])
        mark_of(cut).write_bytes(mark)
        geocode(cli, town, source, cut, "--within-column", "区", "--resume")
        assert cut.read_bytes() == text, share
        assert not mark_of(cut).exists(), "the output is whole"


def test_a_run_killed_is_resumed(cli, town, source, whole, tmp_path):
    out, chance = tmp_path / "killed.csv", random.Random(3)
    for _ in range(5):
        run = cli.start(
            "geocode", town, source, "--address", "地址", "--within-column", "区", "--out", out, "--resume"
        )
        try:
            run.wait(chance.uniform(0.02, 0.3))
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
    geocode(cli, town, source, out, "--within-column", "区", "--resume")
    assert out.read_bytes() == whole[0].read_bytes()


def refused(cli, plate, source, out, *options):
    before = out.read_bytes()
    said = geocode(cli, plate, source, out, "--resume", *options, check=False)
    assert said.returncode == 1 and len(said.stderr.splitlines()) == 1, said.stderr
    assert out.read_bytes() == before, "what is refused stays as it is"
    return said.stderr


def test_a_foreign_output_is_refused(cli, town, source, whole, rows, tmp_path):
    out = tmp_path / "out.csv"
    text = whole[0].read_bytes()
    out.write_bytes(text)
    assert "header" in refused(cli, town, source, out, "--bom")
    out.write_bytes(b"my notes")
    assert "header" in refused(cli, town, source, out)
    out.write_bytes(text)
    changed = [*rows[:7], [*rows[7][:2], rows[7][2] + "某人家", rows[7][3]], *rows[8:]]
    other = write_rows(tmp_path / "other.csv", [HEADER, *changed])
    said = refused(cli, town, other, out)
    assert "row 8" in said and "某人家" not in said
    shorter = write_rows(tmp_path / "shorter.csv", [HEADER, *rows[:20]])
    assert "row 21" in refused(cli, town, shorter, out)
    assert "overwrite the input" in refused(cli, town, out, out)
    assert "standard output" in geocode(cli, town, source, "-", "--resume", check=False).stderr


def test_another_generation_is_refused(cli, town_source, source, tmp_path):
    """A plate that was built again in between may answer otherwise, even if the last row is answered as before."""
    plate, out = tmp_path / "city.plate", tmp_path / "out.csv"
    cli.build(town_source / "spec.toml", plate)
    geocode(cli, plate, source, out)
    whole = out.read_bytes()
    begin_and_kill(cli, plate, source, out)
    out.write_bytes(whole[: len(whole) // 2])
    cli.build(town_source / "spec.toml", plate)
    said = refused(cli, plate, source, out)
    assert "generation 000001" in said and "000002" in said and "without --resume" in said, said
    mark_of(out).unlink()
    assert "not known which generation" in refused(cli, plate, source, out)
    out.write_bytes(whole)
    geocode(cli, plate, source, out, "--resume")
    assert out.read_bytes() == whole, "nothing was left to do"


def test_a_generation_published_meanwhile_is_told(cli, town_source, source, tmp_path):
    plate, out = tmp_path / "city.plate", tmp_path / "out.csv"
    cli.build(town_source / "spec.toml", plate)
    for command in ("locate", "geocode"):
        columns = ["--lng", "id", "--lat", "id"] if command == "locate" else ["--address", "地址"]
        arguments = [cli.program, command, str(plate), "-", *columns, "--out", str(out)]
        run = subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        # The half that fills its buffers, so that the plate is open before the next one is published.
        text = source.read_bytes()
        run.stdin.write(text[: len(text) // 2])
        run.stdin.flush()
        until = time.monotonic() + 30
        while not out.exists():
            assert time.monotonic() < until, "the run never began"
            time.sleep(0.01)
        cli.build(town_source / "spec.toml", plate)
        _, said = run.communicate(text[len(text) // 2 :], timeout=60)
        assert "was published meanwhile" in said.decode(), said
        out.unlink()


def test_a_full_disk_is_named(cli, town, source):
    """The device says that there is no room, and the error says which file it was."""
    said = geocode(cli, town, source, "/dev/full", check=False)
    assert said.returncode == 1 and "/dev/full: No space left" in said.stderr, said.stderr
    said = cli.run("check", town, "--out", "/dev/full", check=False)
    assert said.returncode == 1 and "/dev/full: No space left" in said.stderr, said.stderr


def test_other_answers_are_refused(cli, town, source, whole, tmp_path):
    out = tmp_path / "out.csv"
    header, *answers = read(whole[0])
    answers[4][header.index("gc_standard_address")] += "?"
    write_rows(out, [header, *answers[:5]])
    assert "row 5 has another answer" in refused(cli, town, source, out, "--within-column", "区")


def test_a_bad_row_is_one_row_and_loses_nothing(cli, town, texts, tmp_path):
    good = texts[0]
    lines = ["地址,备注", f"{good},a", f"{good},未加引号的,逗号", "只有一格", f'"{good},没有关上的引号', f"{good},b"]
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = geocode(cli, town, source, out).stderr
    header, *answers = read(out)
    status = header.index("gc_status")
    assert [row[status] == "invalid" for row in answers] == [False, True, True, True, False]
    assert [row[:2] for row in answers] == [
        [good, "a"],
        [good, "未加引号的,逗号"],
        ["只有一格", ""],
        [f'"{good},没有关上的引号', ""],
        [good, "b"],
    ]
    assert said.startswith("5 rows: ") and "3 invalid" in said and good not in said


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_every_encoding_and_streams_give_the_same(cli, town, source, rows, tmp_path, encoding):
    plain = [[cell.replace("🏠", "") for cell in row] for row in rows[:200]]
    utf8 = write_rows(tmp_path / "utf8.csv", [HEADER, *plain])
    other = write_rows(tmp_path / "other.csv", [HEADER, *plain], encoding=encoding, line_end="\r\n")
    expected, out = tmp_path / "expected.csv", tmp_path / "out.csv"
    geocode(cli, town, utf8, expected)
    geocode(cli, town, other, out)
    assert out.read_bytes() == expected.read_bytes()
    command = [cli.program, "geocode", town, "-", "--address", "地址"]
    streamed = subprocess.run(command, input=other.read_bytes(), capture_output=True, check=True)
    assert streamed.stdout == expected.read_bytes()


def test_the_column_within_goes_before_texts_that_lack_it(cli, town, texts, tmp_path):
    whole = next(text for text in texts if text.startswith("示例市"))
    rows = [["示例市", whole[3:]], ["示例市", whole], ["", whole], [" 示例市 ", whole[3:]]]
    source, out = write_rows(tmp_path / "in.csv", [["市", "地址"], *rows]), tmp_path / "out.csv"
    geocode(cli, town, source, out, "--within-column", "市")
    answers = {tuple(row[2:]) for row in read(out)[1:]}
    assert len(answers) == 1, "all of them ask for the same address"


def test_a_header_that_is_somebodys_address_is_not_echoed(cli, town, texts, tmp_path):
    source = write_rows(tmp_path / "in.csv", [["1", texts[1]], ["2", texts[2]]])
    said = geocode(cli, town, source, tmp_path / "out.csv", check=False)
    assert said.returncode == 1 and "no column '地址'" in said.stderr
    assert texts[1] not in said.stderr
