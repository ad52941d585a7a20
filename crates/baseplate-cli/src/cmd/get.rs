use super::key::KeyArgs;
use crate::Outcome;
use baseplate_core::{
    Baseplate, Entity,
    code::{CodeError, CodeType},
};
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// Show what a code stands for and what is linked with it, as JSON
///
/// A person is found by citizen id, and only with the key that the plate was built with.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plate
    plate: PathBuf,
    /// The code of a grid, building, address or enterprise, or with a key the id of a person
    code: String,
    #[command(flatten)]
    key: KeyArgs,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let plate = Baseplate::open(&args.plate)?;
    let json = match (plate.describe(&args.code), args.key.key()?) {
        (Some(answer), _) => serde_json::to_string_pretty(&answer)?,
        (None, Some(key)) => match plate.person(&key, &args.code)? {
            Some(person) => serde_json::to_string_pretty(&plate.describe_person(person))?,
            None => return Err(not_found(&plate, &args.code, true).into()),
        },
        (None, None) => return Err(not_found(&plate, &args.code, false).into()),
    };
    writeln!(io::stdout().lock(), "{json}")?;
    Ok(())
}

/// Nothing has this code: what it could have been, and what is wrong with it. Ids of people are not repeated.
fn not_found(plate: &Baseplate, code: &str, with_key: bool) -> String {
    let types = plate.explain(code);
    let is_id = types.iter().any(|(t, checked)| t.entity() == Entity::Person && !is_shapeless(checked));
    let sought = if with_key {
        "grid, building, address, enterprise or person"
    } else {
        "grid, building, address or enterprise"
    };
    let mut message = match (is_id, with_key) {
        (true, false) => format!("no {sought} has this code; people are found with --key-file or BASEPLATE_KEY"),
        (true, true) => format!("no {sought} has this code"),
        (false, _) => format!("no {sought} has the code '{code}'"),
    };
    let near = |(t, checked): &&(CodeType, Result<(), CodeError>)| t.entity() != Entity::Grid && !is_shapeless(checked);
    for (code_type, checked) in types.iter().filter(near) {
        let verdict = match checked {
            Ok(()) => "well-formed".to_owned(),
            Err(e) if code_type.entity() == Entity::Person => {
                e.to_string().split(':').next().unwrap_or_default().to_owned()
            }
            Err(e) => e.to_string(),
        };
        message.push_str(&format!("\n  as {}: {verdict}", code_type.name()));
    }
    message
}

/// Whether a text is so far from a type of code that saying what is wrong would help nobody.
fn is_shapeless(checked: &Result<(), CodeError>) -> bool {
    matches!(
        checked,
        Err(CodeError::Length { .. } | CodeError::Empty | CodeError::Pattern { .. } | CodeError::Character { .. })
    )
}
