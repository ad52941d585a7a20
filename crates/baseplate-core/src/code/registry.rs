//! The types of codes: the five that are shipped, and those that a city adds.

use super::{
    citizen::CitizenId,
    error::CodeError,
    guards::fold_code,
    place::{GridCode, NATIONAL, PlaceCode},
    uscc::Uscc,
    written::{check_alphabet, check_length},
};
use crate::model::Entity;
use regex::Regex;

/// A type of code: what it is called, what it stands for, and how to check one.
///
/// ```
/// use baseplate_core::{Entity, code::CodeType};
/// let doors = CodeType::own("门牌编码", "[A-Z]{2}[0-9]{6}", Entity::Building)?;
/// assert!(doors.check("HT000123").is_ok());
/// assert_eq!(doors.check("HT12").unwrap_err().to_string(), "it does not match the pattern [A-Z]{2}[0-9]{6}");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone)]
pub struct CodeType {
    name: String,
    entity: Entity,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Grid,
    Building,
    Address,
    Citizen,
    Uscc,
    Own { pattern: String, whole: Regex },
}

impl CodeType {
    /// The five codes (五码).
    pub fn standard() -> [Self; 5] {
        let shipped = |name: &str, entity, form| Self { name: name.to_owned(), entity, form };
        [
            shipped("网格编码", Entity::Grid, Form::Grid),
            shipped("楼栋编码", Entity::Building, Form::Building),
            shipped("统一地址编码", Entity::Address, Form::Address),
            shipped("公民身份号码", Entity::Person, Form::Citizen),
            shipped("统一社会信用代码", Entity::Enterprise, Form::Uscc),
        ]
    }

    /// A type of the city's own: codes that match a regular expression from end to end.
    ///
    /// # Errors
    /// What is wrong with the name or the expression.
    pub fn own(name: &str, pattern: &str, entity: Entity) -> Result<Self, String> {
        if name.trim().is_empty() {
            return Err("code_types: a name is needed".to_owned());
        }
        let whole = Regex::new(&format!("^(?:{pattern})$")).map_err(|e| format!("code_types: {name}: {e}"))?;
        let form = Form::Own { pattern: pattern.to_owned(), whole };
        Ok(Self { name: name.to_owned(), entity, form })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is the code of.
    pub fn entity(&self) -> Entity {
        self.entity
    }

    /// Whether a text is such a code.
    ///
    /// # Errors
    /// What is wrong, and where: the position, and the check character that would be right.
    pub fn check(&self, text: &str) -> Result<(), CodeError> {
        match &self.form {
            Form::Grid => text.parse::<GridCode>().map(drop),
            Form::Building => check_national(text, NATIONAL[1], "19"),
            Form::Address => check_national(text, NATIONAL[2], "25"),
            Form::Citizen => text.parse::<CitizenId>().map(drop),
            Form::Uscc => text.parse::<Uscc>()?.check(),
            Form::Own { pattern, whole } => {
                let matches = whole.is_match(&fold_code(text));
                if matches { Ok(()) } else { Err(CodeError::Pattern { pattern: pattern.clone() }) }
            }
        }
    }
}

/// The national shape: 14 digits of divisions and grid, then digits or capital letters.
fn check_national(text: &str, length: usize, expected: &'static str) -> Result<(), CodeError> {
    let code: PlaceCode = text.parse()?;
    check_length(code.as_str(), length, expected)?;
    let divisions: String = code.as_str().chars().take(NATIONAL[0]).collect();
    check_alphabet(&divisions, "a digit", |c| c.is_ascii_digit())?;
    check_alphabet(code.as_str(), "0-9 or A-Z", |c| c.is_ascii_digit() || c.is_ascii_uppercase())
}
