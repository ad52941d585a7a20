//! What a declaration of a table yields.
//!
//! [`table!`] makes three things of a list of columns: a struct of opened columns for those who read, a
//! struct of one row for the writer, and an implementation of [`Declared`] that leads from one to the
//! other. So a column that is added to a declaration cannot be forgotten on either side, and its comment
//! becomes its line in the reference of the format.

use crate::store::table::{Table, TableError};
use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, Field};

/// A table that was declared with [`table!`].
pub(crate) trait Declared: Sized {
    /// The file, relative to the generation.
    const FILE: &'static str;
    /// What the table is, and how its rows are ordered.
    #[cfg(test)]
    const ABOUT: &'static str;
    /// What a writer gives for each row.
    type Row<'a>: Send;

    /// What is told of its columns: those of the file, what they mean, and in which unit.
    #[cfg(test)]
    fn columns() -> Vec<ColumnInfo>;

    /// The opened columns; `named` are those that a plate has as many of as it needs, such as one for each
    /// attribute: their names, for each `each` of the declaration in turn.
    ///
    /// # Errors
    /// [`TableError::Column`] for the first column that is missing or of another type.
    fn read(table: &Table, named: &[Vec<String>]) -> Result<Self, TableError>;

    /// The columns of the file, in their order: those of the declaration, then those that are named.
    fn fields(named: &[Vec<String>]) -> Vec<Field>;

    /// The arrays of some rows, in the order of the fields. Every row must have as many named cells as
    /// there are named columns.
    fn arrays(rows: Vec<Self::Row<'_>>, named: &[Vec<String>]) -> Result<Vec<ArrayRef>, ArrowError>;

    /// The first column, and its row, that has no value where there must be one. It looks at all rows, for
    /// those who verify a plate; named columns are passed over.
    fn hole(&self) -> Option<(&'static str, u32)>;
}

/// What is told of a column.
#[cfg(test)]
pub(crate) struct ColumnInfo {
    /// The columns of the file that it takes.
    pub(crate) fields: Vec<Field>,
    /// Whether there are as many of it as a plate needs.
    pub(crate) is_each: bool,
    /// The unit, as the page writes it; empty for what has none.
    pub(crate) unit: &'static str,
    /// What the comment of the declaration says.
    pub(crate) meaning: &'static str,
}

/// Declares a table: the struct of its opened columns, that of a row to be written, and how the two hang together.
///
/// `each` begins columns of which a plate has as many as it needs, called as `named` says; a table may have several such groups.
macro_rules! table {
    (
        $(#[doc = $about:literal])+
        $columns:ident of $row:ident in $file:expr;
        $( $(#[doc = $meaning:literal])+ $name:ident $(as $called:literal)? : $kind:ty $(= $unit:literal)?; )*
        $( each $(#[doc = $each_meaning:literal])+ $each:ident : $each_kind:ty; )*
    ) => {
        $(#[doc = $about])+
        pub(crate) struct $columns {
            pub(crate) rows: usize,
            $( $(#[doc = $meaning])+ pub(crate) $name: <$kind as $crate::schema::column::Column>::Reader, )*
            $( $(#[doc = $each_meaning])+
               pub(crate) $each: Vec<(String, <$each_kind as $crate::schema::column::Column>::Reader)>, )*
        }

        #[doc = concat!("A row of [`", stringify!($columns), "`] to be written.")]
        pub(crate) struct $row<'a> {
            $( pub(crate) $name: <$kind as $crate::schema::column::Column>::Cell<'a>, )*
            $( pub(crate) $each: Vec<<$each_kind as $crate::schema::column::Column>::Cell<'a>>, )*
        }

        impl $crate::schema::Declared for $columns {
            const FILE: &'static str = $file;
            #[cfg(test)]
            const ABOUT: &'static str = concat!($($about),+);
            type Row<'a> = $row<'a>;

            #[cfg(test)]
            fn columns() -> Vec<$crate::schema::declared::ColumnInfo> {
                use $crate::schema::column::Column;
                vec![
                    $( $crate::schema::declared::ColumnInfo {
                        fields: <$kind as Column>::fields([$($called,)? stringify!($name)][0], false),
                        is_each: false,
                        unit: [$($unit,)? ""][0],
                        meaning: concat!($($meaning),+),
                    }, )*
                    $( $crate::schema::declared::ColumnInfo {
                        fields: <$each_kind as Column>::fields(stringify!($each), false),
                        is_each: true,
                        unit: "",
                        meaning: concat!($($each_meaning),+),
                    }, )*
                ]
            }

            fn read(
                table: &$crate::store::table::Table,
                named: &[Vec<String>],
            ) -> Result<Self, $crate::store::table::TableError> {
                use $crate::schema::column::Column;
                let _groups = &mut named.iter();
                Ok(Self {
                    rows: table.rows(),
                    $( $name: <$kind as Column>::read(table, [$($called,)? stringify!($name)][0])?, )*
                    $( $each: _groups
                        .next()
                        .into_iter()
                        .flatten()
                        .map(|name| Ok((name.clone(), <$each_kind as Column>::read(table, name)?)))
                        .collect::<Result<_, $crate::store::table::TableError>>()?, )*
                })
            }

            fn fields(named: &[Vec<String>]) -> Vec<arrow_schema::Field> {
                use $crate::schema::column::Column;
                let (mut fields, _groups) = (Vec::new(), &mut named.iter());
                $( fields.extend(<$kind as Column>::fields([$($called,)? stringify!($name)][0], false)); )*
                $( fields.extend(_groups.next().into_iter().flatten().flat_map(|name| <$each_kind as Column>::fields(name, false))); )*
                fields
            }

            fn arrays(
                rows: Vec<$row<'_>>,
                named: &[Vec<String>],
            ) -> Result<Vec<arrow_array::ArrayRef>, arrow_schema::ArrowError> {
                use $crate::schema::column::Column;
                $( let mut $name = Vec::with_capacity(rows.len()); )*
                let _groups = &mut named.iter().map(Vec::len);
                $( let columns = _groups.next().unwrap_or_default();
                   let mut $each: Vec<Vec<_>> = (0..columns).map(|_| Vec::with_capacity(rows.len())).collect(); )*
                for row in rows {
                    $( $name.push(Some(row.$name)); )*
                    $( $each.iter_mut().zip(row.$each).for_each(|(cells, cell)| cells.push(Some(cell))); )*
                }
                let mut arrays = Vec::new();
                $( arrays.extend(<$kind as Column>::arrays($name)?); )*
                $( for cells in $each {
                    arrays.extend(<$each_kind as Column>::arrays(cells)?);
                } )*
                Ok(arrays)
            }

            fn hole(&self) -> Option<(&'static str, u32)> {
                use $crate::schema::column::Column;
                let first = |is_there: &dyn Fn(u32) -> bool| (0..self.rows as u32).find(|row| !is_there(*row));
                $( if let Some(row) = first(&|row| <$kind as Column>::is_there(&self.$name, row)) {
                    return Some(([$($called,)? stringify!($name)][0], row));
                } )*
                None
            }
        }
    };
}

pub(super) use table;
