//! What a run may be called: a word that is a file name, too.

use std::fmt;
use std::str::FromStr;

/// No name is longer: it becomes a file name with a few letters more.
const LONGEST: usize = 100;

/// The name of a job. Its lock and its state are found by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let may_stand = |letter: char| letter.is_ascii_alphanumeric() || "-_.:@+".contains(letter);
        let is_name = text.chars().all(may_stand) && text.len() <= LONGEST;
        if is_name && text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("write letters, digits and -_.:@+, at most {LONGEST}, such as users-to-lake"))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_file_name_that_hides_from_nobody() {
        for name in ["users-to-lake", "a", "users@2", "7.b_c:d+e"] {
            assert_eq!(name.parse::<Name>().expect(name).as_str(), name);
        }
        let too_long = "x".repeat(LONGEST + 1);
        for wrong in ["", ".", "..", ".users", "a/b", "a b", "-n", "naïve", "a\n", &too_long] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
        }
    }
}
