"""DuckDB with its extension `spatial`, which comes as a Python package: a join with `ST_Within`."""

import importlib.util
from pathlib import Path

import duckdb
import pyarrow as pa

from work import Work

work = Work("DuckDB spatial, ST_Within", duckdb.__version__)
package = Path(importlib.util.find_spec("duckdb_extension_spatial").origin).parent
db = duckdb.connect()
db.execute(f"LOAD '{next(package.rglob('spatial.duckdb_extension'))}'")
wkb = work.grids()
source = pa.table({"id": pa.array(range(len(wkb)), pa.int32()), "wkb": pa.array(wkb, pa.binary())})
db.execute("CREATE TABLE grids AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM source")


def prepare(xy, threads):
    asked = pa.table({"id": pa.array(range(len(xy)), pa.int32()), "x": xy[:, 0].copy(), "y": xy[:, 1].copy()})
    db.register("asked", asked)
    db.execute("CREATE OR REPLACE TABLE points AS SELECT id, ST_Point(x, y) AS geom FROM asked")
    db.execute(f"SET threads = {threads}")

    def ask():
        join = "SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g ON ST_Within(p.geom, g.geom)"
        found = db.execute(join).fetchnumpy()
        return found["point"], found["grid"]

    return ask


work.measure_bulk(prepare, threads=(1, 2))
