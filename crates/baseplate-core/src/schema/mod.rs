//! The tables of a plate, each declared once: what its columns are called, what they hold, in which unit, and what they mean.
//!
//! A declaration ([`tables`]) is both sides of a table: the columns that readers look into, and the rows that a writer is given. The
//! reference of the format is made from it ([`reference`]).
//!
//! Each column has a kind ([`column`]) that knows its type in the file, how it is written and how it is
//! read. Declarations have no columns that are worked out: what is in a table is what a writer gave. Rows
//! of other tables are referred to by number, so tables that refer to each other belong to one generation.

mod column;
mod declared;
#[cfg(test)]
#[cfg(feature = "build")]
mod reference;
pub(crate) mod tables;

pub(crate) use column::Word;
pub(crate) use declared::Declared;

use crate::store::{OpenError, files::Files};

/// Opens a table of a generation; `named` are its columns of which a plate has as many as it needs.
pub(crate) fn open<T: Declared>(files: &Files<'_>, named: &[Vec<String>]) -> Result<T, OpenError> {
    open_in(files, T::FILE, named)
}

/// The same for a table of which a plate has several, each in a file of its own.
pub(crate) fn open_in<T: Declared>(files: &Files<'_>, file: &str, named: &[Vec<String>]) -> Result<T, OpenError> {
    files.columns(file, |table| {
        table.check_filled(&T::fields(named))?;
        T::read(table, named)
    })
}
