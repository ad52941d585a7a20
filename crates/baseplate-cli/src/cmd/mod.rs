//! The sub-commands, one a file.

mod build;
mod check;
mod export;
mod geocode;
mod get;
mod info;
mod key;
mod layer;
mod locate;
mod migrate;
mod notes;
mod outcome;
mod progress;
mod qr;
mod rows;
mod stats;
mod suspect;
mod synth;
mod table;

pub(crate) use outcome::exit_code;

use outcome::Outcome;

/// Makes [`Command`] of modules that have `Args` and a function `run` for them.
macro_rules! commands {
    ($($command:ident: $module:ident,)*) => {
        #[derive(clap::Subcommand)]
        pub(crate) enum Command {
            $($command($module::Args),)*
        }

        impl Command {
            /// Does what is asked for.
            pub(crate) fn run(&self) -> Outcome {
                match self {
                    $(Self::$command(args) => $module::run(args),)*
                }
            }
        }
    };
}

// In the order of the help.
commands! {
    Synth: synth,
    Build: build,
    Layer: layer,
    Migrate: migrate,
    Check: check,
    Info: info,
    Get: get,
    Locate: locate,
    Geocode: geocode,
    Stats: stats,
    Export: export,
    Qr: qr,
}
