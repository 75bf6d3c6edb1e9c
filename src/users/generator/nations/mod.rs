//! What the generator knows of each nation: names, places, and the forms of its numbers.
//!
//! The lists are text, separated by commas, for eyes; [`super::people`] takes them apart. `name=latin`
//! gives the letters of the email address where they cannot be derived, `_` is a space that stays at
//! the end. An entry may be added at the price of a new [golden hash](super): the bytes of a seed change.

mod anglophone;
mod eastern;
mod germanic;
mod latin;
mod nordic;

/// One nation.
pub struct Nation {
    /// The code of the API.
    pub code: &'static str,
    /// The country in English.
    pub country: &'static str,
    /// How people are addressed.
    pub titles: Titles,
    /// First names of men.
    pub male: &'static str,
    /// First names of women.
    pub female: &'static str,
    /// Family names.
    pub last: &'static str,
    /// Cities.
    pub cities: &'static str,
    /// States, provinces, counties.
    pub states: &'static str,
    /// Streets.
    pub streets: &'static str,
    /// The postcode.
    pub postcode: Postcode,
    /// The [pattern](super::pattern) of a telephone number.
    pub phone: &'static str,
    /// The pattern of a mobile number.
    pub cell: &'static str,
    /// The number by which the state knows a person.
    pub id: Id,
}

/// How people are addressed.
#[derive(Clone, Copy)]
pub enum Titles {
    /// Mr; Miss, Mrs or Ms: what the API says nearly everywhere.
    English,
    /// Monsieur; Madame or Mademoiselle: Switzerland.
    French,
}

/// A postcode: a number of JSON here, a text there.
#[derive(Clone, Copy)]
pub enum Postcode {
    /// A number from the first to the second, both included.
    Number(u64, u64),
    /// A text after a pattern.
    Text(&'static str),
}

/// An id.
#[derive(Clone, Copy)]
pub enum Id {
    /// `{"name":"","value":null}`
    None,
    /// A name and a pattern.
    Made(&'static str, &'static str),
}

/// Every nation, in the order of [`crate::users::nationality::CODES`].
pub const ALL: [&Nation; 21] = [
    &anglophone::AU,
    &latin::BR,
    &anglophone::CA,
    &latin::CH,
    &germanic::DE,
    &nordic::DK,
    &latin::ES,
    &nordic::FI,
    &latin::FR,
    &anglophone::GB,
    &anglophone::IE,
    &eastern::IN,
    &eastern::IR,
    &latin::MX,
    &germanic::NL,
    &nordic::NO,
    &anglophone::NZ,
    &eastern::RS,
    &eastern::TR,
    &eastern::UA,
    &anglophone::US,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nations_are_those_of_the_api_in_its_order() {
        assert_eq!(ALL.map(|nation| nation.code), crate::users::nationality::CODES);
    }
}
