//! Counts by category, of people only what may be shown.

use super::{Context, Tables, categories::Category, counts::Counts};
use crate::{
    arrays::ArraysWriter,
    plate::{CATEGORIES_MAGIC, CATEGORIES_VERSION, HIDDEN},
    stats::{Family, publishable},
};

impl Context<'_> {
    /// The file of categories: for each attribute of people, then of enterprises, a matrix of the grids of the first kind, of all
    /// levels, by the attribute's words and "not said", row by row. People are shown where every category of the grid may be, and
    /// nothing else is written of them.
    pub(super) fn write_categories(&self, tables: &Tables<'_>, counts: &Counts) -> Vec<u8> {
        let parents = self.first_kind_parents();
        let mut file = ArraysWriter::new(CATEGORIES_MAGIC, CATEGORIES_VERSION);
        let grid = |address: u32| tables.grids_of_address(address).first().copied().flatten();
        let people = tables.people.order.iter().filter(|place| tables.people.counts(**place));
        let people: Vec<_> = people.filter_map(|p| Some((*p, grid(tables.people.address(*p)?)?))).collect();
        for category in &tables.people.attributes.0 {
            let mut matrix = matrix(category, &people, &parents);
            self.hide(&mut matrix, category.words.len() + 1, &parents, counts);
            file.push(&matrix);
        }
        drop(people);
        let enterprises = tables.enterprises.order.iter().filter(|place| tables.enterprises.counts(**place));
        let enterprises: Vec<_> =
            enterprises.filter_map(|p| Some((*p, grid(tables.enterprises.address(*p)?)?))).collect();
        tables.enterprises.attributes.0.iter().for_each(|c| file.push(&matrix(c, &enterprises, &parents)));
        file.finish()
    }

    /// Takes the numbers of people out that may not be shown.
    fn hide(&self, matrix: &mut [u32], width: usize, parents: &[Option<u32>], counts: &Counts) {
        // Words that nobody has are no categories: their zeros would count as small numbers.
        let used: Vec<bool> = (0..width).map(|c| matrix.iter().skip(c).step_by(width).any(|n| *n > 0)).collect();
        let of_used = matrix.chunks_exact(width).flat_map(|row| row.iter().zip(&used));
        let numbers: Vec<u32> = of_used.filter(|(_, used)| **used).map(|(n, _)| *n).collect();
        let uninhabited: Vec<bool> = counts.grids[..parents.len()].iter().map(|n| n.addresses == 0).collect();
        let categories = used.iter().filter(|used| **used).count();
        let family = Family { parents, categories, counts: &numbers, uninhabited: &uninhabited };
        let shown = publishable(&family, self.spec.plate.suppress_below);
        for ((row, shown), total) in matrix.chunks_exact_mut(width).zip(shown).zip(&counts.people) {
            if !shown || total.is_none() {
                row.iter_mut().zip(&used).filter(|(_, used)| **used).for_each(|(n, _)| *n = HIDDEN);
            }
        }
    }
}

/// Counts of some places, each with the row of its grid on the ground, by word and "not said"; each level the sum of the one
/// below.
fn matrix(category: &Category, places: &[(u32, u32)], parents: &[Option<u32>]) -> Vec<u32> {
    let width = category.words.len() + 1;
    let mut matrix = vec![0_u32; parents.len() * width];
    for (place, grid) in places {
        let word = usize::from(category.of_row[*place as usize]).min(width - 1);
        matrix[*grid as usize * width + word] += 1;
    }
    for (row, parent) in parents.iter().enumerate() {
        let Some(parent) = parent.map(|parent| parent as usize) else { continue };
        // The one above stands on a higher level, so it comes later.
        let (below, above) = matrix.split_at_mut(parent * width);
        let sums = above.iter_mut().zip(&below[row * width..][..width]);
        sums.for_each(|(sum, n)| *sum += n);
    }
    matrix
}
