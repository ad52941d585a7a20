//! Tables: Arrow IPC files, written in batches and read in place.
//!
//! A table is a list of columns of one length. Its file is an Arrow IPC file of format version 5, not
//! compressed, with buffers at multiples of 64 bytes, so that any program that knows Arrow can read it. All
//! batches but the last have [`BATCH`] rows, so that row `r` is entry `r mod 65 536` of batch `r div 65
//! 536`, which takes no search.
//!
//! Reading a cell is O(1) and never panics: a row past the end is `None`, and texts and bytes are taken by
//! checked slices, since nobody looked at their offsets when the file was opened.

pub(crate) use super::batch::{BATCH, TableError};
use super::structure::{Structure, StructureHash, block_range};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray,
    PrimitiveArray, RecordBatch, StringArray,
    types::{Float32Type, Float64Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type},
};
use arrow_buffer::{Buffer, NullBuffer};
use arrow_ipc::{
    Block, MetadataVersion,
    reader::FileDecoder,
    writer::{FileWriter, IpcWriteOptions},
};
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};
use memchr::memmem::Finder;
use std::{fs::File, io::BufWriter, ops::Range, path::Path, sync::Arc};

/// Buffers begin at multiples of this, bytes.
const ALIGNMENT: usize = 64;

/// Writes a table batch by batch, so that no more than one batch has to be in memory as arrays.
pub(crate) struct TableWriter {
    file: FileWriter<BufWriter<File>>,
    schema: SchemaRef,
}

impl TableWriter {
    /// Begins a file with these columns, in their order.
    pub(crate) fn create(path: &Path, fields: Vec<Field>) -> Result<Self, ArrowError> {
        let options = IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5)?;
        let schema = Arc::new(Schema::new(fields));
        let file = BufWriter::new(File::create(path)?);
        Ok(Self { file: FileWriter::try_new_with_options(file, &schema, options)?, schema })
    }

    /// Appends a batch of these columns; all but the last must have [`BATCH`] rows.
    pub(crate) fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), ArrowError> {
        self.file.write(&RecordBatch::try_new(self.schema.clone(), columns)?)
    }

    /// Writes the footer, without which the file is no table, and flushes the file.
    pub(crate) fn finish(mut self) -> Result<(), ArrowError> {
        self.file.finish()?;
        self.file.flush()
    }
}

/// A table read in place: its batches, whose buffers are parts of the mapped file.
pub(crate) struct Table {
    batches: Vec<RecordBatch>,
    rows: usize,
}

impl Table {
    /// Opens a table whose structure has the given hash and is sound: every buffer lies inside the file and is as long as its rows
    /// need. The data in the buffers is not looked at; whoever reads it checks what it says (see [`Text`] and [`Blobs`]).
    #[expect(unsafe_code, reason = "validation of the data at open would read the whole city; it is checked at use")]
    pub(crate) fn open(file: &Buffer, expected: StructureHash) -> Result<Self, TableError> {
        let structure = Structure::open(file, expected)?;
        structure.check(file)?;
        let schema = Arc::new(structure.schema);
        let decoder = FileDecoder::new(schema, structure.version).with_require_alignment(true);
        // SAFETY: the headers were checked, so every array has the buffers that its rows need. Values inside text and binary columns
        // and numbers of words are only read through checked slices, never through arrow's unchecked accessors.
        let mut decoder = unsafe { decoder.with_skip_validation(true) };
        let data = |block: &Block| {
            let (from, to) = block_range(block, file.len()).ok_or(TableError::NotArrow)?;
            Ok::<_, TableError>(file.slice_with_length(from, to - from))
        };
        for block in &structure.dictionaries {
            decoder.read_dictionary(block, &data(block)?)?;
        }
        let mut batches = Vec::with_capacity(structure.blocks.len());
        for block in &structure.blocks {
            batches.extend(decoder.read_record_batch(block, &data(block)?)?);
        }
        let full = batches.split_last().is_none_or(|(_, rest)| rest.iter().all(|b| b.num_rows() == BATCH));
        if !full || batches.iter().any(|b| b.num_rows() > BATCH) {
            return Err(TableError::Batches);
        }
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Self { batches, rows })
    }

    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Refuses a table with empty cells in columns that must not have any. Their number stands in the headers of batches.
    pub(crate) fn check_filled(&self, fields: &[Field]) -> Result<(), TableError> {
        let nulls =
            |batch: &RecordBatch, name: &str| batch.column_by_name(name).map_or(0, |column| column.null_count());
        let has_empty = |field: &&Field| self.batches.iter().any(|batch| nulls(batch, field.name()) > 0);
        let empty = fields.iter().filter(|field| !field.is_nullable()).find(has_empty);
        empty.map_or(Ok(()), |field| Err(TableError::Empty(field.name().clone())))
    }

    /// The arrays of a column, one for each batch; an error if it is missing or of another type.
    fn column<A: Array + Clone + 'static>(&self, name: &str) -> Result<Vec<A>, TableError> {
        let of_batch = |batch: &RecordBatch| batch.column_by_name(name)?.as_any().downcast_ref::<A>().cloned();
        let column = self.batches.iter().map(of_batch).collect::<Option<_>>();
        column.ok_or_else(|| TableError::Column(name.to_owned()))
    }

    /// The column of texts of this name.
    pub(crate) fn text(&self, name: &str) -> Result<Text, TableError> {
        self.column(name).map(Text)
    }

    /// The column of bytes of this name.
    pub(crate) fn blobs(&self, name: &str) -> Result<Blobs, TableError> {
        self.column(name).map(Blobs)
    }

    /// The column of tokens of this name; an error if its entries are not [`TOKEN`] bytes long.
    pub(crate) fn tokens(&self, name: &str) -> Result<Tokens, TableError> {
        let arrays: Vec<FixedSizeBinaryArray> = self.column(name)?;
        let fits = arrays.iter().all(|a| a.value_length() as usize == TOKEN);
        if fits { Ok(Tokens(arrays)) } else { Err(TableError::Column(name.to_owned())) }
    }

    /// The column of yes and no of this name.
    pub(crate) fn flags(&self, name: &str) -> Result<Flags, TableError> {
        self.column(name).map(Flags)
    }

    /// The column of words of this name. The dictionary of the first batch is taken for that of all, as the
    /// writer makes it.
    pub(crate) fn words(&self, name: &str) -> Result<Words, TableError> {
        let arrays: Vec<DictionaryArray<UInt8Type>> = self.column(name)?;
        let dictionary = arrays.first().and_then(|a| a.values().as_any().downcast_ref::<StringArray>().cloned());
        let dictionary = Text(dictionary.into_iter().collect());
        let words = (0..).map_while(|number| dictionary.get(number).map(str::to_owned)).collect();
        Ok(Words { words, keys: Numbers(arrays.iter().map(|a| a.keys().clone()).collect()) })
    }

    /// The column of numbers of this name; an error if they are of another type than `T`.
    pub(crate) fn numbers<T: ArrowPrimitiveType>(&self, name: &str) -> Result<Numbers<T>, TableError> {
        self.column(name).map(Numbers)
    }
}

/// A column of text.
pub(crate) struct Text(Vec<StringArray>);

impl Text {
    /// The text of a row; `None` if the row is not there, the cell is null, or the bytes are damaged.
    pub(crate) fn get(&self, row: u32) -> Option<&str> {
        let (array, at) = place(&self.0, row)?;
        std::str::from_utf8(span(array.value_data(), array.value_offsets(), at)?).ok()
    }

    /// How many batches it has.
    pub(crate) fn batches(&self) -> usize {
        self.0.len()
    }

    /// Up to `most` rows of a batch that have a text in them, ascending. The texts of the batch are looked through as one.
    pub(crate) fn rows_with(&self, batch: usize, finder: &Finder<'_>, most: usize) -> Vec<u32> {
        let mut rows = Vec::new();
        let Some(array) = self.0.get(batch).filter(|_| !finder.needle().is_empty()) else { return rows };
        let (data, offsets) = (array.value_data(), array.value_offsets());
        let mut from = 0;
        while let Some(found) = data.get(from..).and_then(|rest| finder.find(rest)).filter(|_| rows.len() < most) {
            let begin = from + found;
            let at = offsets.partition_point(|offset| usize::try_from(*offset).is_ok_and(|offset| offset <= begin));
            let row = at.checked_sub(1).map(|at| (batch * BATCH + at) as u32);
            let end = offsets.get(at).and_then(|end| usize::try_from(*end).ok()).filter(|end| *end > begin);
            let is_inside = end.is_some_and(|end| begin + finder.needle().len() <= end);
            rows.extend(row.filter(|row| is_inside && self.get(*row).is_some()));
            // The next one is in the next text, or right behind where two texts meet.
            from = end.filter(|_| is_inside).unwrap_or(begin + 1);
        }
        rows
    }
}

/// A column of bytes.
pub(crate) struct Blobs(Vec<BinaryArray>);

impl Blobs {
    /// The bytes of a row, on the same terms as [`Text::get`].
    pub(crate) fn get(&self, row: u32) -> Option<&[u8]> {
        let (array, at) = place(&self.0, row)?;
        span(array.value_data(), array.value_offsets(), at)
    }
}

/// Bytes of a token.
pub(crate) const TOKEN: usize = 16;

/// A column of tokens.
pub(crate) struct Tokens(Vec<FixedSizeBinaryArray>);

impl Tokens {
    /// The token of a row; `None` if the row is not there.
    pub(crate) fn get(&self, row: u32) -> Option<&[u8; TOKEN]> {
        let (array, at) = place(&self.0, row)?;
        array.value_data().get(at * TOKEN..(at + 1) * TOKEN)?.try_into().ok()
    }
}

/// A column of yes and no.
pub(crate) struct Flags(Vec<BooleanArray>);

impl Flags {
    /// The flags of a batch; `None` if there is no such batch.
    pub(crate) fn batch(&self, batch: usize) -> Option<&BooleanArray> {
        self.0.get(batch)
    }

    /// The flag of a row; `None` if the row is not there or the cell is null.
    pub(crate) fn get(&self, row: u32) -> Option<bool> {
        let (array, at) = place(&self.0, row)?;
        Some(array.value(at))
    }
}

/// A column of words of which there are few: a dictionary of up to 256 words, and a number of one byte for
/// each row.
pub(crate) struct Words {
    /// The words, by number.
    pub(crate) words: Vec<String>,
    keys: Numbers<UInt8Type>,
}

impl Words {
    /// The word of a row; `None` if the row is not there or the cell is null.
    pub(crate) fn get(&self, row: u32) -> Option<&str> {
        self.words.get(usize::from(self.number(row)?)).map(String::as_str)
    }

    /// The number of a row's word; `None` if the row is not there or the cell is null. Words are compared
    /// by it without comparing texts.
    pub(crate) fn number(&self, row: u32) -> Option<u8> {
        self.keys.get(row)
    }
}

/// A column of numbers of one type, whose unit the declaration of the table tells.
pub(crate) struct Numbers<T: ArrowPrimitiveType>(Vec<PrimitiveArray<T>>);

/// Columns by what they hold.
pub(crate) type Bytes8 = Numbers<UInt8Type>;
pub(crate) type Counts16 = Numbers<UInt16Type>;
pub(crate) type Rows = Numbers<UInt32Type>;
pub(crate) type Cells = Numbers<UInt64Type>;
pub(crate) type Integers = Numbers<Int64Type>;
pub(crate) type Singles = Numbers<Float32Type>;
pub(crate) type Doubles = Numbers<Float64Type>;

impl<T: ArrowPrimitiveType> Numbers<T> {
    /// The number of a row; `None` if the row is not there or the cell is null.
    pub(crate) fn get(&self, row: u32) -> Option<T::Native> {
        let (array, at) = place(&self.0, row)?;
        array.values().get(at).copied()
    }

    /// The numbers of a batch; `None` if there is no such batch.
    pub(crate) fn batch(&self, batch: usize) -> Option<NumberBatch<'_, T::Native>> {
        self.0.get(batch).map(|array| NumberBatch { values: array.values(), nulls: array.nulls() })
    }

    /// Whether any row has a number.
    pub(crate) fn has_any(&self) -> bool {
        self.0.iter().any(|array| array.null_count() < array.len())
    }

    /// The numbers of neighbouring rows; `None` unless all are there, in one batch of a column without nulls.
    pub(crate) fn run(&self, rows: Range<u32>) -> Option<&[T::Native]> {
        let (array, at) = place(&self.0, rows.start)?;
        let numbers = array.values().get(at..at + rows.len())?;
        (array.null_count() == 0).then_some(numbers)
    }
}

/// The numbers of a batch of a column, by their places in it.
#[derive(Clone, Copy)]
pub(crate) struct NumberBatch<'a, N> {
    values: &'a [N],
    nulls: Option<&'a NullBuffer>,
}

impl<N: Copy> NumberBatch<'_, N> {
    /// The number at a place; `None` if it is not there or the cell is null.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<N> {
        let value = *self.values.get(at)?;
        self.nulls.is_none_or(|nulls| nulls.is_valid(at)).then_some(value)
    }
}

/// The first of the rows from 0 to `rows` for which `before` is false; it must be so for all that follow.
pub(crate) fn first_row(rows: usize, before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, rows as u32);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The batch of a row and the row's position in it, unless it is null or past the end.
fn place<A: Array>(arrays: &[A], row: u32) -> Option<(&A, usize)> {
    let (batch, at) = (row as usize / BATCH, row as usize % BATCH);
    let array = arrays.get(batch)?;
    (at < array.len() && !array.is_null(at)).then_some((array, at))
}

/// The bytes of an entry of a column of texts or bytes: from its offset to the next one. `None` where the
/// offsets are negative, in the wrong order or beyond the data.
fn span<'a>(data: &'a [u8], offsets: &[i32], at: usize) -> Option<&'a [u8]> {
    let (from, to) = (usize::try_from(*offsets.get(at)?).ok()?, usize::try_from(*offsets.get(at + 1)?).ok()?);
    data.get(from..to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::structure::structure_hash;
    use arrow_array::UInt32Array;
    use arrow_schema::DataType;

    #[test]
    fn empty_cells_are_found_where_there_must_be_values() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("table.arrow");
        let field = |nullable| Field::new("row", DataType::UInt32, nullable);
        for (cells, is_filled) in [(vec![Some(1), Some(2)], true), (vec![Some(1), None], false)] {
            let mut writer = TableWriter::create(&path, vec![field(true)]).expect("a file");
            writer.write(vec![Arc::new(UInt32Array::from(cells))]).expect("written");
            writer.finish().expect("written");
            let file = Buffer::from_vec(std::fs::read(&path).expect("a file"));
            let table = Table::open(&file, structure_hash(&file).expect("sound")).expect("opens");
            assert!(table.check_filled(&[field(true)]).is_ok());
            assert_eq!(table.check_filled(&[field(false)]).is_ok(), is_filled);
        }
    }
}
