"""What the peers share: grids and points of the run, how they are timed, how their answers are compared with ours."""

import json
import sys
import time
from pathlib import Path

import numpy as np

RUNS = 3
# A system that would need more seconds than this for all points of a set is asked for every tenth of them only.
LONG = 60
# One run is enough if it took more seconds than this.
QUICK = 10


class Work:
    """A scratch folder as the Rust program left it."""

    def __init__(self, system, version):
        self.folder = Path(sys.argv[1])
        self.system, self.version = system, version
        # Makes of what was answered the two arrays of `measure`, outside the time taken.
        self.read = lambda answer: answer

    def grids(self):
        """The grids as WKB, in the order of the coverage."""
        everything = (self.folder / "grids.wkb").read_bytes()
        ends = np.fromfile(self.folder / "grids.lengths", "<u4").astype(np.int64).cumsum().tolist()
        return [everything[start:end] for start, end in zip([0, *ends], ends)]

    def measure(self, mode, name, prepare):
        """Asks for a set of points and prints the row.

        `prepare` takes an array of longitude and latitude and returns a function of no arguments that answers
        with two arrays: numbers of points and the grids found for them, a point as often as it has grids.
        """
        xy = np.fromfile(self.folder / f"{name}.points", "<f8").reshape(-1, 2)
        owners = np.fromfile(self.folder / f"{name}.owners", "<i4")
        tenth = timed(prepare(xy[::10]))[0]
        step = 10 if 10 * tenth > LONG else 1
        ask, seconds = prepare(xy[::step]), float("inf")
        for _ in range(RUNS):
            took, answer = timed(ask)
            seconds = min(seconds, took)
            if took > QUICK:
                break
        points, found = map(np.asarray, self.read(answer))
        counts = compare(owners[::step], points, found)
        row = {"system": self.system, "version": self.version, "mode": mode, "points": len(xy[::step])}
        print(json.dumps(row | {"ns": seconds * 1e9 / len(xy[::step])} | counts), flush=True)

    def measure_bulk(self, prepare, threads=(1,)):
        """The usual modes; `prepare` takes points and a number of threads."""
        for count in threads:
            self.measure(f"bulk, random, {plural(count)}", "random", lambda xy: prepare(xy, count))
        self.measure("bulk, sorted, 1 thread", "sorted", lambda xy: prepare(xy, 1))
        self.measure("bulk, vertices", "vertices", lambda xy: prepare(xy, 1))


def plural(threads):
    return "1 thread" if threads == 1 else f"{threads} threads"


def timed(ask):
    started = time.perf_counter()
    answer = ask()
    return time.perf_counter() - started, answer


def compare(owners, points, found):
    """How many points have an owner and how many have several; for how many ours is not among them."""
    grids = np.bincount(points, minlength=len(owners))
    ours = np.bincount(points[owners[points] == found], minlength=len(owners))
    differ = np.where(owners < 0, grids > 0, ours == 0)
    return {"inside": int((grids > 0).sum()), "several": int((grids > 1).sum()), "differ": int(differ.sum())}
