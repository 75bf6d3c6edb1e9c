//! The nationalities of the API, checked here: one that the API does not know, it takes for "all"
//! without a word.

use std::str::FromStr;

/// Every nationality of API 1.4.
pub const CODES: [&str; 21] = [
    "AU", "BR", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IN", "IR", "MX", "NL", "NO", "NZ",
    "RS", "TR", "UA", "US",
];

/// One of [`CODES`]; read in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nationality(&'static str);

impl Nationality {
    /// The code in capitals.
    pub fn code(self) -> &'static str {
        self.0
    }
}

impl FromStr for Nationality {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = CODES.into_iter().find(|code| code.eq_ignore_ascii_case(text));
        known.map(Nationality).ok_or_else(|| format!("known are {}", CODES.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_either_case_and_others_are_refused() {
        assert_eq!("us".parse(), Ok(Nationality("US")));
        assert!("XX".parse::<Nationality>().is_err_and(|error| error.contains("AU, BR")));
        assert!("".parse::<Nationality>().is_err());
    }
}
