"""Session fixtures: the binaries under test, the plates they build, and the real data where it is at hand."""

import fcntl
import os
from functools import partial
from pathlib import Path

import pytest

from plates import Cli, running, serving, write_spec

# What programs say is compared in English, whatever the language of whoever runs the tests.
os.environ["LC_ALL"] = "C.UTF-8"
# The key of all test plates; the people in them cannot exist.
os.environ["BASEPLATE_KEY"] = "5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec"


# Files whose tests take longest: where files are spread over processes, none of these is left for the end.
LONGEST = ("test_killed_builds", "test_locate_geos", "test_people_over_time", "test_areas_geos", "test_slow_clients")


def pytest_collection_modifyitems(items):
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


def program(variable):
    path = os.environ.get(variable)
    if not path:
        pytest.fail(f"set {variable} to the binary to test", pytrace=False)
    assert Path(path).is_file(), f"{variable}: there is no {path}"
    return path


@pytest.fixture(scope="session")
def cli():
    return Cli(program("BASEPLATE"))


@pytest.fixture(scope="session")
def serve():
    return partial(serving, program("TILE_SERVER"))


@pytest.fixture(scope="session")
def run_server():
    return partial(running, program("TILE_SERVER"))


@pytest.fixture(scope="session")
def shared_data():
    repository = Path(__file__).resolve().parents[4]
    folder = Path(os.environ.get("BASEPLATE_SHARED_DATA", repository.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data is not at hand: no folder {folder} (set BASEPLATE_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def town_source(cli, tmp_path_factory):
    folder = tmp_path_factory.mktemp("town") / "source"
    cli.run("synth", "--out", folder, "--scale", "town", "--seed", "1")
    return folder


@pytest.fixture(scope="session")
def town(cli, town_source):
    plate = town_source.parent / "town.plate"
    cli.build(town_source / "spec.toml", plate)
    return plate


@pytest.fixture(scope="session")
def partition(cli, shared_data, tmp_path_factory):
    """The real zones. They take a minute to build, so the processes of a run share the plate: the first that needs it builds it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "partition"
    folder.mkdir(exist_ok=True)
    plate = folder / "partition.plate"
    spec = write_spec(
        folder / f"{own.name}.toml",
        grids={
            "path": shared_data / "partition" / "units_28767.geojson.gz",
            "crs": "EPSG:4326",
            "code": "CODEBASE",
            "ancestors": {"community": "CODE2", "subdistrict": "TOWN_ID", "district": "COUNTY_ID"},
        },
    )
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not plate.exists():
            # On a machine that is busy with more, a minute becomes many.
            cli.run("build", spec, "--out", plate, timeout=1800)
    return plate
