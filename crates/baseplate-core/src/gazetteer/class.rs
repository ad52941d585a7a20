//! What the numbers of an address count.

/// What a number counts, from the large to the small.
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
    /// The classes that tell buildings apart.
    pub(crate) const OF_STEM: [Self; 5] = [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building];

    pub(crate) fn from_u8(value: u8) -> Option<Self> {
        let all =
            [Self::Phase, Self::Zone, Self::Lane, Self::Door, Self::Building, Self::Unit, Self::Floor, Self::Room];
        all.into_iter().find(|class| *class as u8 == value)
    }
}
