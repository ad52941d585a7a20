use super::*;
use crate::coverage::{Edge, shared_edges};
use geo::{Coord, Covers, Intersects, Line, MultiPolygon, Orient, Point, Polygon, Rect, orient::Direction};
use proptest::prelude::*;

fn file(areas: &[MultiPolygon<f64>]) -> Vec<u8> {
    Locator::build(&shared_edges(areas)).expect("not degenerate")
}

fn locator(areas: &[MultiPolygon<f64>]) -> Locator {
    Locator::open(Buffer::from_vec(file(areas))).expect("own file")
}

/// The rule itself, by brute force: the first grid that covers the point.
fn first_covering(areas: &[MultiPolygon<f64>], p: LngLat) -> Option<u32> {
    (0..).zip(areas).find(|(_, area)| area.covers(&Point(p.coord()))).map(|(i, _)| i)
}

fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
    polygon(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

fn polygon(ring: Vec<(f64, f64)>) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(ring.into(), vec![])]).orient(Direction::Default)
}

/// One by one and in bulk.
fn check(areas: &[MultiPolygon<f64>], points: impl Iterator<Item = LngLat>) {
    let locator = locator(areas);
    let points: Vec<LngLat> = points.collect();
    for (p, owner) in points.iter().zip(locator.locate_many(&points)) {
        assert_eq!(locator.locate(*p), first_covering(areas, *p), "{p:?}");
        assert_eq!(locator.locate(*p), owner, "{p:?} in bulk");
    }
}

fn lattice(step: f64) -> impl Iterator<Item = LngLat> {
    let ticks = move || (-4..=36).map(move |i| f64::from(i) * step);
    ticks().flat_map(move |x| ticks().map(move |y| LngLat::new(x, y)))
}

/// A point and those one step of its last digit away, in all eight directions.
fn with_neighbours(p: LngLat) -> impl Iterator<Item = LngLat> {
    let near = |v: f64| [v, v.next_up(), v.next_down()];
    near(p.lng).into_iter().flat_map(move |lng| near(p.lat).map(|lat| LngLat::new(lng, lat)))
}

/// Every vertex and the middle of every edge.
fn border_points(areas: &[MultiPolygon<f64>]) -> Vec<LngLat> {
    let points = |e: &Edge| [e.a, e.b, (e.a + e.b) / 2.0, e.a * 0.75 + e.b * 0.25];
    shared_edges(areas).iter().flat_map(points).map(LngLat::from).collect()
}

/// A place of the size of real ones, on a lattice of 1e-7 degrees.
fn near_home((x, y): (i32, i32)) -> (f64, f64) {
    (114.057_9 + f64::from(x) * 1e-7, 22.543_1 + f64::from(y) * 1e-7)
}

#[test]
fn a_chessboard_owns_every_border_point_once() {
    let areas: Vec<_> = (0..16).map(|i| square(f64::from(i % 4), f64::from(i / 4), 1.0)).collect();
    check(&areas, lattice(0.125));
}

#[test]
fn overlaps_duplicates_gaps_and_islands_follow_the_rule() {
    let ring = Polygon::new(
        vec![(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0)].into(),
        vec![vec![(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)].into()],
    );
    let areas = [
        MultiPolygon(vec![ring]).orient(Direction::Default),
        square(1.25, 1.25, 0.5),
        square(2.5, 2.5, 1.0),
        square(2.5, 2.5, 1.0),
        square(0.5, 2.0, 0.5),
    ];
    check(&areas, lattice(0.125));
}

#[test]
fn points_that_are_nowhere_have_no_owner() {
    let locator = locator(&[square(0.0, 0.0, 1.0)]);
    for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, f64::MAX, -1e5, 1e5] {
        let nowhere = [LngLat::new(v, 0.5), LngLat::new(0.5, v), LngLat::new(v, v)];
        assert_eq!(nowhere.map(|p| locator.locate(p)), [None; 3]);
        assert_eq!(locator.locate_many(&nowhere), [None; 3]);
    }
    let empty = Locator::open(Buffer::from_vec(Locator::build(&[]).expect("empty"))).expect("empty");
    assert_eq!(empty.locate(LngLat::new(0.0, 0.0)), None);
    assert!(!empty.border_in(Bbox([-180.0, -90.0, 180.0, 90.0])));
}

#[test]
fn bulk_answers_stand_in_order_whatever_their_number() {
    let areas: Vec<_> = (0..16).map(|i| square(f64::from(i % 4), f64::from(i / 4), 1.0)).collect();
    let locator = locator(&areas);
    let points: Vec<LngLat> = (0..8).flat_map(|_| lattice(0.11)).collect();
    let one_by_one: Vec<_> = points.iter().map(|p| locator.locate(*p)).collect();
    for count in [0, 1, BATCH - 1, BATCH, BATCH + 1, points.len()] {
        assert_eq!(locator.locate_many(&points[..count]), one_by_one[..count]);
    }
}

/// A dense town, one grid a continent away and one as large as a continent: cells are still small where edges are.
#[test]
fn grids_far_away_do_not_make_the_cells_large() {
    let step = 1e-4;
    let mut areas: Vec<_> =
        (0..2500).map(|i| square(f64::from(i % 50) * step, f64::from(i / 50) * step, step)).collect();
    areas.extend([square(120.0, 50.0, step), square(-60.0, -60.0, 20.0)]);
    let (file, edges) = (file(&areas), shared_edges(&areas).len());
    assert!(file.len() < 400 * edges, "{} bytes for {edges} edges", file.len());
    let locator = Locator::open(Buffer::from_vec(file)).expect("own file");
    let record = |packed: &u32| match Value::unpack(*packed) {
        Value::Record(at) => Record::read(&locator.records, at as usize),
        _ => None,
    };
    let most = locator.cells.iter().filter_map(record).map(|record| record.edges().count());
    assert!(most.max() < Some(20));
    check(&areas, (0..400).map(|i| LngLat::new(f64::from(i % 20) * 2.6e-4, f64::from(i / 20) * 2.6e-4)));
}

/// Long edges all over one another: each crosses a bounded number of blocks and cells.
#[test]
fn long_edges_do_not_make_the_file_large() {
    let along = |i: i32, step: f64| (f64::from(i) * step).fract();
    let corner = |i: i32| (along(i, 0.754_877_666), along(i, 0.569_840_291));
    let areas: Vec<_> = (0..300).map(|i| polygon((3 * i..3 * i + 3).map(corner).collect())).collect();
    let (file, edges) = (file(&areas), shared_edges(&areas).len());
    assert!(file.len() < 1_500 * edges, "{} bytes for {edges} edges", file.len());
    check(&areas, (0..300).map(|i| LngLat::new(along(i, 0.618_034), along(i, 0.414_214))));
}

#[test]
fn a_house_six_metres_from_a_border_is_clear_of_it() {
    let locator = locator(&[polygon(vec![near_home((0, 0)), near_home((60_000, 50_000)), near_home((0, 90_000))])]);
    let house = |x: i32, y: i32| {
        let ((west, south), (east, north)) = (near_home((x, y)), near_home((x + 1_000, y + 1_000)));
        Bbox([west, south, east, north])
    };
    assert!(!locator.border_in(house(30_000, 26_000)));
    assert!(locator.border_in(house(30_000, 24_900)));
    assert!(!locator.border_in(house(30_000, 23_000)));
    assert!(locator.border_in(Bbox([f64::NAN, 22.0, 115.0, 23.0])) && locator.border_in(Bbox::EMPTY));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Random triangles over one another, asked at random points, at their own vertices and at middles of edges.
    #[test]
    fn any_heap_of_triangles_follows_the_rule(
        corners in prop::collection::vec(prop::collection::vec((0..40_i32, 0..40_i32), 3), 1..12),
        asked in prop::collection::vec((0..80_i32, 0..80_i32), 50),
    ) {
        let areas: Vec<_> = triangles(&corners, |(x, y)| (f64::from(x) * 0.1, f64::from(y) * 0.1));
        let random = asked.iter().map(|(x, y)| LngLat::new(f64::from(*x) * 0.05, f64::from(*y) * 0.05));
        check(&areas, random.chain(border_points(&areas)));
    }

    /// The same with real coordinates, many edges nearly in one line, and points next to every vertex and border.
    #[test]
    fn any_heap_of_slivers_follows_the_rule(
        corners in prop::collection::vec(prop::collection::vec((0..2_000_i32, 0..8_i32), 3), 1..8),
        asked in prop::collection::vec((0..2_000_i32, 0..8_i32), 20),
    ) {
        let areas = triangles(&corners, near_home);
        let random = asked.iter().map(|p| near_home(*p)).map(|(lng, lat)| LngLat::new(lng, lat));
        check(&areas, random.chain(border_points(&areas)).flat_map(with_neighbours));
    }

    /// A partition whose vertices are moved about, with one row of T-junctions, a grid doubled and one left out.
    #[test]
    fn any_partition_clean_or_not_follows_the_rule(
        moved in prop::collection::vec((0..60_i32, 0..60_i32), 36),
        (left_out, doubled) in (0..25_usize, 0..25_usize),
        asked in prop::collection::vec((-50..650_i32, -50..650_i32), 50),
    ) {
        let vertex = |x: usize, y: usize| {
            let (dx, dy) = moved[y * 6 + x];
            near_home((x as i32 * 100 + dx - 30, y as i32 * 100 + dy - 30))
        };
        let area = |i: usize| {
            let (x, y) = (i % 5, i / 5);
            let mut ring = vec![vertex(x, y), vertex(x + 1, y), vertex(x + 1, y + 1), vertex(x, y + 1)];
            if y == 2 {
                ring.insert(1, ((ring[0].0 + ring[1].0) / 2.0, (ring[0].1 + ring[1].1) / 2.0));
            }
            polygon(ring)
        };
        let mut areas: Vec<_> = (0..25).filter(|i| *i != left_out).map(area).collect();
        areas.push(area(doubled));
        let random = asked.iter().map(|p| near_home(*p)).map(|(lng, lat)| LngLat::new(lng, lat));
        check(&areas, random.chain(border_points(&areas).into_iter().flat_map(with_neighbours)));
    }

    /// Whether a box meets a border is what comparing it with every edge says.
    #[test]
    fn borders_in_boxes_are_found(
        corners in prop::collection::vec(prop::collection::vec((0..400_i32, 0..400_i32), 3), 1..8),
        boxes in prop::collection::vec((-20..420_i32, -20..420_i32, 0..40_i32, 0..40_i32), 50),
    ) {
        let areas = triangles(&corners, near_home);
        let (locator, edges) = (locator(&areas), shared_edges(&areas));
        for (x, y, width, height) in boxes {
            let ((west, south), (east, north)) = (near_home((x, y)), near_home((x + width, y + height)));
            let rect = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
            let met = edges.iter().any(|e| rect.intersects(&Line::new(e.a, e.b)));
            prop_assert_eq!(locator.border_in(Bbox([west, south, east, north])), met);
        }
    }

    /// A damaged file is refused or answers something, and answers the same in bulk.
    #[test]
    fn damage_stops_nothing(
        corners in prop::collection::vec(prop::collection::vec((0..400_i32, 0..400_i32), 3), 1..8),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let areas = triangles(&corners, near_home);
        let mut file = file(&areas);
        for (at, value) in damage {
            let at = at.index(file.len());
            file[at] = value;
        }
        file.truncate(cut.map_or(file.len(), |at| at.index(file.len())));
        if let Ok(locator) = Locator::open(Buffer::from_vec(file)) {
            let mut asked = border_points(&areas);
            asked.extend((0..400).map(|i| near_home((i % 20 * 20, i))).map(|(lng, lat)| LngLat::new(lng, lat)));
            let one_by_one: Vec<_> = asked.iter().map(|p| locator.locate(*p)).collect();
            prop_assert_eq!(locator.locate_many(&asked), one_by_one);
            let _any = asked.iter().filter(|p| locator.border_in(Bbox::EMPTY.extend(**p))).count();
            locator.border_in(Bbox([-180.0, -90.0, 180.0, 90.0]));
        }
    }
}

/// The triangles that are none but in name left out.
fn triangles(corners: &[Vec<(i32, i32)>], place: impl Fn((i32, i32)) -> (f64, f64)) -> Vec<MultiPolygon<f64>> {
    let turn = |c: &[(f64, f64)]| {
        let exact = |(x, y)| robust::Coord { x, y };
        robust::orient2d(exact(c[0]), exact(c[1]), exact(c[2]))
    };
    let rings = corners.iter().map(|c| c.iter().map(|p| place(*p)).collect::<Vec<_>>());
    rings.filter(|ring| turn(ring) != 0.0).map(polygon).collect()
}
