//! What an Arrow file says about where its data is, hashed before it is believed, and looked through before
//! it is used.
//!
//! An Arrow IPC file ends in a footer with the schema and, for each batch of rows and each dictionary,
//! where its block lies. A block begins with a header (a FlatBuffers message) that has, for every column,
//! its rows, its nulls, and where its buffers lie in the body behind it. Footer and headers are called the
//! *structure* here: some kilobytes that decide which bytes of the file are read as what.
//!
//! The reader of `arrow` must not look at the data when a plate is opened, because that would read the
//! whole city, so it is told to skip its checks ([`super::table`]). What those would have found is made
//! sure of in two ways. The hashes in the manifest show that the structure is the one that was written; and
//! [`Structure::check`] shows that every buffer lies in the file and is long enough, for files whose hashes
//! were made to fit.

use super::batch::TableError;
use arrow_ipc::{
    Block, Field, Int, Message, MessageHeader, MetadataVersion, Precision, RecordBatch, Type, convert::fb_to_schema,
    reader::read_footer_length, root_as_footer, root_as_message,
};
use arrow_schema::{DataType, Schema};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// Bytes behind the footer of an Arrow file: its length and the magic.
const TRAILER: usize = 10;
/// What begins a header: four bytes that are always the same, then its length.
const CONTINUATION: [u8; 4] = [0xFF; 4];

/// Two hashes of an Arrow file's structure. The footer has one of its own, because it is compared before
/// anything is parsed, and the headers are found only by parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StructureHash {
    /// XXH3-64 of the footer's bytes.
    pub(crate) footer: u64,
    /// XXH3-64 of the footer's bytes and, behind them, the headers of dictionaries and batches in the
    /// footer's order.
    pub(crate) whole: u64,
}

/// Footer and batch headers of an Arrow file, parsed.
pub(crate) struct Structure {
    /// The columns: only of types that tables of a plate have.
    pub(crate) schema: Schema,
    /// The version of the messages, which the decoder has to know.
    pub(crate) version: MetadataVersion,
    /// Where the dictionaries of the columns of words lie.
    pub(crate) dictionaries: Vec<Block>,
    /// Where the batches lie, in the order of their rows.
    pub(crate) blocks: Vec<Block>,
    hash: StructureHash,
}

impl Structure {
    /// Reads a structure that must have a hash, whose footer is compared before it is parsed.
    pub(crate) fn open(file: &[u8], expected: StructureHash) -> Result<Self, TableError> {
        if xxh3_64(footer(file)?) != expected.footer {
            return Err(TableError::Structure);
        }
        Self::read(file).and_then(|s| if s.hash == expected { Ok(s) } else { Err(TableError::Structure) })
    }

    /// Parses the structure of a file and hashes it. Columns of unknown types and blocks beyond the file's
    /// end are refused.
    fn read(file: &[u8]) -> Result<Self, TableError> {
        let bytes = footer(file)?;
        let footer = root_as_footer(bytes).map_err(|_| TableError::Structure)?;
        let schema = footer.schema().filter(|schema| schema.fields().is_some_and(|fields| fields.iter().all(is_known)));
        let schema = fb_to_schema(schema.ok_or(TableError::Structure)?);
        let blocks: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
        let dictionaries: Vec<Block> = footer.dictionaries().iter().flatten().copied().collect();
        let mut hash = Xxh3Default::new();
        hash.update(bytes);
        for block in dictionaries.iter().chain(&blocks) {
            hash.update(head(block, file).ok_or(TableError::NotArrow)?);
        }
        let hash = StructureHash { footer: xxh3_64(bytes), whole: hash.digest() };
        Ok(Self { schema, version: footer.version(), dictionaries, blocks, hash })
    }

    /// Checks that every buffer is where its header says and as long as its rows need, so that arrays can be made of them without
    /// looking at what is in them.
    pub(crate) fn check(&self, file: &[u8]) -> Result<(), TableError> {
        let columns: Vec<&DataType> = self.schema.fields().iter().map(|field| field.data_type()).collect();
        let sound = |block: &Block, is_dictionary: bool| {
            let message = message(head(block, file)?)?;
            if is_dictionary {
                let batch = message.header_as_dictionary_batch().filter(|batch| !batch.isDelta())?.data()?;
                return fits(&batch, &[&DataType::Utf8], block.bodyLength());
            }
            let is_batch = message.header_type() == MessageHeader::RecordBatch;
            fits(&message.header_as_record_batch().filter(|_| is_batch)?, &columns, block.bodyLength())
        };
        let all = self.dictionaries.iter().map(|b| (b, true)).chain(self.blocks.iter().map(|b| (b, false)));
        for (block, is_dictionary) in all {
            sound(block, is_dictionary).ok_or(TableError::Structure)?;
        }
        Ok(())
    }
}

/// Whether a column is of a type that tables here have; `arrow` panics at some that cannot be.
fn is_known(field: Field<'_>) -> bool {
    let byte = |int: Int<'_>| int.bitWidth() == 8 && !int.is_signed();
    if let Some(words) = field.dictionary() {
        return words.indexType().is_some_and(byte) && field.type_type() == Type::Utf8;
    }
    match field.type_type() {
        Type::Utf8 | Type::Binary | Type::Bool => true,
        Type::Int => field.type_as_int().is_some_and(|int| [8, 16, 32, 64].contains(&int.bitWidth())),
        Type::FloatingPoint => field
            .type_as_floating_point()
            .is_some_and(|float| [Precision::SINGLE, Precision::DOUBLE].contains(&float.precision())),
        Type::FixedSizeBinary => field.type_as_fixed_size_binary().is_some_and(|bytes| bytes.byteWidth() > 0),
        _ => false,
    }
}

/// Where a block lies in a file of so many bytes.
pub(crate) fn block_range(block: &Block, file: usize) -> Option<(usize, usize)> {
    let from = usize::try_from(block.offset()).ok()?;
    let head = usize::try_from(block.metaDataLength()).ok()?;
    let to = from.checked_add(head)?.checked_add(usize::try_from(block.bodyLength()).ok()?)?;
    (to <= file).then_some((from, to))
}

/// The hash of an Arrow file's structure, to be kept in the manifest.
pub(crate) fn structure_hash(file: &[u8]) -> Result<StructureHash, TableError> {
    Structure::read(file).map(|s| s.hash)
}

/// The bytes of the footer, found by its length at the end of the file.
fn footer(file: &[u8]) -> Result<&[u8], TableError> {
    let end = file.len().checked_sub(TRAILER).ok_or(TableError::NotArrow)?;
    let trailer: [u8; TRAILER] = file[end..].try_into().map_err(|_| TableError::NotArrow)?;
    let length = read_footer_length(trailer).map_err(|_| TableError::NotArrow)?;
    let start = end.checked_sub(length).ok_or(TableError::NotArrow)?;
    Ok(&file[start..end])
}

/// The header of a block, if the block lies in the file.
fn head<'f>(block: &Block, file: &'f [u8]) -> Option<&'f [u8]> {
    let (from, to) = block_range(block, file.len())?;
    let head = file.get(from..from.checked_add(usize::try_from(block.metaDataLength()).ok()?)?)?;
    (from + head.len() <= to).then_some(head)
}

/// The message of a header: what stands behind the four bytes of its beginning and the four of its length.
fn message(head: &[u8]) -> Option<Message<'_>> {
    let head = head.strip_prefix(&CONTINUATION)?;
    root_as_message(head.get(4..)?).ok()
}

/// Whether a batch of such columns lies in a body of so many bytes: nothing compressed, every column with its buffers, and every
/// buffer long enough. What text columns say about their bytes is checked where it is read.
fn fits(batch: &RecordBatch<'_>, columns: &[&DataType], body: i64) -> Option<()> {
    let rows = usize::try_from(batch.length()).ok()?;
    let mut nodes = batch.nodes()?.iter();
    let mut buffers = batch.buffers()?.iter();
    let mut buffer = |bytes: usize| {
        let buffer = buffers.next()?;
        let end = buffer.offset().checked_add(buffer.length())?;
        let inside = buffer.offset() >= 0 && buffer.length() >= 0 && end <= body;
        (inside && usize::try_from(buffer.length()).ok()? >= bytes).then_some(())
    };
    let bits = rows.div_ceil(8);
    for column in columns {
        let node = nodes.next()?;
        let nulls = usize::try_from(node.null_count()).ok()?;
        if usize::try_from(node.length()).ok()? != rows || nulls > rows {
            return None;
        }
        buffer(if nulls > 0 { bits } else { 0 })?;
        match column {
            DataType::Utf8 | DataType::Binary => {
                let offsets = if rows > 0 { rows.checked_add(1)?.checked_mul(4)? } else { 0 };
                buffer(offsets)?;
                buffer(0)?;
            }
            DataType::Boolean => buffer(bits)?,
            DataType::FixedSizeBinary(size) => buffer(rows.checked_mul(usize::try_from(*size).ok()?)?)?,
            DataType::Dictionary(key, _) => buffer(rows.checked_mul(key.primitive_width()?)?)?,
            other => buffer(rows.checked_mul(other.primitive_width()?)?)?,
        }
    }
    (batch.compression().is_none() && nodes.next().is_none() && buffers.next().is_none()).then_some(())
}
