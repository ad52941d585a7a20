//! Which cells are read, and as what.
//!
//! Whoever reads a source asks for its columns one by one and gets an index for each; every row then has
//! its cells at these indices, whatever the order of columns in the file. A column that is asked for twice
//! is read once.

/// What a cell is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Any text.
    Text,
    /// A code, which spreadsheets put guards around.
    Code,
    /// Somebody's own id, likewise.
    Id,
    /// A number, which may have a decimal comma.
    Coordinate,
}

/// Which cells to read; a spec's columns, each asked for once. The first is the code, without which a row is nothing.
pub(crate) struct Columns {
    /// The wanted columns by name, each with what its cells are read as; their order is that of the
    /// indices.
    pub(super) wanted: Vec<(String, Role)>,
    /// Whether geometries are read.
    pub(super) with_geometry: bool,
}

impl Columns {
    /// The columns of a source whose code is in this one, which gets index 0.
    pub(crate) fn of(code: &str) -> Self {
        Self { wanted: vec![(code.to_owned(), Role::Code)], with_geometry: true }
    }

    /// The columns of a source whose rows are known by their numbers.
    pub(crate) fn without_code() -> Self {
        Self { wanted: Vec::new(), with_geometry: true }
    }

    /// The columns of a source of people, whose ids are in this one.
    pub(crate) fn of_people(id: &str) -> Self {
        Self { wanted: vec![(id.to_owned(), Role::Id)], with_geometry: true }
    }

    /// What the cells are read as, in the order of their indices.
    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.wanted.iter().map(|(_, role)| *role)
    }

    /// Leaves geometries unread: points are in columns.
    pub(crate) fn without_geometry(&mut self) {
        self.with_geometry = false;
    }

    /// The index under which the column's cell will be found.
    pub(crate) fn want(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Text)
    }

    /// As [`Columns::want`], for a code of this or another thing.
    pub(crate) fn want_code(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Code)
    }

    /// As [`Columns::want`], for one coordinate.
    pub(crate) fn want_coordinate(&mut self, column: &str) -> usize {
        self.want_as(column, Role::Coordinate)
    }

    /// The index of a column. A role other than text, once given, stays.
    fn want_as(&mut self, column: &str, role: Role) -> usize {
        let known = self.wanted.iter().position(|(name, _)| name == column);
        let index = known.unwrap_or(self.wanted.len());
        match self.wanted.get_mut(index) {
            Some((_, known)) if *known == Role::Text => *known = role,
            Some(_) => {}
            None => self.wanted.push((column.to_owned(), role)),
        }
        index
    }

    /// As [`Columns::want`], for a column that the spec may leave out.
    pub(crate) fn want_if(&mut self, column: Option<&str>) -> Option<usize> {
        column.map(|c| self.want(c))
    }

    /// As [`Columns::want_code`], for a column that the spec may leave out.
    pub(crate) fn want_code_if(&mut self, column: Option<&str>) -> Option<usize> {
        column.map(|c| self.want_code(c))
    }

    /// The names of the columns, in the order of their indexes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|(name, _)| name.as_str())
    }
}
