"""Oracle: a plate before and after. Builds are killed at any moment, run out of disk, or lose their source half-way.

If a test here fails, a power cut or a full disk during a build costs the city the plate that stood before, or litter of
dead builds piles up beside it.
"""

import csv
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest

from plates import generation

# Rows of the generated source; a build of them lasts a second or two.
ROWS = 200_000
# Builds that are killed: spread over the whole duration of a build, and around its end, where it publishes.
KILLED, KILLED_LATE = 30, 15
PLATE_FILES = {"CURRENT", ".lock", "rejects.csv", "people-releases.bin"}


@pytest.fixture(scope="module")
def long_source(town_source, tmp_path_factory):
    """The sample town with a long list of further addresses, so that a build takes long enough to be killed."""
    source = shutil.copytree(town_source, tmp_path_factory.mktemp("long") / "source")
    at = random.Random(1)
    with gzip.open(source / "many.csv.gz", "wt", newline="", encoding="utf-8", compresslevel=1) as file:
        rows = csv.writer(file)
        rows.writerow(["code", "address", "lng", "lat"])
        for n in range(ROWS):
            lng, lat = at.uniform(114.03, 114.07), at.uniform(22.54, 22.56)
            rows.writerow([f"99{n:023}", f"补充地址{n}号", f"{lng:.7f}", f"{lat:.7f}"])
    with open(source / "spec.toml", "a", encoding="utf-8") as spec:
        spec.write('\n[[addresses]]\npath = "many.csv.gz"\ncrs = "EPSG:4490"\n')
        spec.write('code = "code"\ntext = "address"\nlng = "lng"\nlat = "lat"\n')
    return source


@pytest.fixture(scope="module")
def built(cli, long_source):
    """A plate of the long source, and the seconds that its build took."""
    plate = long_source.parent / "long.plate"
    started = time.monotonic()
    cli.build(long_source / "spec.toml", plate)
    return plate, time.monotonic() - started


@pytest.fixture
def plate(built, tmp_path):
    return shutil.copytree(built[0], tmp_path / "long.plate")


def state(cli, plate):
    """What must not change: which generation is published, its manifest, and what it answers."""
    manifest = hashlib.sha256((generation(plate) / "plate.json").read_bytes()).hexdigest()
    answer = json.loads(cli.run("get", plate, f"99{ROWS // 2:023}").stdout)
    assert answer.pop("generation") == generation(plate).name
    return (plate / "CURRENT").read_text(), manifest, answer


def assert_as_before(cli, plate, before):
    cli.run("info", plate, "--verify")
    assert state(cli, plate) == before


def assert_next_build_works(cli, spec, plate):
    former, answer = generation(plate).name, state(cli, plate)[2]
    cli.build(spec, plate)
    cli.run("info", plate, "--verify")
    assert generation(plate).name > former
    assert state(cli, plate)[2] == answer
    assert {p.name for p in plate.iterdir()} == PLATE_FILES | {former, generation(plate).name}
    manifest_and_files = {"plate.json", "changes.jsonl", "rejects.csv", "index", "layers", "private"} | {p.name for p in generation(plate).glob("*.arrow")}
    assert {p.name for p in generation(plate).iterdir()} == manifest_and_files, "nothing written aside stays"


def moments():
    """When to kill, as a part of the duration of a build."""
    chance = random.Random(1)
    moments = [(n + chance.random()) / KILLED for n in range(KILLED)]
    moments += [chance.uniform(0.85, 1.05) for _ in range(KILLED_LATE)]
    chance.shuffle(moments)
    return moments


def killed_after(build, seconds):
    """Whether a build was killed, or had ended by itself."""
    try:
        build.wait(seconds)
    except subprocess.TimeoutExpired:
        build.kill()
    return build.wait() == -signal.SIGKILL


def test_builds_killed_at_any_moment(cli, built, long_source, plate):
    seconds, killed, published, litter = built[1], 0, 0, set()
    before = state(cli, plate)
    for moment in moments():
        started = time.monotonic()
        build = cli.start("build", long_source / "spec.toml", "--out", plate)
        if killed_after(build, moment * seconds):
            killed += 1
        else:
            assert build.returncode == 0
            seconds = time.monotonic() - started
        litter |= {p.name for p in plate.iterdir()} - PLATE_FILES
        cli.run("info", plate, "--verify")
        after = state(cli, plate)
        # Late enough, a build has published before it is killed. The sources are the same, so the answer is.
        published += after[0] != before[0]
        assert after[2] == before[2]
        assert after == before or after[0] > before[0]
        before = after
    print(f"{killed} of {KILLED + KILLED_LATE} killed, {published} published; lay there: {sorted(litter)}")
    assert killed >= KILLED // 2, "most of the builds were still running"
    assert any(name.endswith(".partial") for name in litter), "some builds were killed while they wrote"
    assert_next_build_works(cli, long_source / "spec.toml", plate)


def failed_build(cli, spec, plate, **options):
    """Runs a build that must fail with one sentence, and returns the sentence."""
    command = [cli.program, "build", str(spec), "--out", str(plate)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, **options)
    assert done.returncode == 1, f"exit {done.returncode}: {done.stderr}"
    assert "panicked" not in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("limit", [0, 1, 4096, 1 << 16, 1 << 20, 1 << 23])
def test_files_cannot_grow(cli, long_source, plate, limit):
    """A limit on the size of files stands for a full disk where none can be mounted: every write beyond it fails."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    before = state(cli, plate)
    reason = failed_build(cli, long_source / "spec.toml", plate, preexec_fn=limited)
    assert "File too large" in reason
    assert_as_before(cli, plate, before)
    assert_next_build_works(cli, long_source / "spec.toml", plate)


@pytest.fixture
def small_disk(tmp_path):
    """A function that makes a file system of a number of bytes, or changes its size."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def resize(size):
        again = "remount," if os.path.ismount(disk) else ""
        command = ["mount", "-t", "tmpfs", "-o", f"{again}size={size}", "tmpfs", disk]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return disk

    yield resize
    if os.path.ismount(disk):
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("room", [0.001, 0.1, 0.4, 0.7, 0.95])
def test_full_disk(cli, built, long_source, small_disk, room):
    """Room for the standing plate and for a part of the next generation."""
    bytes_of_plate = sum(p.stat().st_size for p in built[0].rglob("*") if p.is_file())
    disk = small_disk(4 * bytes_of_plate)
    plate = shutil.copytree(built[0], disk / "long.plate")
    used = shutil.disk_usage(disk).used
    small_disk(int(used + room * bytes_of_plate))
    before = state(cli, plate)
    reason = failed_build(cli, long_source / "spec.toml", plate)
    assert "No space left" in reason
    assert_as_before(cli, plate, before)
    small_disk(4 * bytes_of_plate)
    assert_next_build_works(cli, long_source / "spec.toml", plate)


@pytest.mark.parametrize("keep", [0.01, 0.5, 0.999])
def test_source_ends_half_way(cli, long_source, plate, tmp_path, keep):
    source = shutil.copytree(long_source, tmp_path / "source")
    whole = (source / "many.csv.gz").read_bytes()
    (source / "many.csv.gz").write_bytes(whole[: int(keep * len(whole))])
    before = state(cli, plate)
    assert "many.csv.gz" in failed_build(cli, source / "spec.toml", plate)
    assert_as_before(cli, plate, before)
    (source / "many.csv.gz").write_bytes(whole)
    assert_next_build_works(cli, source / "spec.toml", plate)
