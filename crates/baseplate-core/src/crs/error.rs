//! What can go wrong with a coordinate system or a coordinate.
//!
//! Errors name the cure, since they are read by whoever writes the spec: another name of the system, a
//! cargo feature, parameters of a datum.

use std::path::PathBuf;

/// Why a coordinate system cannot be used or a coordinate cannot be converted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// The name is not a coordinate system; name an EPSG code, a PROJ string, `gcj02` or `bd09`.
    #[error("'{0}' is no coordinate system: write EPSG:<code>, a PROJ string, gcj02 or bd09")]
    Unknown(String),
    /// This program was built without PROJ; build it with the cargo feature `proj`.
    #[error("{0} needs PROJ, and this program was built without it: build with the cargo feature 'proj'")]
    NeedsProj(String),
    /// PROJ does not know the system.
    #[error("PROJ does not accept '{crs}': {reason}")]
    Refused {
        /// The system as named.
        crs: String,
        /// PROJ's words.
        reason: String,
    },
    /// The system has heights, is geocentric or is none of places at all; name its two-dimensional part.
    #[error(
        "{crs} ({name}) is no two-dimensional system: name the geographic or projected system that longitudes and \
         latitudes or eastings and northings are in, such as EPSG:4490 or EPSG:4547"
    )]
    NotTwoDimensional {
        /// The system as named.
        crs: String,
        /// What PROJ calls it.
        name: String,
    },
    /// PROJ knows no shift from the system's datum to WGS84; give the parameters, or say that the coordinates are to be
    /// taken as they are.
    #[error(
        "{crs} ({name}): PROJ knows no shift from its datum to WGS84 for the area {area}, and without one points would \
         be up to hundreds of metres off. If the city has parameters, write them as crs: a PROJ string with \
         +towgs84=dx,dy,dz,rx,ry,rz,s or +nadgrids=<grid file>, or a PROJ pipeline that ends in degrees; the points are \
         then shifted by them. If the coordinates fit CGCS2000 as they are, say datum = \"as-is\" in the source \
         (--datum as-is of locate), and no shift is made"
    )]
    NoShift {
        /// The system as named.
        crs: String,
        /// What PROJ calls it.
        name: String,
        /// West, south to east, north, degrees.
        area: String,
    },
    /// A grid file that a PROJ string or pipeline names is not there; its path starts at the folder of the spec.
    #[error("{crs}: the grid file {} is not there; its path starts at the folder of the spec", path.display())]
    NoGridFile {
        /// The system as named.
        crs: String,
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The coordinate is outside the area where the system is defined.
    #[error("({x}, {y}) cannot be read as {crs}: {reason}")]
    OutOfDomain {
        /// First coordinate as given.
        x: f64,
        /// Second coordinate as given.
        y: f64,
        /// The system as named.
        crs: String,
        /// What went wrong, and what the numbers look like.
        reason: String,
    },
}
