//! Whether points are in the coordinate system that they are said to be in.
//!
//! Every sampled row is asked twice: does it fit as declared, and does it fit in another system? Only rows on which the
//! two differ count. If the declaration is right, hardly any row fits in the other system alone; if it is wrong, hardly
//! any fits as declared alone, however many fit both ways because grids are large. Rows that are close together are no
//! independent witnesses, so places vote, not rows, and the vote must be one that chance gives once in a million.

use super::{bd09, convert::ToPlate, gcj02, look, name::Crs};
use crate::{
    quality::{Evidence, Form, REFERENCE_GCJ02, SWAPPED},
    spatial::LngLat,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Fewer rows say nothing about an offset of a few hundred metres.
const ROWS_MIN: usize = 20;
/// A vote that chance gives more often is none.
const CHANCE_MAX: f64 = 1e-6;
/// Places along each side of the box of all rows.
///
/// A place is one square of a raster over the box of all rows; it has one vote, whatever the number of rows
/// in it.
const PLACES: f64 = 64.0;
/// This share of the rows at either end does not stretch the box of places.
const FAR_OUT: f64 = 0.01;
/// The share of the misfits that another system must explain.
const EXPLAINED_MIN: f64 = 0.5;
/// One row in so many must fit in an alternative that moves points far.
const FAR_SHARE: usize = 5;
/// The share of rows that must fit in another system if none fits as declared.
const NEARLY_ALL: f64 = 0.9;

/// One row of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleRow {
    /// Its coordinates as they stand in the file: one point, or some corners of an area.
    pub points: Vec<(f64, f64)>,
    /// The number of the building that the row names, if it names one; handed on to the question whether the row fits.
    pub building: Option<u32>,
}

/// Rows of a source, evenly spread over it.
#[derive(Debug)]
pub struct Sample {
    /// The rows that are kept.
    rows: Vec<SampleRow>,
    /// How many are kept at most; then every second one is dropped.
    rows_max: usize,
    /// How many rows were offered.
    seen: u64,
    /// Of so many offered rows one is taken.
    every: u64,
}

/// What a source looks like instead of what it is said to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// Whether the axes are swapped; otherwise it is another system.
    pub axes: bool,
    /// Whether it is not the source that looks so, but what its points are compared with.
    pub reference: bool,
    /// The counts, and in what the rows fit.
    pub evidence: Evidence,
}

/// Another way to read the coordinates of a source.
struct Alternative<'a> {
    /// As in "fits only …".
    name: String,
    /// Whether it swaps the axes.
    axes: bool,
    /// Whether it is about what the points are compared with.
    reference: bool,
    /// Whether it moves points so far that none fits by chance.
    far: bool,
    /// The point in degrees of the plate that a pair of coordinates stands for; `None` if there is none.
    convert: Box<dyn Fn(f64, f64) -> Option<LngLat> + 'a>,
}

/// How the rows of a sample fit as declared and in an alternative.
struct Pairs {
    /// How many rows were compared.
    rows: usize,
    /// Rows that fit as declared.
    declared: usize,
    /// Rows that fit as declared and not in the alternative.
    only_declared: usize,
    /// Rows that fit in the alternative and not as declared.
    only_other: usize,
    /// How many places have more rows that fit only as declared, and how many have more that fit only in
    /// the alternative.
    places: [u32; 2],
}

impl Sample {
    /// An empty sample that keeps at most so many rows.
    pub fn new(rows_max: usize) -> Self {
        Self { rows: Vec::new(), rows_max: rows_max.max(2), seen: 0, every: 1 }
    }

    /// Offers the next row; it is made only if it is taken. When the sample is full every second row is dropped.
    pub fn offer(&mut self, row: impl FnOnce() -> SampleRow) {
        self.seen += 1;
        if !self.seen.is_multiple_of(self.every) {
            return;
        }
        self.rows.push(row());
        if self.rows.len() == self.rows_max {
            let mut keep = false;
            self.rows.retain(|_| {
                keep = !keep;
                !keep
            });
            self.every *= 2;
        }
    }

    /// Every point in degrees of the plate, of the rows that can be converted; the order is that of the
    /// rows.
    pub fn points<'a>(&'a self, to_plate: &'a ToPlate) -> impl Iterator<Item = LngLat> + 'a {
        self.rows.iter().flat_map(|row| &row.points).filter_map(|(x, y)| to_plate.convert(*x, *y).ok())
    }

    /// Compares how the rows fit as declared and in every alternative, and says which alternative is better
    /// beyond chance; `None` if none is.
    ///
    /// `fits` says whether a row fits, given its points in degrees and its building. `middle` is about
    /// where the plate is, and gives the systems that are tried; `declared` is only for words. Alternatives
    /// that move points far are tried only if less than half of the rows fit as declared.
    pub fn judge(
        &self,
        declared: &str,
        to_plate: &ToPlate,
        middle: Option<LngLat>,
        fits: impl Fn(&[LngLat], Option<u32>) -> bool + Sync,
    ) -> Option<Suspicion> {
        let as_declared = self.fit(&|x, y| to_plate.convert(x, y).ok(), &fits);
        let places = self.places();
        let pairs =
            |alternative: &Alternative<'_>| Pairs::new(&as_declared, &self.fit(&*alternative.convert, &fits), &places);
        let fitting = as_declared.iter().filter(|fits| **fits).count();
        let mut alternatives = near_alternatives(to_plate);
        if fitting * 2 < self.rows.len() {
            // Numbers as small as degrees are no metres; making PROJ's converters to find that out takes half a second.
            alternatives.extend(far_alternatives(to_plate, middle.filter(|_| !self.is_in_degrees())));
        }
        let judged = alternatives.iter().map(|alternative| (alternative, pairs(alternative)));
        let suspect = judged.filter(|(alternative, pairs)| pairs.are_suspicious(alternative.far));
        let (alternative, pairs) = suspect.rev().max_by_key(|(_, pairs)| pairs.fitting_otherwise())?;
        let evidence = Evidence::new(
            Form::FitsElse,
            [
                pairs.rows.into(),
                pairs.only_other.into(),
                alternative.name.as_str().into(),
                pairs.only_declared.into(),
                declared.into(),
            ],
        );
        Some(Suspicion { axes: alternative.axes, reference: alternative.reference, evidence })
    }

    /// As [`Sample::judge`] where there is nothing to compare with: alternatives that move points into China from elsewhere.
    pub fn judge_plain(&self, declared: &str, to_plate: &ToPlate) -> Option<Suspicion> {
        self.judge(declared, to_plate, None, |points, _| points.iter().all(|point| look::on_the_mainland(*point)))
    }

    /// Whether most rows hold nothing but numbers that can be degrees.
    fn is_in_degrees(&self) -> bool {
        let small = |row: &&SampleRow| row.points.iter().all(|(x, y)| x.abs() <= 360.0 && y.abs() <= 360.0);
        2 * self.rows.iter().filter(small).count() > self.rows.len()
    }

    /// For each row whether it fits if its coordinates are converted so; not if one of its points cannot be
    /// converted.
    fn fit(
        &self,
        convert: &dyn Fn(f64, f64) -> Option<LngLat>,
        fits: &(impl Fn(&[LngLat], Option<u32>) -> bool + Sync),
    ) -> Vec<bool> {
        // PROJ belongs to this thread; the comparison with the plate does not.
        let converted = self.rows.iter().map(|row| row.points.iter().map(|(x, y)| convert(*x, *y)).collect());
        let converted: Vec<(Option<Vec<LngLat>>, _)> =
            converted.zip(self.rows.iter().map(|row| row.building)).collect();
        converted
            .into_par_iter()
            .map(|(points, building)| points.is_some_and(|points| !points.is_empty() && fits(&points, building)))
            .collect()
    }

    /// The place of each row, going by its first point.
    fn places(&self) -> Vec<[i64; 2]> {
        let first: Vec<(f64, f64)> = self.rows.iter().filter_map(|row| row.points.first().copied()).collect();
        let [x, y] = [Side::of(first.iter().map(|p| p.0)), Side::of(first.iter().map(|p| p.1))];
        let place = |row: &SampleRow| row.points.first().map_or([0, 0], |p| [x.place(p.0), y.place(p.1)]);
        self.rows.iter().map(place).collect()
    }
}

/// One side of the box of all rows.
struct Side {
    /// Where it begins.
    low: f64,
    /// How long it is, in the unit of the source.
    length: f64,
}

impl Side {
    /// The range of some values without the hundredth at either end.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let cut = (values.len() as f64 * FAR_OUT) as usize;
        let inner = values.get(cut..values.len() - cut).unwrap_or_default();
        let (low, high) = (inner.first().copied().unwrap_or(0.0), inner.last().copied().unwrap_or(0.0));
        Self { low, length: high - low }
    }

    /// The number of the place along this side, which may be beyond either end.
    fn place(&self, value: f64) -> i64 {
        if self.length > 0.0 { ((value - self.low) / self.length * PLACES).floor() as i64 } else { 0 }
    }
}

impl Pairs {
    /// Compares, row by row, which fit as declared and which otherwise.
    fn new(declared: &[bool], other: &[bool], places: &[[i64; 2]]) -> Self {
        let mut votes: BTreeMap<[i64; 2], i64> = BTreeMap::new();
        let [mut only_declared, mut only_other] = [0, 0];
        for ((declared, other), place) in declared.iter().zip(other).zip(places) {
            only_declared += usize::from(*declared && !other);
            only_other += usize::from(*other && !declared);
            *votes.entry(*place).or_default() += i64::from(*other) - i64::from(*declared);
        }
        let count = |sign: i64| votes.values().filter(|vote| vote.signum() == sign).count() as u32;
        Self {
            rows: declared.len(),
            declared: declared.iter().filter(|fits| **fits).count(),
            only_declared,
            only_other,
            places: [count(-1), count(1)],
        }
    }

    /// How many rows fit in the alternative.
    fn fitting_otherwise(&self) -> usize {
        self.declared - self.only_declared + self.only_other
    }

    /// Whether the alternative is the better one. One that moves points `far` needs no statistics, since
    /// nothing fits there by chance: it must explain a fifth of the rows, and ten times as many as the
    /// declaration does.
    fn are_suspicious(&self, far: bool) -> bool {
        if far {
            return self.only_other > 0
                && self.only_other >= 10 * self.declared
                && FAR_SHARE * self.only_other >= self.rows;
        }
        let misfits = self.rows - self.declared;
        let all_at_once = self.declared == 0 && self.only_other as f64 >= NEARLY_ALL * self.rows as f64;
        let [for_declared, for_other] = self.places;
        let voted = chance(for_other, for_declared) < CHANCE_MAX;
        let explained = self.only_other as f64 >= EXPLAINED_MIN * misfits as f64;
        self.rows >= ROWS_MIN && (all_at_once || voted && explained)
    }
}

/// How probable it is that a fair coin falls so often, or more often, on the side of `wins`.
fn chance(wins: u32, losses: u32) -> f64 {
    let throws = wins + losses;
    // Terms from the greatest deviation inwards, each from the one before: C(n, k+1) = C(n, k) · (n − k) / (k + 1).
    let (mut term, mut sum) = (-f64::from(throws) * std::f64::consts::LN_2, 0.0);
    for k in 0..=losses {
        sum += f64::exp(term);
        term += (f64::from(throws - k) / f64::from(k + 1)).ln();
    }
    sum
}

/// Alternatives that are some hundred metres off.
fn near_alternatives(to_plate: &ToPlate) -> Vec<Alternative<'_>> {
    let plain = |(lng, lat)| LngLat { lng, lat };
    let from_gcj02 = move |p: LngLat| gcj02::to_wgs84(p.lng, p.lat).map(plain);
    let from_bd09 = move |p: LngLat| from_gcj02(plain(bd09::to_gcj02(p.lng, p.lat)?));
    let written = move |x, y| Some(LngLat { lng: x, lat: y });
    let declared = move |x, y| to_plate.convert(x, y).ok();
    let near = |name: &str, convert| Alternative {
        name: format!("as {name}"),
        axes: false,
        reference: false,
        far: false,
        convert,
    };
    let of_reference = Alternative {
        name: REFERENCE_GCJ02.to_owned(),
        axes: false,
        reference: true,
        far: false,
        convert: Box::new(move |x, y| declared(x, y).map(|p| plain(gcj02::from_wgs84(p.lng, p.lat)))),
    };
    match to_plate.crs {
        Crs::Gcj02 => {
            vec![near("EPSG:4490", Box::new(written)), near("bd09", Box::new(move |x, y| from_bd09(written(x, y)?)))]
        }
        Crs::Bd09 => {
            vec![near("EPSG:4490", Box::new(written)), near("gcj02", Box::new(move |x, y| from_gcj02(written(x, y)?)))]
        }
        _ => vec![
            near("gcj02", Box::new(move |x, y| from_gcj02(declared(x, y)?))),
            near("bd09", Box::new(move |x, y| from_bd09(declared(x, y)?))),
            of_reference,
        ],
    }
}

/// Alternatives that are far away: swapped axes, degrees for metres and metres for degrees, other zones.
fn far_alternatives(to_plate: &ToPlate, middle: Option<LngLat>) -> Vec<Alternative<'_>> {
    let far = |name: String, convert| Alternative {
        name: format!("as {name}"),
        axes: false,
        reference: false,
        far: true,
        convert,
    };
    let mut alternatives = vec![Alternative {
        name: SWAPPED.to_owned(),
        axes: true,
        reference: false,
        far: true,
        convert: Box::new(move |x, y| to_plate.convert(y, x).ok()),
    }];
    if !to_plate.crs.is_degrees() {
        alternatives
            .push(far("EPSG:4490".to_owned(), Box::new(|x, y| Crs::Geographic.to_plate().ok()?.convert(x, y).ok())));
    }
    if matches!(&to_plate.crs, Crs::Proj(definition) if definition.contains("proj=pipeline")) {
        let name =
            "degrees made of radians: end the pipeline with +step +proj=unitconvert +xy_in=rad +xy_out=deg".to_owned();
        let degrees =
            move |x, y| to_plate.convert(x, y).ok().map(|p| LngLat::new(p.lng.to_degrees(), p.lat.to_degrees()));
        alternatives.push(far(name, Box::new(degrees)));
    }
    if let Some(zone) = to_plate.zone() {
        let add = f64::from(zone) * look::ZONE_M;
        let name = format!("eastings without the zone number {zone}");
        alternatives.push(far(name, Box::new(move |x, y| to_plate.convert(x + add, y).ok())));
    }
    for name in middle.map(look::systems_at).unwrap_or_default() {
        let other = name.parse::<Crs>().and_then(|crs| crs.to_plate());
        let Ok(other) = other else { continue };
        alternatives.push(far(name, Box::new(move |x, y| other.convert(x, y).ok())));
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_that_of_the_binomial_distribution() {
        let known =
            [(0, 0, 1.0), (1, 0, 0.5), (3, 1, 5.0 / 16.0), (20, 0, 0.5f64.powi(20)), (264, 0, 0.5f64.powi(264))];
        for (wins, losses, expected) in known {
            assert!((chance(wins, losses) / expected - 1.0).abs() < 1e-9, "{wins}, {losses}");
        }
    }

    /// Sides of the squares of a made-up city, degrees; about 3 km.
    const SQUARE_DEG: f64 = 0.03;

    /// Numbers from 0 to 1 that look random.
    fn numbers(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// Buildings of 20 m in a city of 5 by 5 squares, this far from every border, as `write` writes them.
    fn city(seed: u64, buildings: usize, apart: f64, write: impl Fn(f64, f64) -> (f64, f64)) -> Sample {
        let (mut number, mut sample) = (numbers(seed), Sample::new(16_384));
        for _ in 0..buildings {
            let mut side = || SQUARE_DEG * ((5.0 * number()).floor() + apart + (1.0 - 2.0 * apart) * number());
            let (x, y) = (114.0 + side(), 22.5 + side());
            let corners = [(x, y), (x + 2e-4, y), (x + 2e-4, y + 2e-4), (x, y + 2e-4)];
            let points = corners.into_iter().map(|(x, y)| write(x, y)).collect();
            sample.offer(|| SampleRow { points, building: None });
        }
        sample
    }

    fn in_one_square(points: &[LngLat], _: Option<u32>) -> bool {
        let square = |p: &LngLat| {
            let [x, y] = [(p.lng - 114.0) / SQUARE_DEG, (p.lat - 22.5) / SQUARE_DEG].map(|side| side.floor() as i64);
            ((0..5).contains(&x) && (0..5).contains(&y)).then_some((x, y))
        };
        square(&points[0]).is_some_and(|first| points.iter().all(|p| square(p) == Some(first)))
    }

    fn judged(sample: &Sample, declared: &str) -> Option<Suspicion> {
        let to_plate = declared.parse::<Crs>().and_then(|crs| crs.to_plate()).expect("computed here");
        let middle = Some(LngLat { lng: 114.07, lat: 22.57 });
        sample.judge(declared, &to_plate, middle, in_one_square)
    }

    #[test]
    fn an_offset_is_found_however_large_the_grids_are() {
        let plain = |x, y| (x, y);
        let as_bd09 = |x, y| {
            let (x, y) = gcj02::from_wgs84(x, y);
            bd09::from_gcj02(x, y)
        };
        for seed in 0..5 {
            for (declared, sample, words) in [
                ("EPSG:4326", city(seed, 4_000, 0.02, gcj02::from_wgs84), "fit only as gcj02"),
                ("EPSG:4326", city(seed, 4_000, 0.02, as_bd09), "fit only as bd09"),
                ("gcj02", city(seed, 4_000, 0.02, plain), "fit only as EPSG:4490"),
                ("gcj02", city(seed, 4_000, 0.02, as_bd09), "fit only as bd09"),
            ] {
                let found = judged(&sample, declared).expect("found");
                assert!(said(&found).contains(words) && !found.axes, "{declared}: {}", said(&found));
            }
        }
    }

    fn said(found: &Suspicion) -> String {
        found.evidence.to_string()
    }

    #[test]
    fn a_right_declaration_is_never_doubted() {
        // Some keep away from borders, some do not.
        for (seed, apart) in (0..100).flat_map(|seed| [(seed, 0.0), (seed, 0.02)]) {
            let found = judged(&city(seed, 1_000, apart, |x, y| (x, y)), "EPSG:4326");
            assert_eq!(found, None, "seed {seed}");
        }
    }

    #[test]
    fn a_strip_beside_the_city_casts_no_doubt() {
        // A file that reaches far beyond the city in the east: undoing GCJ-02 moves some of it in and nothing out.
        for seed in 0..20 {
            let mut number = numbers(seed);
            let mut sample = city(seed, 500, 0.25, |x, y| (x, y));
            for _ in 0..1_000 {
                let (x, y) = (114.15 + 0.06 * number(), 22.51 + 0.13 * number());
                sample.offer(|| SampleRow { points: vec![(x, y)], building: None });
            }
            assert_eq!(judged(&sample, "EPSG:4326"), None, "seed {seed}");
        }
    }

    #[test]
    fn swapped_axes_are_told_by_a_single_row() {
        let found = judged(&city(1, 1, 0.1, |x, y| (y, x)), "EPSG:4326").expect("found");
        assert!(found.axes && said(&found).contains("axes swapped"), "{}", said(&found));
        let nowhere = city(1, 50, 0.1, |x, y| (x + 5.0, y + 5.0));
        assert_eq!(judged(&nowhere, "EPSG:4326"), None);
        assert_eq!(judged(&Sample::new(16), "EPSG:4326"), None);
    }

    #[test]
    fn a_sample_is_spread_over_all_rows() {
        let mut sample = Sample::new(64);
        for i in 0..10_000 {
            sample.offer(|| SampleRow { points: vec![(f64::from(i), 0.0)], building: None });
        }
        assert!((32..64).contains(&sample.rows.len()));
        let gaps = sample.rows.windows(2).map(|w| w[1].points[0].0 - w[0].points[0].0);
        assert!(gaps.clone().all(|gap| gap == 256.0), "{:?}", gaps.collect::<Vec<_>>());
    }
}
