//! Benchmarks live in `benches/`; see README.md for the commands and the figures.
