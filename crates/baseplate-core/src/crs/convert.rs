//! From a system to the plate's, and back.
//!
//! A [`ToPlate`] is made once for a source and converts its points one by one. Geographic coordinates pass
//! as they are, Web Mercator, GCJ-02 and BD-09 are computed here, and anything else is PROJ's work. The
//! first coordinate is the easting or longitude in every system, whatever its official order of axes. What
//! comes out is checked to be on the globe, and refusals say what the numbers look like (`look.rs`),
//! because the usual mistake is a wrong name of the system.

#[cfg(feature = "proj")]
use super::projected;
use super::{
    bd09,
    error::CrsError,
    gcj02, look,
    name::Crs,
    options::{ConversionOptions, Datum},
};
use crate::spatial::LngLat;
use std::fmt;

/// Radius of the Web Mercator sphere, metres.
const MERCATOR_RADIUS_M: f64 = 6_378_137.0;

impl Crs {
    /// A converter from this system to the plate's. Creating one may cost 30–100 ms (PROJ), using it does not.
    ///
    /// # Errors
    /// As [`Crs::to_plate_with`].
    pub fn to_plate(&self) -> Result<ToPlate, CrsError> {
        self.to_plate_with(&ConversionOptions::default())
    }

    /// As [`Crs::to_plate`], for points of an area, and with a decision about the datum.
    ///
    /// ```
    /// use baseplate_core::{ConversionOptions, Crs, Datum};
    /// let crs: Crs = "EPSG:2326".parse()?; // Hong Kong 1980, with another datum
    /// let options = ConversionOptions { datum: Some(Datum::AsIs), ..ConversionOptions::default() };
    /// if let Ok(to_plate) = crs.to_plate_with(&options) { // with the cargo feature `proj`
    ///     let unshifted = to_plate.convert(836_694.05, 819_069.80)?;
    ///     assert!((unshifted.lng - 114.178_556).abs() < 1e-6);
    /// }
    /// # Ok::<(), baseplate_core::CrsError>(())
    /// ```
    ///
    /// # Errors
    /// When PROJ is needed and not built in, or refuses the definition; when the system is not two-dimensional, when no
    /// shift of its datum is known, or when a grid file is not there.
    #[cfg_attr(not(feature = "proj"), expect(unused_variables, reason = "only PROJ has options"))]
    pub fn to_plate_with(&self, options: &ConversionOptions) -> Result<ToPlate, CrsError> {
        let projection = match self {
            #[cfg(feature = "proj")]
            Self::Proj(definition) => Some(projected::Projection::new(definition, options)?),
            #[cfg(not(feature = "proj"))]
            Self::Proj(definition) => return Err(CrsError::NeedsProj(definition.clone())),
            _ => None,
        };
        Ok(ToPlate { crs: self.clone(), projection })
    }

    /// Whether the shift of the datum depends on where the points are, so that the plate's area has to be
    /// known first.
    #[cfg_attr(not(feature = "proj"), expect(unused_variables, reason = "only PROJ knows datums"))]
    pub(crate) fn depends_on_area(&self, datum: Option<Datum>) -> bool {
        #[cfg(feature = "proj")]
        if let (Self::Proj(definition), None) = (self, datum) {
            return projected::depends_on_area(definition);
        }
        false
    }

    /// A point of the plate written in this system, in the system's unit, easting or longitude first.
    ///
    /// # Errors
    /// [`CrsError::NeedsProj`] for systems other than the geographic ones, Web Mercator, GCJ-02 and BD-09.
    pub fn from_plate(&self, point: LngLat) -> Result<(f64, f64), CrsError> {
        let LngLat { lng, lat } = point;
        match self {
            Self::Geographic => Ok((lng, lat)),
            Self::WebMercator => Ok((
                MERCATOR_RADIUS_M * lng.to_radians(),
                MERCATOR_RADIUS_M * (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln(),
            )),
            Self::Gcj02 => Ok(gcj02::from_wgs84(lng, lat)),
            Self::Bd09 => {
                let (x, y) = gcj02::from_wgs84(lng, lat);
                Ok(bd09::from_gcj02(x, y))
            }
            Self::Proj(definition) => Err(CrsError::NeedsProj(definition.clone())),
        }
    }
}

#[cfg(not(feature = "proj"))]
type Projection = std::convert::Infallible;
#[cfg(feature = "proj")]
type Projection = projected::Projection;

/// Converts coordinates of one system to the plate's. Not `Send`: PROJ's contexts belong to a thread.
pub struct ToPlate {
    /// The system that is converted from.
    pub(super) crs: Crs,
    /// What PROJ does, for systems that need it.
    projection: Option<Projection>,
}

impl ToPlate {
    /// What PROJ does on the way, in words; `None` for systems that need no PROJ.
    pub fn operation(&self) -> Option<&str> {
        match &self.projection {
            #[cfg(feature = "proj")]
            Some(projection) => Some(projection.operation()),
            #[cfg(not(feature = "proj"))]
            Some(never) => match *never {},
            None => None,
        }
    }

    /// The zone number before the eastings of the system, if it has one.
    pub(super) fn zone(&self) -> Option<u32> {
        match &self.projection {
            #[cfg(feature = "proj")]
            Some(projection) => projection.zone(),
            #[cfg(not(feature = "proj"))]
            Some(never) => match *never {},
            None => None,
        }
    }

    /// One point: `x` is the easting or longitude, `y` the northing or latitude, in the system's unit.
    ///
    /// # Errors
    /// [`CrsError::OutOfDomain`] for NaN, infinities, points the system is not defined for, and results off the globe, with
    /// what the numbers look like.
    pub fn convert(&self, x: f64, y: f64) -> Result<LngLat, CrsError> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(self.out_of_domain(x, y, "a coordinate is not a finite number".to_owned()));
        }
        let (lng, lat) =
            self.raw(x, y).map_err(|reason| self.out_of_domain(x, y, reason.to_owned() + &look::clause(x, y)))?;
        if !(lng.abs() <= 180.0 && lat.abs() <= 90.0) {
            let reason = if self.crs.is_degrees() { "not degrees" } else { "the result is off the globe" };
            return Err(self.out_of_domain(x, y, reason.to_owned() + &look::clause(x, y)));
        }
        Ok(LngLat { lng, lat })
    }

    /// The error for a point that cannot be read, with the reason in words.
    fn out_of_domain(&self, x: f64, y: f64, reason: String) -> CrsError {
        let crs = match self.crs {
            Crs::Geographic => "longitude and latitude".to_owned(),
            _ => self.crs.to_string(),
        };
        CrsError::OutOfDomain { x, y, crs, reason }
    }

    /// The point in degrees of the plate, wherever that is.
    ///
    /// # Errors
    /// The reason in words if there is no such point.
    fn raw(&self, x: f64, y: f64) -> Result<(f64, f64), &'static str> {
        let no_inverse = "no WGS84 point maps there";
        match &self.crs {
            Crs::Geographic => Ok((x, y)),
            Crs::WebMercator => Ok((
                (x / MERCATOR_RADIUS_M).to_degrees(),
                (2.0 * (y / MERCATOR_RADIUS_M).exp().atan() - std::f64::consts::FRAC_PI_2).to_degrees(),
            )),
            Crs::Gcj02 => gcj02::to_wgs84(x, y).ok_or(no_inverse),
            Crs::Bd09 => bd09::to_gcj02(x, y).and_then(|(gx, gy)| gcj02::to_wgs84(gx, gy)).ok_or(no_inverse),
            Crs::Proj(_) => match &self.projection {
                #[cfg(feature = "proj")]
                Some(projection) => projection.convert(x, y).ok_or("outside the area of use"),
                #[cfg(not(feature = "proj"))]
                Some(never) => match *never {},
                None => Err("PROJ is not built in"),
            },
        }
    }
}

impl fmt::Debug for ToPlate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToPlate({})", self.crs)
    }
}
