"""Apache SedonaDB: a join with `ST_Within`."""

from importlib.metadata import version

import geopandas
import numpy as np
import sedona.db
import shapely

from work import Work

work = Work("SedonaDB, ST_Within", version("sedonadb"))
db = sedona.db.connect()


def view(name, geometry):
    frame = geopandas.GeoDataFrame({"id": np.arange(len(geometry))}, geometry=geometry)
    db.create_data_frame(frame).to_memtable().to_view(name, overwrite=True)


def prepare(xy, threads):
    db.sql(f"SET datafusion.execution.target_partitions = {threads}").execute()
    view("points", shapely.points(xy))

    def ask():
        join = "SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g ON ST_Within(p.geometry, g.geometry)"
        found = db.sql(join).to_arrow_table()
        return found["point"].to_numpy(), found["grid"].to_numpy()

    return ask


view("grids", shapely.from_wkb(work.grids()))
work.measure_bulk(prepare, threads=(1, 2))
