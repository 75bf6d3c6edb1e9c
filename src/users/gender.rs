//! The two genders that the API knows, as a value of `--gender`.

use std::str::FromStr;

/// A gender of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// `female`
    Female,
    /// `male`
    Male,
}

impl Gender {
    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
        }
    }
}

impl FromStr for Gender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "female" => Ok(Gender::Female),
            "male" => Ok(Gender::Male),
            _ => Err("write female or male".into()),
        }
    }
}
