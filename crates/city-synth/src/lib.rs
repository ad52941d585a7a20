//! placeholder
use std::{fmt, io, path::Path, str::FromStr};
#[derive(Clone, Copy)]
pub enum Scale { Town }
impl FromStr for Scale { type Err = String; fn from_str(_: &str) -> Result<Self, String> { Ok(Self::Town) } }
impl fmt::Display for Scale { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("town") } }
pub struct Summary { pub grids: u64, pub buildings: u64, pub addresses: u64 }
pub fn write_city(_: &Path, _: Scale, _: u64) -> io::Result<Summary> { Err(io::Error::other("not here yet")) }
