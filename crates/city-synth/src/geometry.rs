//! Points and quadrilaterals on the city's plane, and the plane's place on the Earth.

use std::ops::{Add, Mul, Sub};

/// Longitude of the plane's origin, degrees.
const ORIGIN_LNG: f64 = 114.05;
/// Latitude of the plane's origin, degrees.
const ORIGIN_LAT: f64 = 22.55;
/// Length of a degree of longitude at the origin, metres.
const METRES_PER_LNG: f64 = 102_848.0;
/// Length of a degree of latitude at the origin, metres.
const METRES_PER_LAT: f64 = 110_751.0;
/// Opposite margins may take at most this share of a quadrilateral.
const MAX_MARGIN: f64 = 0.9;

/// A point or a vector of the plane, metres east and north of the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// Metres east.
    pub(crate) x: f64,
    /// Metres north.
    pub(crate) y: f64,
}

impl Point {
    /// The point `x` metres east and `y` metres north of the origin.
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Length of the vector, metres.
    pub(crate) fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// The vector scaled to length 1; a null vector stays what it is.
    pub(crate) fn direction(self) -> Self {
        let length = self.length();
        if length > 0.0 { self * (1.0 / length) } else { self }
    }

    /// The vector turned left by a right angle.
    pub(crate) fn left(self) -> Self {
        Self::new(-self.y, self.x)
    }

    /// Scalar product, m².
    pub(crate) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    /// WGS84 longitude and latitude, degrees.
    pub(crate) fn degrees(self) -> (f64, f64) {
        (ORIGIN_LNG + self.x / METRES_PER_LNG, ORIGIN_LAT + self.y / METRES_PER_LAT)
    }
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Point {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// Distance of `point` to the left of the line from `from` to `to`, metres; negative to its right.
pub(crate) fn distance_left(from: Point, to: Point, point: Point) -> f64 {
    (to - from).direction().left().dot(point - from)
}

/// A convex quadrilateral: corners south-west, south-east, north-east, north-west.
///
/// Its inside is addressed by bilinear coordinates `(u, v)`, both in `[0, 1]`. Lines of constant `u` or `v` are
/// straight, so a rectangle in `(u, v)` is again a quadrilateral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quad(pub [Point; 4]);

impl Quad {
    /// The point at `(u, v)`.
    pub(crate) fn at(&self, u: f64, v: f64) -> Point {
        let [sw, se, ne, nw] = self.0;
        (sw * (1.0 - u) + se * u) * (1.0 - v) + (nw * (1.0 - u) + ne * u) * v
    }

    /// The part between two values of `u` and two values of `v`.
    pub(crate) fn part(&self, u: [f64; 2], v: [f64; 2]) -> Self {
        Self([self.at(u[0], v[0]), self.at(u[1], v[0]), self.at(u[1], v[1]), self.at(u[0], v[1])])
    }

    /// Extent along `u` through the middle, metres.
    pub(crate) fn width(&self) -> f64 {
        (self.at(1.0, 0.5) - self.at(0.0, 0.5)).length()
    }

    /// Extent along `v` through the middle, metres.
    pub(crate) fn depth(&self) -> f64 {
        (self.at(0.5, 1.0) - self.at(0.5, 0.0)).length()
    }

    /// Area, m².
    pub(crate) fn area(&self) -> f64 {
        let [sw, se, ne, nw] = self.0;
        (se - nw).left().dot(ne - sw) / 2.0
    }

    /// The part that keeps at least `margins` metres from the south, east, north and west side.
    ///
    /// `None` when the margins leave almost nothing.
    pub(crate) fn inset(&self, margins: [f64; 4]) -> Option<Self> {
        let share = |side: usize| {
            let corner = |turn: usize| self.0[(side + turn) % 4];
            let reach =
                distance_left(corner(0), corner(1), corner(2)).min(distance_left(corner(0), corner(1), corner(3)));
            (reach > 0.0).then(|| margins[side] / reach)
        };
        let [south, east, north, west] = [share(0)?, share(1)?, share(2)?, share(3)?];
        (south + north < MAX_MARGIN && east + west < MAX_MARGIN)
            .then(|| self.part([west, 1.0 - east], [south, 1.0 - north]))
    }
}

/// Signed area of a ring without repeated last vertex, m²; positive when counter-clockwise.
#[cfg(test)]
pub(crate) fn ring_area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>() / 2.0
}

/// Whether `point` is inside `ring`, by ray casting.
#[cfg(test)]
pub(crate) fn ring_contains(ring: &[Point], point: Point) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossings = ring.iter().zip(next).filter(|(a, b)| {
        (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    crossings.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trapezium() -> Quad {
        Quad([Point::new(0.0, 0.0), Point::new(100.0, 10.0), Point::new(90.0, 80.0), Point::new(10.0, 60.0)])
    }

    #[test]
    fn inset_keeps_the_margins() {
        let quad = trapezium();
        let inner = quad.inset([6.0, 7.0, 8.0, 9.0]).unwrap().0;
        for (side, margin) in [6.0, 7.0, 8.0, 9.0].into_iter().enumerate() {
            let (from, to) = (quad.0[side], quad.0[(side + 1) % 4]);
            for corner in &inner {
                assert!(distance_left(from, to, *corner) >= margin - 1e-9);
            }
        }
    }

    #[test]
    fn inset_of_too_much_is_nothing() {
        assert!(trapezium().inset([40.0; 4]).is_none());
    }

    #[test]
    fn area_agrees_with_the_ring() {
        let quad = trapezium();
        assert!((quad.area() - ring_area(&quad.0)).abs() < 1e-9);
        assert!(ring_contains(&quad.0, quad.at(0.5, 0.5)));
        assert!(!ring_contains(&quad.0, Point::new(-5.0, 5.0)));
    }
}
