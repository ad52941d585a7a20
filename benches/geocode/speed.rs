//! How long look-ups take.

use crate::{random::Random, tally::percentile};
use baseplate_core::{Baseplate, LngLat};
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};
use std::{fmt::Write, hint::black_box, time::Instant};

/// Runs of which the quickest counts.
const RUNS: usize = 3;
/// Inputs that are meant to take long.
const NASTY: usize = 2000;
/// Their length, characters.
const LENGTH: usize = 10_000;
/// Texts that prefixes are made of.
const TYPED: usize = 2000;
/// Completions that are asked for.
const LIMIT: usize = 10;
/// How far from an address its surroundings are asked for, degrees.
const AROUND: f64 = 0.0005;

/// Measures everything and makes a table of it. `codes` are those of addresses.
///
/// # Errors
/// If a thread cannot be started.
pub(crate) fn speed(
    plate: &Baseplate,
    clean: &[&str],
    dirty: &[&str],
    codes: &[String],
    seed: u64,
) -> Result<String, ThreadPoolBuildError> {
    let one = ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut out = "\n| speed | goal | reached |\n|---|---|---|\n".to_owned();
    for (name, goal, texts) in [("clean", "50,000", clean), ("dirty", "8,000", dirty)] {
        let rate = one.install(|| rate(plate, texts));
        let _ = writeln!(out, "| {name} rows a second, one core | ≥ {goal} | {rate:.0} |");
    }
    let geocode = |text: &&str| drop(black_box(plate.geocode(text)));
    let prefixes = prefixes(dirty, seed);
    let points = points(plate, codes, seed);
    let nasty = nasty(dirty, seed);
    let rows = [
        ("one clean look-up", "p99 ≤ 3 ms", times(clean, geocode)),
        ("one dirty look-up", "p99 ≤ 3 ms", times(dirty, geocode)),
        ("suggest", "p99 ≤ 2 ms", times(&prefixes, |typed| drop(black_box(plate.suggest(typed, None, LIMIT))))),
        ("reverse", "p99 ≤ 0.5 ms", times(&points, |point| drop(black_box(plate.reverse(*point))))),
        ("nasty inputs", "max ≤ 20 ms", times(&nasty, |text| drop(black_box(plate.geocode(text))))),
        (
            "suggest, nasty inputs",
            "max ≤ 20 ms",
            times(&nasty, |text| drop(black_box(plate.suggest(text, None, LIMIT)))),
        ),
    ];
    for (name, goal, mut times) in rows {
        let [median, slow, longest] = [0.5, 0.99, 1.0].map(|share| percentile(&mut times, share) as f64 / 1000.0);
        let count = times.len();
        let _ = writeln!(
            out,
            "| {name}, {count} | {goal} | median {median:.1} µs, p99 {slow:.1} µs, max {longest:.1} µs |"
        );
    }
    Ok(out)
}

/// Rows a second of the quickest run.
fn rate(plate: &Baseplate, texts: &[&str]) -> f64 {
    let run = || {
        let started = Instant::now();
        drop(black_box(plate.geocode_many(texts)));
        texts.len() as f64 / started.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| run()).fold(0.0, f64::max)
}

/// Nanoseconds of every look-up, one after the other.
fn times<T>(all: &[T], look_up: impl Fn(&T)) -> Vec<u64> {
    let time = |asked| {
        let started = Instant::now();
        look_up(asked);
        started.elapsed().as_nanos() as u64
    };
    all.iter().map(time).collect()
}

/// What is in the box while texts are typed.
fn prefixes(texts: &[&str], seed: u64) -> Vec<String> {
    let mut random = Random::new(seed, "prefixes", 0);
    let picked = (0..TYPED).filter_map(|_| random.of(texts)).collect::<Vec<_>>();
    picked.iter().flat_map(|text| text.char_indices().skip(1).map(|(end, _)| text[..end].to_owned())).collect()
}

/// Points near addresses.
fn points(plate: &Baseplate, codes: &[String], seed: u64) -> Vec<LngLat> {
    let mut random = Random::new(seed, "points", 0);
    let mut off = || AROUND * (random.below(2001) as f64 / 1000.0 - 1.0);
    let points = codes.iter().filter_map(|code| plate.address(code)?.point());
    points.map(|p| LngLat::new(p.lng + off(), p.lat + off())).collect()
}

/// Inputs that are long and strange.
pub(crate) fn nasty(texts: &[&str], seed: u64) -> Vec<String> {
    let mut random = Random::new(seed, "nasty", 0);
    let any = |random: &mut Random| random.of(texts).unwrap_or("示例路1号").to_owned();
    (0..NASTY)
        .map(|number| {
            let mut next = |pieces: &[&str]| random.of(pieces).unwrap_or_default().to_owned();
            match number % 10 {
                0 => fill(|| next(&["(", "（", "【", "[", "{", "《", "\"", "“"])),
                1 => fill(|| next(&["(", ")", "（", "）", "1", "号"])),
                2 => fill(|| next(&["\u{0}", "\t", "\r", "\n", "\u{7f}", "\u{200b}", "\u{202e}", "\u{301}"])),
                3 => fill(|| next(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])),
                4 => fill(|| next(&["一", "二", "十", "百", "千", "零", "万", "亿"])),
                5 => fill(|| next(&["1栋", "2单元", "3室", "4-", "5号", "A座", "、", "之", "附", "-"])),
                6 => fill(|| any(&mut random)),
                7 => {
                    let same = any(&mut random);
                    fill(|| same.clone())
                }
                8 => {
                    fill(|| char::from_u32(0x4E00 + random.below(0x5000) as u32).map(String::from).unwrap_or_default())
                }
                _ => {
                    let start: String = any(&mut random).chars().take(1 + number % 30).collect();
                    fill(|| start.clone())
                }
            }
        })
        .collect()
}

/// Pieces until the length is reached; those that are nothing count as a space.
fn fill(mut piece: impl FnMut() -> String) -> String {
    let (mut out, mut length) = (String::new(), 0);
    while length < LENGTH {
        let next = Some(piece()).filter(|piece| !piece.is_empty()).unwrap_or_else(|| " ".to_owned());
        length += next.chars().count();
        out += &next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nasty_inputs_are_many_and_long() {
        let all = nasty(&["红棉四路129号"], 1);
        assert!(all.len() == NASTY && all.iter().all(|text| text.chars().count() >= LENGTH));
        assert_eq!(all, nasty(&["红棉四路129号"], 1));
    }

    #[test]
    fn a_text_is_typed_character_by_character() {
        assert_eq!(prefixes(&["红棉路1"], 1)[..3], ["红", "红棉", "红棉路"]);
    }
}
