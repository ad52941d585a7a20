//! The only module that converts with PROJ.
//!
//! PROJ may know several operations from a datum to WGS84, each for an area. One is chosen for a whole
//! source, so that there are no seams: the one that most of a lattice over the area is converted by. Points
//! are converted to EPSG:4326, because PROJ knows hardly any operation to EPSG:4490, and WGS84 is within a
//! tenth of a millimetre of it.
//!
//! An operation that PROJ calls a ballpark makes no shift and is taken only where none is needed, because
//! the datum is the plate's own; for any other datum it is an error that says what to do. A definition that
//! brings its own shift (`+towgs84`, `+nadgrids`) or is a pipeline has a single operation.

use super::{
    error::CrsError,
    grid_files,
    look::CHINA,
    options::{ConversionOptions, Datum},
    system::System,
};
use crate::spatial::Bbox;
use proj::{Area, Proj};

/// The system that PROJ converts to.
const TARGET: &str = "EPSG:4326";
/// A geographic system of a datum that PROJ can know nothing about, so that no shift is made on the way to it.
const UNKNOWN_DATUM: &str = "+proj=longlat +ellps=GRS80 +no_defs +type=crs";
/// Points of the area that are asked for, along each side.
const LATTICE: u32 = 9;
/// An area is widened by this on every side, degrees; PROJ takes an area without extent for none.
const MARGIN_DEG: f64 = 0.01;

/// PROJ's transformation from one system to degrees of the plate, longitude first.
pub(super) struct Projection {
    /// PROJ's object, which belongs to the thread that made it.
    proj: Proj,
    /// What it does, in words.
    operation: String,
    /// The number of the zone before its eastings.
    zone: Option<u32>,
}

impl Projection {
    /// Asks PROJ for the conversion from a system as the user names it.
    ///
    /// # Errors
    /// [`CrsError`] if PROJ refuses the definition, the system is not two-dimensional, no shift is known
    /// for its datum, or a grid file is missing.
    pub(super) fn new(named: &str, options: &ConversionOptions) -> Result<Self, CrsError> {
        let definition = grid_files::placed(named, &options.folder)?;
        if is_pipeline(named) {
            let proj = Proj::new(&definition).map_err(refused(named))?;
            return Ok(Self { proj, operation: "the pipeline as given".to_owned(), zone: None });
        }
        let system = System::new(named, &definition)?;
        let (proj, operation) = match options.datum {
            Some(Datum::AsIs) => as_is(&system)?,
            None => shifted(&system, options.area)?,
        };
        Ok(Self { proj, operation, zone: system.zone })
    }

    /// Longitude and latitude in degrees of a point in the unit of the system; `None` where the operation
    /// is not defined.
    pub(super) fn convert(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        self.proj.convert((x, y)).ok().filter(|(lng, lat): &(f64, f64)| lng.is_finite() && lat.is_finite())
    }

    /// What PROJ does on the way, in words.
    pub(super) fn operation(&self) -> &str {
        &self.operation
    }

    /// The number of the zone before the eastings, if there is one.
    pub(super) fn zone(&self) -> Option<u32> {
        self.zone
    }
}

/// Whether the operation depends on where the points are. A definition that cannot be used does not.
pub(super) fn depends_on_area(named: &str) -> bool {
    let brings_its_own = is_pipeline(named) || ["towgs84=", "nadgrids="].iter().any(|key| named.contains(key));
    !brings_its_own && System::new(named, named).is_ok_and(|system| !system.has_plate_datum())
}

/// Whether a definition is a pipeline, which says itself what is done.
fn is_pipeline(definition: &str) -> bool {
    definition.contains("proj=pipeline")
}

/// The error for what PROJ does not accept, in PROJ's words.
fn refused<E: std::fmt::Display>(named: &str) -> impl Fn(E) -> CrsError {
    move |e| CrsError::Refused { crs: named.to_owned(), reason: e.to_string() }
}

/// The conversion to longitude and latitude without any shift.
fn as_is(system: &System) -> Result<(Proj, String), CrsError> {
    let proj = Proj::new_known_crs(&system.unshifted, UNKNOWN_DATUM, None).map_err(refused(&system.named))?;
    Ok((proj, format!("no shift of {}: as it is, by the choice of the spec or command", system.name)))
}

/// The operation that most points of an area are converted by.
fn shifted(system: &System, area: Option<Bbox>) -> Result<(Proj, String), CrsError> {
    let area = widened(area.unwrap_or_else(|| usual_area(system)));
    let (proj, mut candidates) = candidates(system, area)?;
    let unshifted = candidates.iter().all(Candidate::is_ballpark);
    if unshifted && !candidates.is_empty() && !system.has_plate_datum() {
        let (crs, name) = (system.named.clone(), system.name.clone());
        return Err(CrsError::NoShift { crs, name, area: in_words(area) });
    }
    candidates.retain(|candidate| unshifted || !candidate.is_ballpark());
    // The first of the most frequent ones: PROJ's own order decides between equals.
    let Some(chosen) = candidates.iter().rev().max_by_key(|candidate| candidate.points) else {
        let reason = format!("it has no point in the area {}", in_words(area));
        return Err(CrsError::Refused { crs: system.named.clone(), reason });
    };
    let words = chosen.in_words(system, area);
    match Proj::new(&chosen.definition) {
        Ok(one) => Ok((one, words)),
        // Paths with blanks do not survive in a definition; then there is only one operation anyway.
        Err(_) if candidates.len() == 1 => Ok((proj, words)),
        Err(e) => Err(refused(&system.named)(e)),
    }
}

/// An operation that PROJ uses somewhere in the area.
struct Candidate {
    /// What PROJ calls it: its steps, joined by ` + `.
    description: String,
    /// The definition by which it can be made again.
    definition: String,
    /// Metres; negative if it is not known.
    accuracy_m: f64,
    /// Points of the lattice that it is used for.
    points: u32,
}

impl Candidate {
    /// Whether PROJ knows nothing and takes one datum for the other.
    fn is_ballpark(&self) -> bool {
        self.description.contains("Ballpark")
    }

    /// What it does, how good it is, and for which area it was chosen.
    fn in_words(&self, system: &System, area: Bbox) -> String {
        let steps = self.description.split(" + ").filter(|step| !step.contains("axis order change"));
        let steps: Vec<_> = steps.map(|step| if step.starts_with("Ballpark") { "no shift" } else { step }).collect();
        let steps = if steps.is_empty() { "no shift".to_owned() } else { steps.join(", ") };
        if system.has_plate_datum() && !system.is_bound() {
            return steps;
        }
        let accuracy = match self.accuracy_m {
            metres if metres >= 0.0 => format!("{metres} m"),
            _ => "not stated".to_owned(),
        };
        let place = if system.is_bound() { String::new() } else { format!(", chosen for {}", in_words(area)) };
        format!("{steps}; accuracy {accuracy}{place}")
    }
}

/// The operations that PROJ uses in the area, in the order of their first use from the middle on, and the object that
/// chooses among them.
fn candidates(system: &System, area: Bbox) -> Result<(Proj, Vec<Candidate>), CrsError> {
    let refused = refused(&system.named);
    let Bbox([west, south, east, north]) = area;
    let within = Some(Area { west, south, east, north });
    let forth = Proj::new_known_crs(&system.definition, TARGET, within).map_err(&refused)?;
    let back = Proj::new_known_crs(TARGET, &system.definition, within).map_err(&refused)?;
    let mut found: Vec<Candidate> = Vec::new();
    for point in lattice(area) {
        let Ok((x, y)) = back.convert(point) else { continue };
        if !forth.convert((x, y)).is_ok_and(|(lng, lat): (f64, f64)| lng.is_finite() && lat.is_finite()) {
            continue;
        }
        let info = forth.proj_info();
        let (description, definition) = (info.description.unwrap_or_default(), info.definition.unwrap_or_default());
        match found.iter_mut().find(|c| c.definition == definition && c.description == description) {
            Some(candidate) => candidate.points += 1,
            None => found.push(Candidate { description, definition, accuracy_m: info.accuracy, points: 1 }),
        }
    }
    Ok((forth, found))
}

/// The points that are asked for, row by row.
fn lattice(Bbox([west, south, east, north]): Bbox) -> impl Iterator<Item = (f64, f64)> {
    let at = |low: f64, high: f64, step: u32| low + (high - low) * (f64::from(step) + 0.5) / f64::from(LATTICE);
    (0..LATTICE * LATTICE).map(move |i| (at(west, east, i % LATTICE), at(south, north, i / LATTICE)))
}

/// Where a system is used in China, or at all.
fn usual_area(system: &System) -> Bbox {
    let Some(area) = system.area_of_use else { return CHINA };
    area.intersection(CHINA).unwrap_or(area)
}

/// An area with a margin, within the globe.
fn widened(Bbox([west, south, east, north]): Bbox) -> Bbox {
    let lng = |value: f64| value.clamp(-180.0, 180.0);
    let lat = |value: f64| value.clamp(-90.0, 90.0);
    let (west, east) = (lng(west - MARGIN_DEG), lng(east + MARGIN_DEG));
    Bbox([west, lat(south - MARGIN_DEG), east, lat(north + MARGIN_DEG)])
}

/// An area as west, south to east, north, in hundredths of a degree.
fn in_words(Bbox([west, south, east, north]): Bbox) -> String {
    format!("{west:.2}, {south:.2} to {east:.2}, {north:.2}")
}
