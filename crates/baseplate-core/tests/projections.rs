//! Systems that go through PROJ.
#![cfg(feature = "proj")]

use baseplate_core::{Crs, CrsError};

fn to_plate(crs: &str, x: f64, y: f64) -> Result<(f64, f64), CrsError> {
    let point = crs.parse::<Crs>()?.to_plate()?.convert(x, y)?;
    Ok((point.lng, point.lat))
}

#[test]
fn easting_comes_first_whatever_the_official_order() {
    let truth = [
        (114.0, 22.5, 500_000.000, 2_489_167.311),
        (113.8831, 22.5550, 487_976.183, 2_495_262.576),
        (114.62, 22.86, 563_630.209, 2_529_167.301),
    ];
    for (lng, lat, easting, northing) in truth {
        for (crs, false_easting) in [("EPSG:4547", 0.0), ("EPSG:4526", 38_000_000.0)] {
            let (x, y) = to_plate(crs, easting + false_easting, northing).expect("inside the zone");
            // The truth is rounded to a millimetre, 1e-8°.
            assert!((x - lng).abs() < 2e-8 && (y - lat).abs() < 2e-8, "{crs}: {x}, {y} is not {lng}, {lat}");
        }
    }
}

#[test]
fn a_city_can_bring_its_own_system() {
    let own = "+proj=pipeline +step +proj=axisswap +order=1,2 +step +inv +proj=tmerc +lat_0=0 +lon_0=114 +k=1 \
               +x_0=500000 +y_0=0 +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg";
    let (lng, lat) = to_plate(own, 500_000.0, 2_489_167.311).expect("a pipeline");
    assert!((lng - 114.0).abs() < 1e-9 && (lat - 22.5).abs() < 2e-8);
    let string = "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m";
    let (lng, lat) = to_plate(string, 500_000.0, 2_489_167.311).expect("a PROJ string");
    assert!((lng - 114.0).abs() < 1e-9 && (lat - 22.5).abs() < 2e-8);
}

#[test]
fn what_proj_refuses_is_an_error() {
    assert!(matches!(to_plate("EPSG:999999", 1.0, 1.0), Err(CrsError::Refused { .. })));
    assert!(matches!(to_plate("EPSG:4547", f64::NAN, 1.0), Err(CrsError::OutOfDomain { .. })));
    assert!(matches!(to_plate("EPSG:4547", 1e30, 1e30), Err(CrsError::OutOfDomain { .. })));
}
