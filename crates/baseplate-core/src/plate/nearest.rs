//! The building and the address nearest to a point.

use super::{
    handle::Baseplate,
    rows::{Address, Building},
};
use crate::{
    schema::tables::Buildings,
    spatial::{LngLat, Plane, footprint},
    store::lookup::{Best, NearFirst},
};
use rayon::prelude::*;
use std::ops::Range;

/// Bulk look-ups are handed to threads in pieces of at least this many points.
const CHUNK: usize = 256;
/// Squaring a distance and taking the root again may lose its last bits; the limit of a search is raised by more.
const ROUNDING: f64 = 1.0 + 1e-12;

impl Baseplate {
    /// The building whose footprint is nearest to a point and at most `within_m` metres away, and the distance: zero inside the
    /// footprint and on its border. A building that was demolished is found only if none that stands is near enough. Of equally
    /// near ones the first in the order of the plate. `None` if there is none, or if point or distance are no place and no
    /// length: not finite, beyond a pole, negative.
    ///
    /// # Units
    /// Metres in the plane that touches the ellipsoid at the asked point's latitude ([`Metric::at`](crate::Metric::at)): exact for
    /// that plane, which is good to 1 mm over 100 m and to 1 % over 50 km. Nothing is looked for across the 180th meridian.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::LngLat;
    ///
    /// let found = plate.nearest_building(LngLat::new(114.05, 22.552), 200.0);
    /// assert!(found.is_some_and(|(_, distance_m)| distance_m <= 200.0));
    /// assert!(plate.nearest_building(LngLat::new(0.0, 0.0), 200.0).is_none());
    /// ```
    pub fn nearest_building(&self, point: LngLat, within_m: f64) -> Option<(Building<'_>, f64)> {
        let (plane, limit2) = search(point, within_m)?;
        let table = &self.0.buildings;
        let mut gone = Best::within(limit2);
        let leaf = |rows: Range<u32>, best: &mut Best| nearest_footprint(table, &plane, rows, best, &mut gone);
        let standing = table.by_place.nearest(&plane, limit2, leaf);
        let (row, distance2) = standing.or_else(|| gone.found())?;
        let distance_m = distance2.sqrt();
        Some((self.building_row(row).filter(|_| distance_m <= within_m)?, distance_m))
    }

    /// [`Baseplate::nearest_building`] of many points, in their order, on all threads of the current rayon pool.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::LngLat;
    ///
    /// let found = plate.nearest_buildings(&[LngLat::new(114.05, 22.552), LngLat::new(0.0, 0.0)], 200.0);
    /// assert!(found[0].is_some() && found[1].is_none());
    /// ```
    pub fn nearest_buildings(&self, points: &[LngLat], within_m: f64) -> Vec<Option<(Building<'_>, f64)>> {
        points.par_iter().with_min_len(CHUNK).map(|p| self.nearest_building(*p, within_m)).collect()
    }

    /// The address whose point is nearest to a point and at most `within_m` metres away, and the distance; on the same terms as
    /// [`Baseplate::nearest_building`]. The addresses of a building often share one point: the first of them is found.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::LngLat;
    ///
    /// let (address, distance_m) = plate.nearest_address(LngLat::new(114.05, 22.552), 500.0).expect("near");
    /// println!("{} is {distance_m:.1} m away", address.code());
    /// ```
    pub fn nearest_address(&self, point: LngLat, within_m: f64) -> Option<(Address<'_>, f64)> {
        let (plane, limit2) = search(point, within_m)?;
        let table = &self.0.addresses;
        let leaf = |rows: Range<u32>, best: &mut Best| {
            let mut offer = |row, lng, lat| best.offer(plane.to_point(lng, lat), row);
            match (table.lng.run(rows.clone()), table.lat.run(rows.clone())) {
                (Some(lng), Some(lat)) => rows.zip(lng.iter().zip(lat)).for_each(|(row, (x, y))| offer(row, *x, *y)),
                // A batch in which some addresses have no point.
                _ => rows.for_each(|row| {
                    let point = table.lng.get(row).zip(table.lat.get(row));
                    point.into_iter().for_each(|(lng, lat)| offer(row, lng, lat));
                }),
            }
        };
        let (row, distance2) = table.by_place.nearest(&plane, limit2, leaf)?;
        let distance_m = distance2.sqrt();
        Some((self.address_row(row).filter(|_| distance_m <= within_m)?, distance_m))
    }
}

/// The plane around a point and the limit of a search in it, squared metres.
fn search(point: LngLat, within_m: f64) -> Option<(Plane, f64)> {
    let plane = Plane::around(point)?;
    (within_m >= 0.0 && within_m.is_finite()).then_some((plane, within_m * within_m * ROUNDING))
}

/// Offers the footprints of some rows, those with near boxes first: of buildings that stand to `best`, of others to `gone`.
/// Damaged ones are passed over.
fn nearest_footprint(table: &Buildings, plane: &Plane, rows: Range<u32>, best: &mut Best, gone: &mut Best) {
    let [Some(west), Some(south), Some(east), Some(north)] = table.bbox.each_ref().map(|side| side.run(rows.clone()))
    else {
        return;
    };
    let boxes = west.iter().zip(south).zip(east.iter().zip(north));
    let mut near = NearFirst::of(boxes.map(|((w, s), (e, n))| plane.to_box([*w, *s, *e, *n])));
    while let Some((bound2, at)) = near.take()
        && best.admits(bound2, rows.start + at as u32)
    {
        let row = rows.start + at as u32;
        let distance2 = table.geometry.get(row).and_then(|bytes| footprint::distance2(bytes, plane));
        let of_its_kind = if table.demolished.get(row) == Some(true) { &mut *gone } else { &mut *best };
        distance2.into_iter().for_each(|distance2| of_its_kind.offer(distance2, row));
    }
}
