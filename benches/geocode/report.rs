//! Tables in Markdown.

use crate::tally::{BINS, Share, Tally, percentile};
use std::fmt::Write;

/// Tallies by the kind of text.
pub(crate) type Tallies = Vec<(&'static str, Tally)>;

/// All tables: texts that have an answer, texts that have none, the goals and the calibration.
pub(crate) fn report(noisy: &mut Tallies, absent: &mut Tallies) -> String {
    let sum = |of: &[&Tallies], take: fn(&str) -> bool| {
        let mut sum = Tally::default();
        of.iter().flat_map(|tallies| tallies.iter()).filter(|(kind, _)| take(kind)).for_each(|(_, t)| sum.add(t));
        sum
    };
    let (dirty, all) = (sum(&[noisy], |kind| kind != "clean"), sum(&[noisy, absent], |_| true));
    let (none, nowhere) = (sum(&[absent], |_| true), sum(&[absent], |kind| !kind.contains("_room")));
    let mut out = goals(&dirty, &all, &nowhere);
    noisy.push(("all but clean", dirty));
    absent.push(("all", none));
    out += &noisy_table(noisy);
    out += &absent_table(absent);
    out + &calibration(&all)
}

/// What was to be reached, and what was.
fn goals(dirty: &Tally, all: &Tally, nowhere: &Tally) -> String {
    let mean = |share: Share| share.ratio().map_or("–".to_owned(), |mean| format!("{mean:.2}"));
    let apart = all.miscalibration().map_or("–".to_owned(), |apart| format!("{apart:.4}"));
    let rows = [
        ("right building, dirty text that has one", "≥ 99.0 %", percent(dirty.building)),
        ("right room, where the text names one", "≥ 98.5 %", percent(dirty.room)),
        ("wrong answers in band high, negatives included", "≤ 0.1 %", percent(all.wrong_high)),
        ("answerable rows in band high", "≥ 92 %", percent(all.answerable)),
        (
            "other cities, missing buildings and doors, junk: matched at building or deeper, not in band low",
            "≤ 0.2 %",
            percent(nowhere.invented),
        ),
        ("number swapped at an exact level", "0", all.swapped.to_string()),
        ("ambiguous: truth among the alternatives", "≥ 99.5 %", percent(all.offered)),
        ("ambiguous: mean number of alternatives", "≤ 3", mean(all.alternatives)),
        ("calibration, averaged over bins", "≤ 0.02", apart),
    ];
    rows.iter().fold("| what | goal | reached |\n|---|---|---|\n".to_owned(), |mut out, (what, goal, reached)| {
        let _ = writeln!(out, "| {what} | {goal} | {reached} |");
        out
    })
}

/// One row for every kind of noise.
fn noisy_table(tallies: &mut Tallies) -> String {
    let mut out =
        "\n| noise | rows | one place | right building | right room | in band high | wrong in high | ambiguous | \
                   truth offered | stopped above | mean alternatives | number swapped | median µs | p99 µs |\n\
                   |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (kind, tally) in tallies {
        let alternatives = tally.alternatives.ratio().map_or("–".to_owned(), |mean| format!("{mean:.2}"));
        let [median, slow] = [0.5, 0.99].map(|share| micros(&mut tally.times, share));
        let Tally { rows, answerable, building, room, wrong_high, offered, above, swapped, .. } = tally;
        let [building, room, high, wrong] = [*building, *room, *answerable, *wrong_high].map(percent);
        let [offered, stopped] = [*offered, *above].map(percent);
        let (one, several) = (answerable.all, above.all);
        let _ = writeln!(
            out,
            "| {kind} | {rows} | {one} | {building} | {room} | {high} | {wrong} | {several} | {offered} | {stopped} | \
             {alternatives} | {swapped} | {median} | {slow} |"
        );
    }
    out
}

/// One row for every kind of text that is no place of the city.
fn absent_table(tallies: &mut Tallies) -> String {
    let mut out =
        "\n| no such place | rows | matched too deep | no place at all | wrong in high | number swapped | median µs | \
                   p99 µs |\n|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (kind, tally) in tallies {
        let [median, slow] = [0.5, 0.99].map(|share| micros(&mut tally.times, share));
        let [invented, unknown, wrong] = [tally.invented, tally.unknown, tally.wrong_high].map(percent);
        let (rows, swapped) = (tally.rows, tally.swapped);
        let _ = writeln!(out, "| {kind} | {rows} | {invented} | {unknown} | {wrong} | {swapped} | {median} | {slow} |");
    }
    out
}

/// Confidence against the share that is true.
fn calibration(all: &Tally) -> String {
    let mut out = "\n| confidence | matched rows | mean confidence | share true |\n|---|---|---|---|\n".to_owned();
    for (bin, (count, confidence, is_true)) in all.bins.iter().enumerate().filter(|(_, bin)| bin.0 > 0) {
        let [from, to] = [bin, bin + 1].map(|edge| edge as f64 / BINS as f64);
        let [mean, share] = [*confidence, *is_true as f64].map(|sum| sum / *count as f64);
        let _ = writeln!(out, "| {from:.1}–{to:.1} | {count} | {mean:.4} | {share:.4} |");
    }
    out
}

/// A share in percent; a dash where there is nothing.
fn percent(share: Share) -> String {
    share.ratio().map_or("–".to_owned(), |ratio| format!("{:.2} %", 100.0 * ratio))
}

fn micros(times: &mut [u64], share: f64) -> String {
    format!("{:.1}", percentile(times, share) as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_as_many_cells_as_their_heads() {
        let tally =
            || Tally { rows: 3, building: Share { some: 2, all: 3 }, bins: [(1, 0.5, 1); BINS], ..Tally::default() };
        let report = report(&mut vec![("clean", tally()), ("typo", tally())], &mut vec![("junk", tally())]);
        for table in report.split("\n\n") {
            let widths: Vec<usize> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(widths.len() > 2 && widths.iter().all(|width| *width == widths[0]), "{table}");
        }
        assert!(report.contains("| right building, dirty text that has one | ≥ 99.0 % | 66.67 % |"), "{report}");
    }
}
