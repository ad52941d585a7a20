//! An address text in its elements.

use std::ops::{Index, IndexMut};

/// An element of an address, in the order of a standard address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// 市.
    City,
    /// 区.
    District,
    /// 街道.
    Subdistrict,
    /// 社区.
    Community,
    /// A road; in villages the lane, whose name starts with that of the village.
    Road,
    /// The door number at the road.
    Number,
    /// The compound; villages have none of their own, see [`Part::Road`].
    Estate,
    /// The building in its compound.
    Label,
    /// 单元.
    Unit,
    /// 房间.
    Room,
    /// Something that says nothing new.
    Extra,
}

impl Part {
    /// Those that a building has.
    pub(crate) const OF_BUILDING: [Self; 8] = [
        Self::City,
        Self::District,
        Self::Subdistrict,
        Self::Community,
        Self::Road,
        Self::Number,
        Self::Estate,
        Self::Label,
    ];
    /// Those above the road.
    pub(crate) const DIVISIONS: [Self; 4] = [Self::City, Self::District, Self::Subdistrict, Self::Community];
    /// Those that are numbers.
    pub(crate) const NUMBERS: [Self; 4] = [Self::Number, Self::Label, Self::Unit, Self::Room];
}

/// What a text names, as the library writes it; empty where it names nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named([String; Part::Extra as usize + 1]);

impl Index<Part> for Named {
    type Output = String;

    fn index(&self, part: Part) -> &String {
        &self.0[part as usize]
    }
}

impl IndexMut<Part> for Named {
    fn index_mut(&mut self, part: Part) -> &mut String {
        &mut self.0[part as usize]
    }
}

/// A text that is being made noisy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    /// The written elements, in their order.
    pub(crate) pieces: Vec<(Part, String)>,
    /// What they stand for, however they are written.
    pub(crate) named: Named,
    /// The row of the library that it is made of.
    pub(crate) row: usize,
    /// The rows that it names, if it names several.
    pub(crate) several: Vec<usize>,
}

impl Text {
    /// A clean text of the elements, of which empty ones are left out.
    pub(crate) fn new(row: usize, elements: impl IntoIterator<Item = (Part, String)>) -> Self {
        let mut text = Self { row, ..Self::default() };
        for (part, element) in elements.into_iter().filter(|(_, element)| !element.is_empty()) {
            text.named[part].clone_from(&element);
            text.pieces.push((part, element));
        }
        text
    }

    /// The whole text.
    pub(crate) fn written(&self) -> String {
        self.pieces.iter().map(|(_, piece)| piece.as_str()).collect()
    }

    /// How an element is written; empty if it is not.
    pub(crate) fn get(&self, part: Part) -> &str {
        self.pieces.iter().find(|(p, _)| *p == part).map_or("", |(_, piece)| piece)
    }

    /// Whether an element is there.
    pub(crate) fn has(&self, part: Part) -> bool {
        !self.get(part).is_empty()
    }

    /// Whether the text is one of a village, where the lane stands for road and estate.
    pub(crate) fn is_village(&self) -> bool {
        self.named[Part::Estate].is_empty() && self.named[Part::Label].is_empty()
    }

    /// Writes an element in another way; says whether it was there and is another now.
    pub(crate) fn write(&mut self, part: Part, piece: impl Into<String>) -> bool {
        let piece = piece.into();
        match self.pieces.iter_mut().find(|(p, _)| *p == part) {
            Some((_, old)) if *old != piece => {
                *old = piece;
                true
            }
            _ => false,
        }
    }

    /// Leaves an element out and no longer names it; says whether it was there.
    pub(crate) fn drop(&mut self, part: Part) -> bool {
        let before = self.pieces.len();
        self.pieces.retain(|(p, _)| *p != part);
        self.named[part].clear();
        self.pieces.len() < before
    }

    /// Names another thing than the row has, and writes that.
    pub(crate) fn rename(&mut self, part: Part, name: &str) -> bool {
        self.named[part] = name.to_owned();
        self.write(part, name)
    }

    /// Adds what names nothing at the end.
    pub(crate) fn append(&mut self, piece: impl Into<String>) {
        self.pieces.push((Part::Extra, piece.into()));
    }

    /// Rewrites every piece; says whether one changed.
    pub(crate) fn rewrite(&mut self, mut with: impl FnMut(Part, &str) -> String) -> bool {
        let mut changed = false;
        for (part, piece) in &mut self.pieces {
            let new = with(*part, piece);
            changed |= new != *piece;
            *piece = new;
        }
        changed
    }
}

/// The number itself: letters and digits without leading zeros, `12` of `0012号楼`.
pub(crate) fn core(number: &str) -> &str {
    let start = number.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(number.len());
    let rest = &number[start..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    rest[..end].trim_start_matches('0')
}

/// What stands behind the number: `号楼` of `12号楼`.
pub(crate) fn suffix(number: &str) -> &str {
    number.trim_start_matches(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A text of elements in the order of [`Part`].
    pub(crate) fn text(elements: [&str; 10]) -> Text {
        let parts = Part::OF_BUILDING.into_iter().chain([Part::Unit, Part::Room]);
        Text::new(0, parts.zip(elements.map(str::to_owned)))
    }

    /// A room in a compound.
    pub(crate) fn compound() -> Text {
        text([
            "示例市",
            "霁峰区",
            "沐台街道",
            "岚涛社区",
            "红棉四路",
            "129号",
            "望湖花园二期",
            "12栋",
            "2单元",
            "501室",
        ])
    }

    /// A room in a village.
    pub(crate) fn village() -> Text {
        text(["示例市", "霁峰区", "沐台街道", "岚涛社区", "石榴新村12巷", "3号", "", "", "", "501房"])
    }

    #[test]
    fn elements_are_dropped_and_rewritten() {
        let mut text = compound();
        assert!(text.drop(Part::Unit) && !text.drop(Part::Unit) && text.named[Part::Unit].is_empty());
        assert!(text.write(Part::Room, "0501") && text.named[Part::Room] == "501室");
        assert_eq!(text.written(), "示例市霁峰区沐台街道岚涛社区红棉四路129号望湖花园二期12栋0501");
        assert!(village().is_village() && !compound().is_village());
    }

    #[test]
    fn numbers_and_what_stands_behind_them() {
        assert_eq!((core("0012号楼"), core("A座"), core("铺")), ("12", "A", ""));
        assert_eq!((suffix("12号楼"), suffix("501")), ("号楼", ""));
    }
}
