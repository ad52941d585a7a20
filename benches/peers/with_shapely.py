"""shapely: an STRtree of the grids asked with points, and an STRtree of the points asked with prepared grids."""

import numpy as np
import shapely

from work import Work

work = Work("shapely STRtree of grids, intersects", shapely.__version__)
grids = shapely.from_wkb(work.grids())
shapely.prepare(grids)
tree = shapely.STRtree(grids)


def one_by_one(xy):
    def ask():
        found = [tree.query(shapely.Point(x, y), predicate="intersects") for x, y in xy.tolist()]
        return np.repeat(np.arange(len(xy)), [len(grids) for grids in found]), np.concatenate(found)

    return ask


def of_grids(xy, _threads):
    points = shapely.points(xy)
    return lambda: tree.query(points, predicate="intersects")


def of_points(xy, _threads):
    points = shapely.points(xy)
    return lambda: shapely.STRtree(points).query(grids, predicate="intersects")[::-1]


for name in ("random", "sorted"):
    work.measure(f"one by one, {name}", name, one_by_one)
work.measure_bulk(of_grids)
work.system = "shapely STRtree of points, intersects"
work.measure_bulk(of_points)
