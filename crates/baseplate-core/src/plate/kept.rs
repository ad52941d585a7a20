//! Rows that hold their plate: they can be kept in a struct and sent to another thread.

use super::{
    handle::Baseplate,
    record_table::RecordTable,
    rows::{Address, Building, Grid, Record},
    thing::Thing,
};
use std::{fmt, sync::Arc};

/// For each row type one that holds its plate; `found` finds a row in the examples.
macro_rules! keep {
    ($($(#[doc = $about:literal])+ $kept:ident of $row:ident, same by $same:path, found by $found:literal;)+) => { $(
        $(#[doc = $about])+
        ///
        /// It holds its generation open until it is dropped, whatever is published meanwhile. A clone costs one atomic count.
        #[derive(Clone)]
        pub struct $kept {
            plate: Baseplate,
            row: u32,
        }

        impl $kept {
            /// The row, to be asked.
            ///
            /// ```
            /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
            #[doc = concat!("let row = plate.", $found, ".expect(\"in the sample\");")]
            /// assert_eq!(row.keep().get(), row);
            /// ```
            pub fn get(&self) -> $row<'_> {
                $row { plate: &self.plate, row: self.row }
            }
        }

        impl $row<'_> {
            /// The same row, holding its plate: it can be kept in a struct and sent to another thread.
            ///
            /// ```
            /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
            #[doc = concat!("let row = plate.", $found, ".expect(\"in the sample\");")]
            #[doc = concat!("let kept: baseplate_core::", stringify!($kept), " = row.keep();")]
            /// std::thread::spawn(move || println!("{:?}", kept.get())).join().expect("nothing panics");
            /// ```
            pub fn keep(&self) -> $kept {
                $kept { plate: self.plate.clone(), row: self.row }
            }
        }

        impl PartialEq for $kept {
            fn eq(&self, other: &Self) -> bool {
                $same(&self.get()) == $same(&other.get())
            }
        }

        impl Eq for $kept {}

        impl fmt::Debug for $kept {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(f)
            }
        }
    )+ };
}

keep! {
    /// A [`Grid`] that holds its plate. Two are equal if kind, level and code are, also if they are of different generations.
    KeptGrid of Grid, same by identity, found by "grid(\"99010100100101\")";
    /// A [`Building`] that holds its plate. Two are equal if their codes are, also if they are of different generations.
    ///
    /// ```
    /// use baseplate_core::KeptBuilding;
    ///
    /// struct Visit {
    ///     building: KeptBuilding,
    ///     minutes: u32,
    /// }
    ///
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let building = plate.building("9901010010010100001").expect("in the sample").keep();
    /// let visit = Visit { building, minutes: 20 };
    /// // The visit does not borrow the plate, so it can go where the plate does not.
    /// drop(plate);
    /// let report = std::thread::spawn(move || format!("{}: {} min", visit.building.get().code(), visit.minutes));
    /// assert_eq!(report.join().expect("nothing panics"), "9901010010010100001: 20 min");
    /// ```
    KeptBuilding of Building, same by Building::code, found by "building(\"9901010010010100001\")";
    /// An [`Address`] that holds its plate. Two are equal if their codes are, also if they are of different generations.
    KeptAddress of Address, same by Address::code, found by "address(\"9901010010010100001000000\")";
}

/// A row of a [`Record`] that holds its plate. Two are equal if they are of the same layer and have the same code, also if their addresses
/// or the generations are different.
///
/// It holds its generation open until it is dropped, whatever is published meanwhile. A clone costs one atomic count.
#[derive(Clone)]
pub struct KeptRecord {
    plate: Baseplate,
    records: Arc<RecordTable>,
    row: u32,
}

impl KeptRecord {
    /// The record, to be asked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let record = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(record.keep().get(), record);
    /// ```
    pub fn get(&self) -> Record<'_> {
        Record { plate: &self.plate, records: &self.records, row: self.row }
    }
}

impl Record<'_> {
    /// The same record, holding its plate: it can be kept in a struct and sent to another thread.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let record = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// let kept: baseplate_core::KeptRecord = record.keep();
    /// std::thread::spawn(move || println!("{:?}", kept.get())).join().expect("nothing panics");
    /// ```
    pub fn keep(&self) -> KeptRecord {
        KeptRecord { plate: self.plate.clone(), records: self.records.clone(), row: self.row }
    }
}

impl PartialEq for KeptRecord {
    fn eq(&self, other: &Self) -> bool {
        (self.get().entity(), self.get().code()) == (other.get().entity(), other.get().code())
    }
}

impl Eq for KeptRecord {}

impl fmt::Debug for KeptRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// What a grid keeps from generation to generation.
fn identity<'a>(grid: &Grid<'a>) -> (Option<&'a str>, Option<&'a str>, &'a str) {
    let table = &grid.plate.0.grids;
    (table.kind.get(grid.row), table.level.get(grid.row), grid.code())
}

/// A [`Thing`] that holds its plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptThing {
    /// A grid of any level.
    Grid(KeptGrid),
    /// A building.
    Building(KeptBuilding),
    /// An address.
    Address(KeptAddress),
    /// A record of a layer.
    Record(KeptRecord),
}

impl KeptThing {
    /// The thing, to be asked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let thing = plate.resolve("99010100100101").expect("in the sample");
    /// assert_eq!(thing.keep().get(), thing);
    /// ```
    pub fn get(&self) -> Thing<'_> {
        match self {
            Self::Grid(grid) => Thing::Grid(grid.get()),
            Self::Building(building) => Thing::Building(building.get()),
            Self::Address(address) => Thing::Address(address.get()),
            Self::Record(record) => Thing::Record(record.get()),
        }
    }
}

impl Thing<'_> {
    /// The same thing, holding its plate: it can be kept in a struct and sent to another thread.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::KeptThing;
    ///
    /// let kept = plate.resolve("99010100100101").expect("in the sample").keep();
    /// drop(plate);
    /// assert!(matches!(&kept, KeptThing::Grid(grid) if grid.get().code() == "99010100100101"));
    /// ```
    pub fn keep(&self) -> KeptThing {
        match self {
            Self::Grid(grid) => KeptThing::Grid(grid.keep()),
            Self::Building(building) => KeptThing::Building(building.keep()),
            Self::Address(address) => KeptThing::Address(address.keep()),
            Self::Record(record) => KeptThing::Record(record.keep()),
        }
    }
}
