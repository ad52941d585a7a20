"""Writes what PROJ's best operation makes of a few points in every EPSG system whose area touches China, for
crates/baseplate-core/tests/projections.rs:

    python crates/baseplate-cli/tests/oracle/epsg_operations.py > crates/baseplate-core/tests/data/epsg_china.tsv

A line is: EPSG code, longitude and latitude that the plate is about (EPSG:4326), x and y in the system (easting or longitude
first), longitude and latitude that the best operation gives (empty if PROJ knows no shift), and the name of the datum.
"""

import sys
import warnings

import pyproj
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType, TransformDirection
from pyproj.transformer import TransformerGroup

CHINA = (73.0, 3.0, 135.0, 54.0)
HALF = 0.05  # of the side of the area about a point, degrees


def points(bounds):
    """The middle of the overlap of an area with China, and two points off it."""
    west, south, east, north = bounds
    east = east if east >= west else 180.0
    west, south, east, north = max(west, CHINA[0]), max(south, CHINA[1]), min(east, CHINA[2]), min(north, CHINA[3])
    return [(west + f * (east - west), south + g * (north - south)) for f, g in ((0.5, 0.5), (0.2, 0.3), (0.8, 0.6))]


def best(code, lng, lat):
    area = AreaOfInterest(lng - HALF, lat - HALF, lng + HALF, lat + HALF)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TransformerGroup(code, 4326, always_xy=True, area_of_interest=area).transformers[0]


def line(code, lng, lat):
    operation = best(code, lng, lat)
    written = operation.transform(lng, lat, direction=TransformDirection.INVERSE)
    x, y = (round(value, 3 if abs(value) > 1000 else 9) for value in written)
    shifted = operation.transform(x, y)
    known = "Ballpark" not in operation.description
    answer = [f"{value:.11f}" for value in shifted] if known else ["", ""]
    return [code, f"{lng:.3f}", f"{lat:.3f}", repr(x), repr(y), *answer, CRS(code).datum.name]


def main():
    print(f"# by pyproj {pyproj.__version__} with PROJ {pyproj.proj_version_str}, without grid files")
    kinds = [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS]
    for info in query_crs_info("EPSG", kinds, AreaOfInterest(*CHINA), contains=False, allow_deprecated=True):
        for lng, lat in points(info.area_of_use.bounds):
            print(*line(int(info.code), lng, lat), sep="\t")


if __name__ == "__main__":
    sys.exit(main())
