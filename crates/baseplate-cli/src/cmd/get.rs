use super::{key::KeyArgs, outcome::Outcome};
use baseplate_core::{Baseplate, EntityAnswer};
use std::{
    error::Error,
    io::{self, Read, Write},
    path::PathBuf,
};

/// No code is longer.
const CODE_BYTES_MAX: u64 = 1 << 10;

/// Show what a code stands for and what is linked with it, as JSON
///
/// A person is found by citizen id, and only with the key that the plate was built with.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// The code of a grid, building, address or enterprise, or with a key the id of a person; - reads it from standard input, where it
    /// stands in no history of commands
    code: String,
    /// The layer that the code is of, where several have it
    #[arg(long, value_name = "ID", conflicts_with = "key_file")]
    layer: Option<String>,
    /// Name natural persons in business (个体工商户) in lists of enterprises as well
    #[arg(long)]
    natural_persons: bool,
    #[command(flatten)]
    key: KeyArgs,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let plate = if args.natural_persons { plate.with_natural_persons() } else { plate };
    let code = match args.code.as_str() {
        "-" => io::read_to_string(io::stdin().lock().take(CODE_BYTES_MAX))?.trim().to_owned(),
        code => code.to_owned(),
    };
    let json = match &args.layer {
        Some(layer) => {
            let answer = plate.describe_record(layer, &code, EntityAnswer::LISTED);
            let missing = || plate.describe_missing_record(layer, &code);
            serde_json::to_string_pretty(&answer.ok_or_else(missing)?)?
        }
        None => of_any_kind(&plate, &code, args)?,
    };
    writeln!(io::stdout().lock(), "{json}")?;
    Ok(())
}

/// What a code of any kind stands for, as JSON.
fn of_any_kind(plate: &Baseplate, code: &str, args: &Args) -> Result<String, Box<dyn Error>> {
    Ok(match (plate.describe(code), args.key.key()?) {
        (Some(answer), _) => serde_json::to_string_pretty(&answer)?,
        (None, Some(key)) => match plate.people()?.person(&key, code)? {
            Some(person) => serde_json::to_string_pretty(&plate.describe_person(person))?,
            None => return Err(plate.describe_missing(code).into()),
        },
        (None, None) => {
            let hint =
                if plate.manifest().people_release.is_some() { "; people are found with --key-file only" } else { "" };
            return Err(format!("{}{hint}", plate.describe_missing(code)).into());
        }
    })
}
