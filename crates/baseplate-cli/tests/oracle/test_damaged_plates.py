"""Oracle: the bytes themselves. Files of a plate are cut, removed or altered.

If a test here fails, a damaged plate is served as if it were whole, or crashes the tools.
"""

import os
import random
import shutil
import urllib.request

import numpy as np
import pytest

from plates import column, generation, table, write_rows

TABLES = ("grids", "buildings", "building-grids", "addresses", "address-grids", "ground", "layers/enterprises", "overrides", "cells", "issues")
FILES = ["CURRENT", "plate.json", "rejects.csv", "changes.jsonl", *(f"{table}.arrow" for table in TABLES)]
FILES += [f"index/{t}-by-{what}.bin" for t in ("grids", "buildings", "addresses", "ground") for what in ("code", "place")]
FILES += [f"layers/{name}.bin" for name in ("enterprises.by-code", "enterprises.by-name", "enterprises.counts", "people.counts")]
FILES += ["index/people.bin"]
FILES += ["index/people-grids.bin", "index/geocode-grids.bin"]
FILES += [f"private/{name}" for name in ("people.arrow", "people-by-token.bin", "people-by-address.bin", "issues.arrow", "plate.json")]
FILES += ["index/locator-basic.bin", "index/geocode.bin", "index/outlines.bin"]


def file_of(plate, name):
    return plate / name if name == "CURRENT" else generation(plate) / name


@pytest.fixture
def copied(town, tmp_path):
    return shutil.copytree(town, tmp_path / "town.plate")


def test_every_file_is_damaged_below(town):
    inside = {p.relative_to(generation(town)).as_posix() for p in generation(town).rglob("*") if p.is_file()}
    assert inside | {"CURRENT"} == set(FILES)


def reading(name):
    """A command that opens the file: what is about single persons is opened by few."""
    return "check" if name.startswith("private/") else "info"


def assert_one_sentence(done, name):
    assert done.returncode == 1, f"exit {done.returncode}: {done.stdout} {done.stderr}"
    assert name.split("/")[-1] in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("keep", ["nothing", "half", "all but two bytes"])
@pytest.mark.parametrize("name", FILES)
def test_truncated_file(cli, copied, name, keep):
    path = file_of(copied, name)
    whole = path.read_bytes()
    lengths = {"nothing": 0, "half": len(whole) // 2, "all but two bytes": len(whole) - 2}
    path.write_bytes(whole[: lengths[keep]])
    assert_one_sentence(cli.run(reading(name), copied, check=False), name)


@pytest.mark.parametrize("name", FILES)
def test_missing_plate_file(cli, copied, name):
    file_of(copied, name).unlink()
    assert_one_sentence(cli.run(reading(name), copied, check=False), name)


@pytest.mark.parametrize("name", FILES)
def test_flipped_byte(cli, copied, name):
    path = file_of(copied, name)
    whole = path.read_bytes()
    for at in sorted({0, len(whole) - 1, *random.Random(name).choices(range(len(whole)), k=8)}):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        done = cli.run("info", copied, "--verify", check=False)
        assert done.returncode == 1, f"byte {at} of {len(whole)}: exit {done.returncode}"
        assert_one_sentence(done, name)


@pytest.mark.parametrize("name", FILES)
def test_flipped_byte_never_panics(cli, copied, town, tmp_path, name):
    """Without --verify a damaged plate may answer wrongly, but it must not crash."""
    code = column(table(town, "addresses"), "code")[5000]
    xy = np.random.default_rng(1).uniform((114.03, 22.54), (114.07, 22.56), (200, 2))
    points = write_rows(tmp_path / "points.csv", [("lng", "lat"), *xy.tolist()])
    path = file_of(copied, name)
    whole = path.read_bytes()
    for at in random.Random(name).choices(range(len(whole)), k=15):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        for command in (
            ("info", copied),
            ("get", copied, code),
            ("check", copied),
            ("locate", copied, points, "--out", tmp_path / "o.csv"),
        ):
            done = cli.run(*command, check=False, timeout=30)
            assert done.returncode in (0, 1), f"byte {at}: {done.stderr}"


def test_the_server_needs_nothing_that_is_about_single_persons(town, run_server, tmp_path):
    plate = shutil.copytree(town, tmp_path / "plate")
    shutil.rmtree(generation(plate) / "private")
    with run_server(plate, tmp_path / "log") as server:
        for path in ("api/plate", "api/stats?level=district&by=sex", "api/issues", "style.json", "ogc/collections/addresses/items"):
            with urllib.request.urlopen(f"{server.address}/{path}", timeout=10) as answer:
                assert answer.status == 200, path


def test_a_plate_cut_while_it_is_served_ends_the_server_with_a_message(town, run_server, tmp_path):
    plate = tmp_path / "plate"
    shutil.copytree(town, plate)
    with run_server(plate, tmp_path / "log") as server:
        for path in generation(plate).rglob("*"):
            if path.is_file() and path.suffix != ".json":
                os.truncate(path, 0)
        for layer in ("buildings", "addresses", "grids"):
            try:
                urllib.request.urlopen(f"{server.address}/ogc/collections/{layer}/items?limit=1000", timeout=10).read()
            except OSError:
                pass
        assert server.process.wait(timeout=10) == 74
        assert "a file of an open plate was cut" in server.log.read_text(encoding="utf-8")
