//! What the numbers of an address count: phases, lanes, doors, buildings, rooms.
//!
//! A number of a Chinese address is followed by the word for what it counts (12号, 3栋, 501室), and the order
//! of these words is fixed from the large to the small. The discriminants are stored in the index
//! (`index/format.rs`), so they must not be changed without a new version of that file.

/// What a number counts, in the order in which addresses go from the large to the small. The derived order
/// is this order; it is used to sort the numbers behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Class {
    /// 期, of an estate.
    Phase = 1,
    /// 区, 组, 队, of an estate or village.
    Zone = 2,
    /// 巷, 弄.
    Lane = 3,
    /// 号, at a road or lane.
    Door = 4,
    /// 栋, 幢, 座, 号楼.
    Building = 5,
    /// 单元, 梯.
    Unit = 6,
    /// 层, 楼.
    Floor = 7,
    /// 室, 房, 户, 铺.
    Room = 8,
    /// Nothing says what it counts.
    Bare = 9,
}

impl Class {
    /// The classes that tell buildings apart, and so belong to the stem of an address: numbers of these
    /// stand behind a name. What is left, unit, floor and room, is the tail (`tail.rs`).
    pub(crate) const OF_STEM: [Self; 5] = [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building];

    /// The class with a discriminant as it is stored; `None` for a value that no class has, and for that of
    /// [`Class::Bare`], which never gets into the index.
    pub(crate) fn from_u8(value: u8) -> Option<Self> {
        let all =
            [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building, Self::Unit, Self::Floor, Self::Room];
        all.into_iter().find(|class| *class as u8 == value)
    }
}
