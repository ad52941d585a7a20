"""Oracle: the bytes themselves. Files of a plate are cut, removed or altered, and builds are killed half-way.

If a test here fails, a damaged plate is served as if it were whole, crashes the tools, or a power cut during a
build costs the plate that stood before.
"""

import random
import shutil
import signal
import time

import numpy as np
import pytest

from plates import column, generation, locate, table, write_rows

FILES = ["CURRENT", "plate.json", "grids.arrow", "buildings.arrow", "addresses.arrow", "rejects.csv"]
FILES += [f"index/{t}-by-{what}.bin" for t in ("grids", "buildings", "addresses") for what in ("code", "place")]
FILES += ["index/locator-basic.bin"]


def file_of(plate, name):
    return plate / name if name == "CURRENT" else generation(plate) / name


@pytest.fixture
def copied(town, tmp_path):
    return shutil.copytree(town, tmp_path / "town.plate")


def test_every_file_is_damaged_below(town):
    inside = {p.relative_to(generation(town)).as_posix() for p in generation(town).rglob("*") if p.is_file()}
    assert inside | {"CURRENT"} == set(FILES)


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
    assert_one_sentence(cli.run("info", copied, check=False), name)


@pytest.mark.parametrize("name", FILES)
def test_missing_plate_file(cli, copied, name):
    file_of(copied, name).unlink()
    assert_one_sentence(cli.run("info", copied, check=False), name)


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
            ("locate", copied, points, "--out", tmp_path / "o.csv"),
        ):
            done = cli.run(*command, check=False, timeout=30)
            assert done.returncode in (0, 1), f"byte {at}: {done.stderr}"


def test_killed_builds(cli, partition, partition_spec, tmp_path):
    plate = shutil.copytree(partition, tmp_path / "partition.plate")
    xy = np.array([[121.5657, 25.0650]])
    former = (plate / "CURRENT").read_text()
    expected = locate(cli, plate, xy, tmp_path)["grid_code"].tolist()
    moments, killed = random.Random(1), 0
    for _ in range(20):
        build = cli.start("build", partition_spec, "--out", plate)
        time.sleep(moments.uniform(0.05, 8))
        build.kill()
        killed += build.wait() == -signal.SIGKILL
        assert killed == 0 or cli.run("info", plate).returncode == 0
        assert locate(cli, plate, xy, tmp_path)["grid_code"].tolist() == expected
    assert killed >= 15, "most of the builds were still running"
    left = sorted(p.name for p in plate.iterdir())
    cli.build(partition_spec, plate)
    assert (plate / "CURRENT").read_text() != former
    assert locate(cli, plate, xy, tmp_path)["grid_code"].tolist() == expected
    print(f"{killed} killed; left behind: {left}; after the next build: {sorted(p.name for p in plate.iterdir())}")
    assert len([p for p in plate.iterdir() if p.is_dir()]) <= 2, "what killed builds left is cleared away"
    cli.run("info", plate, "--verify")
