"""PostGIS: a join with `ST_Intersects` over a GiST index, in a database cluster of its own.

The cluster lives in the scratch folder, listens on a Unix socket only, and is stopped at the end.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from work import Work

BINARIES = Path("/usr/lib/postgresql/15/bin")
TYPES = {"id": "int", "wkb": "text", "x": "float8", "y": "float8"}
# Seconds until the server must have started.
START = 60


class Server:
    """A cluster. PostgreSQL refuses to run as root; the Debian package's user stands in."""

    def __init__(self, folder):
        self.folder = folder
        self.identity = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        folder.mkdir(mode=0o700)
        if self.identity:
            shutil.chown(folder, "postgres", "postgres")

    def run(self, program, *args):
        return subprocess.run(
            [BINARIES / program, *args], check=True, capture_output=True, text=True, **self.identity
        ).stdout

    def sql(self, *statements):
        commands = [part for statement in statements for part in ("-c", statement)]
        options = ["-X", "-q", "-A", "-t", "-h", self.folder, "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
        return self.run("psql", *options, *commands)

    @contextmanager
    def running(self):
        self.run("initdb", "-D", self.folder / "data", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = ["-c", "listen_addresses=", "-c", "shared_buffers=512MB", "-c", "fsync=off"]
        with open(self.folder.parent / "postgres.log", "wb") as log:
            server = subprocess.Popen(
                [BINARIES / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                **self.identity,
            )
        try:
            self.wait(server)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)

    def wait(self, server):
        for _ in range(START * 10):
            if server.poll() is not None:
                raise SystemExit(f"postgres ended with {server.returncode}")
            if subprocess.run([BINARIES / "pg_isready", "-q", "-h", self.folder]).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit(f"postgres did not start in {START} s")

    def load(self, table, columns, geometry):
        """Replaces a table by rows of columns, from which `geometry` makes its indexed geometry."""
        rows = self.folder.parent / f"{table}.csv"
        pa.csv.write_csv(pa.table(columns), rows, pa.csv.WriteOptions(include_header=False))
        self.sql(
            f"DROP TABLE IF EXISTS {table}",
            f"CREATE TEMP TABLE read ({', '.join(f'{name} {TYPES[name]}' for name in columns)})",
            f"\\copy read FROM '{rows}' CSV",
            f"CREATE UNLOGGED TABLE {table} AS SELECT id, {geometry} AS geom FROM read",
            f"CREATE INDEX ON {table} USING gist (geom)",
            f"VACUUM ANALYZE {table}",
        )


def measure(server, work):
    wkb = [area.hex() for area in work.grids()]
    server.load("grids", {"id": list(range(len(wkb))), "wkb": wkb}, "ST_GeomFromWKB(decode(wkb, 'hex'), 4490)")

    def prepare(xy, threads):
        columns = {"id": np.arange(len(xy)), "x": xy[:, 0], "y": xy[:, 1]}
        server.load("points", columns, "ST_SetSRID(ST_MakePoint(x, y), 4490)")
        join = "SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g ON ST_Intersects(g.geom, p.geom)"
        return lambda: server.sql(
            "DROP TABLE IF EXISTS answer",
            f"SET max_parallel_workers_per_gather = {threads - 1}",
            f"CREATE UNLOGGED TABLE answer AS {join}",
        )

    def read(_answer):
        pairs = server.sql("COPY (SELECT point, grid FROM answer) TO STDOUT").split()
        return np.array(pairs, dtype=np.int64).reshape(-1, 2).T

    work.read = read
    work.measure_bulk(prepare, threads=(1, 2))


def main():
    work = Work("PostGIS, ST_Intersects", "")
    server = Server(work.folder / "postgres")
    with server.running():
        server.sql("CREATE EXTENSION postgis")
        versions = server.sql("SELECT postgis_lib_version(), current_setting('server_version_num')::int / 10000")
        work.version = "{} on PostgreSQL {}".format(*versions.strip().split("|"))
        measure(server, work)


main()
