"""Writes what PROJ makes of a point in every EPSG system whose area touches China, and of a second or third one where it
uses another operation there, for crates/baseplate-core/tests/projections.rs:

    python crates/baseplate-cli/tests/oracle/epsg_operations.py > crates/baseplate-core/tests/data/epsg_china.tsv

A line is: EPSG code, longitude and latitude that the plate is about (EPSG:4326), x and y in the system (easting or longitude
first), longitude and latitude that PROJ gives by the operation it uses at the point when it is told of the area about it
(empty if it knows no shift), and the name of the datum.
"""

import sys
import warnings

import pyproj
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType, TransformDirection

CHINA = (73.0, 3.0, 135.0, 54.0)
HALF = 0.05  # of the side of the area about a point, degrees
FAMILY = "32600"  # all zones of UTM at once: PROJ converts from none of it


def points(bounds):
    """The middle of the overlap of an area with China, and two points off it."""
    west, south, east, north = bounds
    east = east if east >= west else 180.0
    west, south, east, north = max(west, CHINA[0]), max(south, CHINA[1]), min(east, CHINA[2]), min(north, CHINA[3])
    return [(west + f * (east - west), south + g * (north - south)) for f, g in ((0.5, 0.5), (0.2, 0.3), (0.8, 0.6))]


def line(code, crs, lng, lat):
    """The line of a point, and the operation that PROJ uses there."""
    area = AreaOfInterest(lng - HALF, lat - HALF, lng + HALF, lat + HALF)
    transformer = Transformer.from_crs(crs, 4326, always_xy=True, area_of_interest=area)
    written = transformer.transform(lng, lat, direction=TransformDirection.INVERSE)
    x, y = (round(value, 3 if abs(value) > 1000 else 9) for value in written)
    shifted = transformer.transform(x, y)
    # One that is the only one has its description itself.
    several = transformer.description.startswith("unavailable")
    operation = (transformer.get_last_used_operation() if several else transformer).description
    answer = ["", ""] if "Ballpark" in operation else [f"{value:.11f}" for value in shifted]
    return [code, f"{lng:.3f}", f"{lat:.3f}", repr(x), repr(y), *answer, crs.datum.name], operation


def main():
    print(f"# by pyproj {pyproj.__version__} with PROJ {pyproj.proj_version_str}, without grid files")
    kinds = [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS]
    for info in query_crs_info("EPSG", kinds, AreaOfInterest(*CHINA), contains=False, allow_deprecated=True):
        if info.code == FAMILY:
            continue
        crs, operations = CRS(int(info.code)), set()
        for lng, lat in points(info.area_of_use.bounds):
            cells, operation = line(info.code, crs, lng, lat)
            if operation not in operations:
                print(*cells, sep="\t")
            operations.add(operation)


if __name__ == "__main__":
    sys.exit(main())
