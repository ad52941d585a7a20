//! Conditions on rows, as filters of OGC API write them: a part of the text form of CQL2 (OGC 21-065).
//!
//! | form | notes |
//! |---|---|
//! | `a = 1` `<>` `<` `<=` `>` `>=` | a column and a value, in either order |
//! | `a IN (1, 2)` `a BETWEEN 1 AND 2` `a LIKE 'x%_'` `a IS NULL` | with `NOT` in front of each word too; `\` takes its meaning from `%` and `_` |
//! | `AND` `OR` `NOT` `( )` `TRUE` `FALSE` | as SQL has it: what is compared with nothing is neither true nor false |
//! | `CASEI(a) = CASEI('X')` | texts without regard to case; else it matters |
//! | `S_INTERSECTS(geometry, BBOX(w,s,e,n))` | `POINT(lng lat)`, and `POLYGON((…))` if it is a box, too |
//! | `TIMESTAMP('2026-01-05T09:00:00Z')` `DATE('2026-01-05')` | a day is all of its seconds; `'2026-01'` stands for a month where times are compared |
//!
//! Words are those of any case. Names of columns with other signs than letters, digits, `_`, `:` and `.` stand in double quotes.

mod condition;
mod error;
mod like;
mod parse;
mod token;

pub(crate) use condition::{Condition, Value};
pub use error::CqlError;
pub(crate) use parse::{Column, Sort, literal, parse};
