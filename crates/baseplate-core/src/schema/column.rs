//! What a column can hold: how it is read in place, and how it is written.
//!
//! A kind of column is a type that implements [`Column`]. Most are their own readers, the column types of
//! [`crate::store::table`]; [`Geometries`] and [`Sides`] give a meaning to others, and [`Maybe`] allows empty
//! cells in any. On writing, a batch of cells becomes Arrow arrays; on reading, the mapped arrays are
//! looked into row by row.
//!
//! | kind | type in the file | cell |
//! |---|---|---|
//! | [`Text`] | Utf8 | a text |
//! | [`Numbers`] | the number's own type | a number, in the unit of the declaration |
//! | [`Flags`] | Boolean | yes or no |
//! | [`Tokens`] | FixedSizeBinary(16) | the token of a person |
//! | [`Words`] | Dictionary(UInt8, Utf8) | one of at most 256 words |
//! | [`Geometries`] | Binary | a WKB multipolygon or multi-line string, degrees of EPSG:4490 |
//! | [`Sides`] | four of Float64 | west, south, east, north, degrees |

use crate::store::table::{Blobs, Doubles, Flags, Numbers, TOKEN, Table, TableError, Text, Tokens, Words};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray, Float64Array,
    PrimitiveArray, StringArray, UInt8Array,
};
use arrow_schema::{ArrowError, DataType, Field};
use std::{collections::HashMap, sync::Arc};

/// What the cells of some rows are made into.
type Arrays = Result<Vec<ArrayRef>, ArrowError>;

/// A kind of column. Some take more than one column of the file, and all of these have as many rows.
pub(crate) trait Column {
    /// The opened column.
    type Reader;
    /// What a row gives to be written; it may borrow from the row.
    type Cell<'a>: Send;

    /// The opened column of this name.
    ///
    /// # Errors
    /// [`TableError::Column`] if it is missing or of another type.
    fn read(table: &Table, name: &str) -> Result<Self::Reader, TableError>;

    /// Its columns in the file, with their names and types.
    fn fields(name: &str, nullable: bool) -> Vec<Field>;

    /// The arrays of the cells of some rows, one for each of the fields; `None` is an empty cell.
    fn arrays(cells: Vec<Option<Self::Cell<'_>>>) -> Arrays;

    /// Whether a row has a value, or needs none.
    fn is_there(reader: &Self::Reader, row: u32) -> bool;
}

/// A column of a kind in which cells may be empty, and which therefore no row can miss.
pub(crate) struct Maybe<C>(C);

impl<C: Column> Column for Maybe<C> {
    type Reader = C::Reader;
    type Cell<'a> = Option<C::Cell<'a>>;

    fn read(table: &Table, name: &str) -> Result<Self::Reader, TableError> {
        C::read(table, name)
    }

    fn fields(name: &str, _: bool) -> Vec<Field> {
        C::fields(name, true)
    }

    fn arrays(cells: Vec<Option<Self::Cell<'_>>>) -> Arrays {
        C::arrays(cells.into_iter().map(Option::flatten).collect())
    }

    fn is_there(_: &Self::Reader, _: u32) -> bool {
        true
    }
}

impl Column for Text {
    type Reader = Self;
    type Cell<'a> = &'a str;

    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        table.text(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        vec![Field::new(name, DataType::Utf8, nullable)]
    }

    fn arrays(cells: Vec<Option<&str>>) -> Arrays {
        Ok(vec![Arc::new(cells.into_iter().collect::<StringArray>())])
    }

    fn is_there(reader: &Self, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

impl Column for Flags {
    type Reader = Self;
    type Cell<'a> = bool;

    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        table.flags(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        vec![Field::new(name, DataType::Boolean, nullable)]
    }

    fn arrays(cells: Vec<Option<bool>>) -> Arrays {
        Ok(vec![Arc::new(cells.into_iter().collect::<BooleanArray>())])
    }

    fn is_there(reader: &Self, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

impl<T: ArrowPrimitiveType> Column for Numbers<T> {
    type Reader = Self;
    type Cell<'a> = T::Native;

    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        table.numbers(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        vec![Field::new(name, T::DATA_TYPE, nullable)]
    }

    fn arrays(cells: Vec<Option<T::Native>>) -> Arrays {
        Ok(vec![Arc::new(cells.into_iter().collect::<PrimitiveArray<T>>())])
    }

    fn is_there(reader: &Self, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

impl Column for Tokens {
    type Reader = Self;
    type Cell<'a> = [u8; TOKEN];

    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        table.tokens(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        vec![Field::new(name, DataType::FixedSizeBinary(TOKEN as i32), nullable)]
    }

    fn arrays(cells: Vec<Option<[u8; TOKEN]>>) -> Arrays {
        Ok(vec![Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(cells.into_iter(), TOKEN as i32)?)])
    }

    fn is_there(reader: &Self, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

/// A word of a column of few words: its number, and all words of the column, as every batch has them.
pub(crate) struct Word<'a> {
    /// The word's position in `words`; `None` for an empty cell.
    pub(crate) number: Option<u8>,
    /// All words of the column, texts, the same for every row.
    pub(crate) words: &'a ArrayRef,
}

impl Column for Words {
    type Reader = Self;
    type Cell<'a> = Word<'a>;

    fn read(table: &Table, name: &str) -> Result<Self, TableError> {
        table.words(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        let of = DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8));
        vec![Field::new(name, of, nullable)]
    }

    fn arrays(cells: Vec<Option<Word<'_>>>) -> Arrays {
        let keys: UInt8Array = cells.iter().map(|word| word.as_ref()?.number).collect();
        let words = cells.iter().find_map(|word| Some(word.as_ref()?.words.clone()));
        let words = words.unwrap_or_else(|| Arc::new(StringArray::new_null(0)));
        Ok(vec![Arc::new(DictionaryArray::try_new(keys, words)?)])
    }

    fn is_there(reader: &Self, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

/// Areas and lines: WKB multipolygons and multi-line strings, as GeoArrow names them, so that other programs take the column for geometries
/// and know its coordinate system.
pub(crate) struct Geometries;

impl Column for Geometries {
    type Reader = Blobs;
    type Cell<'a> = Vec<u8>;

    fn read(table: &Table, name: &str) -> Result<Blobs, TableError> {
        table.blobs(name)
    }

    fn fields(name: &str, nullable: bool) -> Vec<Field> {
        let geoarrow = HashMap::from([
            ("ARROW:extension:name".to_owned(), "geoarrow.wkb".to_owned()),
            ("ARROW:extension:metadata".to_owned(), r#"{"crs":"EPSG:4490","crs_type":"authority_code"}"#.to_owned()),
        ]);
        vec![Field::new(name, DataType::Binary, nullable).with_metadata(geoarrow)]
    }

    fn arrays(cells: Vec<Option<Vec<u8>>>) -> Arrays {
        Ok(vec![Arc::new(cells.iter().map(|cell| cell.as_deref()).collect::<BinaryArray>())])
    }

    fn is_there(reader: &Blobs, row: u32) -> bool {
        reader.get(row).is_some()
    }
}

/// The sides of a box: the columns `west`, `south`, `east` and `north`, whatever it is called itself.
pub(crate) struct Sides;

impl Sides {
    /// The columns in the file, in the order of the numbers of a box.
    const NAMES: [&str; 4] = ["west", "south", "east", "north"];
}

impl Column for Sides {
    type Reader = [Doubles; 4];
    type Cell<'a> = [f64; 4];

    fn read(table: &Table, _: &str) -> Result<[Doubles; 4], TableError> {
        let [w, s, e, n] = Self::NAMES;
        Ok([table.numbers(w)?, table.numbers(s)?, table.numbers(e)?, table.numbers(n)?])
    }

    fn fields(_: &str, nullable: bool) -> Vec<Field> {
        Self::NAMES.map(|name| Field::new(name, DataType::Float64, nullable)).to_vec()
    }

    fn arrays(cells: Vec<Option<[f64; 4]>>) -> Arrays {
        let side = |at: usize| cells.iter().map(|sides| sides.map(|sides| sides[at])).collect::<Float64Array>();
        Ok((0..4).map(|at| Arc::new(side(at)) as ArrayRef).collect())
    }

    fn is_there(reader: &[Doubles; 4], row: u32) -> bool {
        reader.iter().all(|side| side.get(row).is_some())
    }
}
