use super::{
    notes::notice_newer,
    outcome::Outcome,
    rows::{Input, Written, fault, open_output},
    suspect::{Suspect, extent, sample},
    table::{Out, Table},
};
use baseplate_core::{
    Baseplate, ConversionOptions, Coverage, Crs, CsvRecord, Datum, GridKind, Level, LngLat, Sample, SampleRow, ToPlate,
    decimal_point, parse_coordinate, parse_point,
};
use phrasebook::say;
use std::{error::Error, io::Write, path::PathBuf};

/// Find the grid of every point of a CSV file
///
/// The input's columns are kept; grid_code, community_code, subdistrict_code, district_code, city_code and error are
/// added. A point outside has no codes and no error.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// CSV with a header, in any encoding and with any separator, also .gz; - is standard input
    points: PathBuf,
    /// Column of the longitude or easting, or of both, if --lat names the same one
    #[arg(long, default_value = "lng")]
    lng: String,
    /// Column of the latitude or northing
    #[arg(long, default_value = "lat")]
    lat: String,
    /// Coordinate system of the points: EPSG code, PROJ string or pipeline, gcj02 or bd09
    #[arg(long, default_value = "EPSG:4490")]
    crs: Crs,
    /// as-is: make no shift between the system's datum and CGCS2000
    #[arg(long)]
    datum: Option<Datum>,
    /// The coverage to look in
    #[arg(long, default_value = "basic")]
    kind: GridKind,
    #[command(flatten)]
    written: Written,
    #[command(flatten)]
    out: Out,
}

/// Rows that are looked up together.
const BATCH: usize = 65_536;

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let kinds = || plate.coverages().map(|c| c.kind().to_string()).collect::<Vec<_>>().join(", ");
    let coverage = plate
        .coverage(&args.kind)
        .ok_or_else(|| format!("the plate has no kind '{}'; it has: {}", args.kind, kinds()))?;
    let to_plate = args.to_plate(coverage)?;
    let mut input = Input::open(&args.points, &args.written, &[&args.lng, &args.lat])?;
    let (width, decimal_comma) = (input.header().len(), input.delimiter() != ',');
    let columns = Columns { lng: input.column(&args.lng)?, lat: input.column(&args.lat)?, width, decimal_comma };
    let mut writer = Table::begin(open_output(&args.out.out, input.path())?, args.out.bom)?;
    let added = Level::ALL.iter().map(|level| format!("{level}_code")).chain(["error".to_owned()]);
    writer.row(input.header().iter().cloned().chain(added))?;
    let mut sample = sample();
    let counts = copy(&mut input, &columns, coverage, &to_plate, &mut sample, &mut writer)?;
    writer.flush()?;
    notice_newer(&plate);
    say!(
        "{} rows: {} inside, {} outside, {} with an error",
        counts.rows,
        counts.inside,
        counts.rows - counts.inside - counts.errors,
        counts.errors
    );
    let declared = args.crs.to_string();
    Suspect { plate: &plate, coverage, declared: &declared, to_plate: &to_plate }.report(&sample);
    Ok(())
}

impl Args {
    /// The converter of the points; what PROJ does about the datum is said.
    fn to_plate(&self, coverage: Coverage<'_>) -> Result<ToPlate, Box<dyn Error>> {
        let options = ConversionOptions { area: extent(coverage), datum: self.datum, ..ConversionOptions::default() };
        let to_plate = self.crs.to_plate_with(&options)?;
        to_plate.operation().into_iter().for_each(|operation| say!("{}: {operation}", self.crs));
        Ok(to_plate)
    }
}

#[derive(Default)]
struct Counts {
    rows: u64,
    inside: u64,
    errors: u64,
}

struct Columns {
    lng: usize,
    lat: usize,
    width: usize,
    /// Whether numbers may have a comma where others have a point.
    decimal_comma: bool,
}

impl Columns {
    /// The coordinates of a row as they stand there, or why there are none. What a bad row has beyond the header's columns is
    /// quoted, so as not to be lost.
    fn written(&self, record: &CsvRecord) -> Result<(f64, f64), String> {
        if let Some(fault) = fault(record, self.width) {
            let beyond = record.cells.get(self.width..).unwrap_or_default().join(",");
            let beyond = if beyond.is_empty() { beyond } else { format!("; left over: {beyond}") };
            return Err(fault + &beyond);
        }
        let cell = |at: usize| record.cells[at].trim();
        let number = |at: usize| {
            let text = if self.decimal_comma { decimal_point(cell(at)) } else { cell(at).into() };
            let reason = || format!("'{}' is neither a number nor degrees, minutes and seconds", cell(at));
            parse_coordinate(&text).ok_or_else(reason)
        };
        if self.lng == self.lat {
            let reason = || format!("'{}' is not a point: two coordinates are needed", cell(self.lng));
            return parse_point(cell(self.lng)).ok_or_else(reason);
        }
        Ok((number(self.lng)?, number(self.lat)?))
    }

    /// The point of a row, or why there is none.
    fn point(&self, record: &CsvRecord, to_plate: &ToPlate, sample: &mut Sample) -> Result<LngLat, String> {
        let (x, y) = self.written(record)?;
        sample.offer(|| SampleRow { points: vec![(x, y)], building: None });
        to_plate.convert(x, y).map_err(|e| e.to_string())
    }
}

/// Reads, looks up and writes batch by batch; the order of the rows is kept.
fn copy(
    input: &mut Input,
    columns: &Columns,
    coverage: Coverage<'_>,
    to_plate: &ToPlate,
    sample: &mut Sample,
    writer: &mut Table<impl Write>,
) -> Result<Counts, Box<dyn Error>> {
    let mut counts = Counts::default();
    loop {
        let batch = input.batch(BATCH)?;
        if batch.is_empty() {
            return Ok(counts);
        }
        let points: Vec<_> = batch.iter().map(|record| columns.point(record, to_plate, sample)).collect();
        let nowhere = LngLat::new(f64::NAN, f64::NAN);
        let asked: Vec<_> = points.iter().map(|p| p.as_ref().copied().unwrap_or(nowhere)).collect();
        for ((record, point), grid) in batch.iter().zip(points).zip(coverage.locate_many(&asked)) {
            counts.rows += 1;
            counts.inside += u64::from(grid.is_some());
            counts.errors += u64::from(point.is_err());
            let chain: Vec<_> = grid.into_iter().flat_map(|g| g.chain()).collect();
            let code = |level: Level| chain.iter().find(|g| g.level() == Some(level)).map_or("", |g| g.code());
            let cells = (0..columns.width).map(|at| record.cells.get(at).map_or("", String::as_str));
            let error = point.err().unwrap_or_default();
            writer.row(cells.chain(Level::ALL.map(code)).chain([error.as_str()]))?;
        }
    }
}
