//! The layers of a plate that come and go without a build: a department's file is looked at, linked and published beside all else.
//!
//! | what | file |
//! |---|---|
//! | what a file holds, found from its header and its rows | `look.rs`, `column.rs` |
//! | adding a layer, taking its place, removing it | `change.rs` |
//! | grids, buildings and addresses of an open plate, for records to hang on | `mapped.rs` |

mod change;
mod column;
mod look;
mod mapped;

pub use change::{AddedLayer, LayerLabels, add_layer, kept_layer, label_layer, remove_layer, replace_layer};
pub use look::{Found, LookError, look_at};
