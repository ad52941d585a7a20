"""GeoPandas: `sjoin` with the predicate `within`."""

import geopandas
import shapely

from work import Work

work = Work("GeoPandas sjoin, within", geopandas.__version__)
grids = geopandas.GeoDataFrame(geometry=shapely.from_wkb(work.grids()))


def prepare(xy, _threads):
    points = geopandas.GeoDataFrame(geometry=shapely.points(xy))

    def ask():
        joined = points.sjoin(grids, predicate="within")
        return joined.index.to_numpy(), joined["index_right"].to_numpy()

    return ask


work.measure_bulk(prepare)
