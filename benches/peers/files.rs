//! The grids and points as files for peers in other languages; all numbers little-endian.

use crate::{judge::Judge, points::Asked};
use geo::MultiPolygon;
use std::{error::Error, fs, path::Path};
use wkb::writer::{WriteOptions, write_multi_polygon};

/// `grids.wkb`: one area after the other, in the order of the coverage; `grids.lengths`: their lengths in bytes, `u32`.
pub(crate) fn write_areas(folder: &Path, areas: &[MultiPolygon]) -> Result<(), Box<dyn Error>> {
    let (mut bytes, mut lengths) = (Vec::new(), Vec::new());
    for area in areas {
        let start = bytes.len();
        write_multi_polygon(&mut bytes, area, &WriteOptions::default())?;
        lengths.extend(u32::try_from(bytes.len() - start)?.to_le_bytes());
    }
    fs::write(folder.join("grids.wkb"), bytes)?;
    Ok(fs::write(folder.join("grids.lengths"), lengths)?)
}

/// `NAME.points`: longitude and latitude, `f64`; `NAME.owners`: the place of the owner in the coverage or -1, `i32`.
pub(crate) fn write_points(folder: &Path, asked: &Asked, judge: &Judge<'_>) -> Result<(), Box<dyn Error>> {
    let points: Vec<u8> = asked.points.iter().flat_map(|p| [p.lng, p.lat]).flat_map(f64::to_le_bytes).collect();
    fs::write(folder.join(asked.name).with_extension("points"), points)?;
    let owner = |id: &u32| judge.owners[*id as usize].map_or(-1, |place| place as i32);
    let owners: Vec<u8> = asked.ids.iter().map(owner).flat_map(i32::to_le_bytes).collect();
    Ok(fs::write(folder.join(asked.name).with_extension("owners"), owners)?)
}
