//! Fixed rules by which a published number is split.
//!
//! They are functions of published numbers alone and give the same result everywhere; so whoever knows them
//! learns nothing from the split.

/// `total` split over `weights`, as near to their shares as whole numbers can be; equal remainders go to
/// the first ones. Without any weight all are alike, and without weights there is nothing. The shares sum
/// to `total`.
pub(super) fn apportion(total: u64, weights: &[u32]) -> Vec<u32> {
    let sum: u64 = weights.iter().map(|w| u64::from(*w)).sum();
    if sum == 0 {
        let alike = vec![1; weights.len()];
        return if weights.is_empty() { Vec::new() } else { apportion(total, &alike) };
    }
    let exact = |weight: &u32| u128::from(*weight) * u128::from(total);
    let mut shares: Vec<u32> = weights.iter().map(|w| (exact(w) / u128::from(sum)) as u32).collect();
    let given: u64 = shares.iter().map(|n| u64::from(*n)).sum();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(exact(&weights[*place]) % u128::from(sum)));
    order.into_iter().take((total - given) as usize).for_each(|place| shares[place] += 1);
    shares
}

/// A table with these sums of rows and of columns, which must have the same sum: whoever stands in line is of the category that is most
/// behind its share, and the rows take their people from the line one after another.
pub(super) fn table(rows: &[u32], columns: &[u32]) -> Vec<u32> {
    let total: i64 = columns.iter().map(|n| i64::from(*n)).sum();
    let mut given = vec![0_i64; columns.len()];
    let mut cells = Vec::with_capacity(rows.len() * columns.len());
    let mut place = 0;
    for row in rows {
        let before = given.clone();
        for _ in 0..*row {
            place += 1;
            let behind = |category: &usize| i64::from(columns[*category]) * place - given[*category] * total;
            let free = (0..columns.len()).filter(|category| given[*category] < i64::from(columns[*category]));
            // Of equals the first one.
            let Some(next) = free.rev().max_by_key(behind) else { break };
            given[next] += 1;
        }
        cells.extend(given.iter().zip(before).map(|(now, before)| (now - before) as u32));
    }
    cells
}
