//! A nation made ready for speed: lists instead of text, email addresses without accents.

use unicode_normalization::UnicodeNormalization;

use super::nations::{Id, Nation, Postcode, Titles};
use super::pattern::Pattern;
use crate::run::random::Random;
use crate::users::gender::Gender;

/// A name, and how it is spelled in an email address.
#[derive(Debug)]
pub struct Name {
    /// As people write it.
    pub text: &'static str,
    /// In small ASCII letters.
    pub ascii: String,
}

/// A postcode, ready for use.
#[derive(Debug)]
pub enum Code {
    /// A number from the first to the second, both included.
    Number(u64, u64),
    /// A text.
    Text(Pattern),
}

/// A [`Nation`], ready for use.
pub struct People {
    /// The nation itself, for what needs no preparation.
    pub nation: &'static Nation,
    male: Vec<Name>,
    female: Vec<Name>,
    /// Family names.
    pub last: Vec<Name>,
    /// Cities.
    pub cities: Vec<String>,
    /// States.
    pub states: Vec<String>,
    /// Streets.
    pub streets: Vec<String>,
    /// The postcode.
    pub postcode: Code,
    /// Telephone numbers.
    pub phone: Pattern,
    /// Mobile numbers.
    pub cell: Pattern,
    /// The id's name and pattern, where there is one.
    pub id: Option<(&'static str, Pattern)>,
}

impl People {
    /// Takes the lists of `nation` apart.
    pub fn of(nation: &'static Nation) -> Self {
        Self {
            nation,
            male: names(nation.male),
            female: names(nation.female),
            last: names(nation.last),
            cities: texts(nation.cities),
            states: texts(nation.states),
            streets: texts(nation.streets),
            postcode: match nation.postcode {
                Postcode::Number(from, to) => Code::Number(from, to),
                Postcode::Text(pattern) => Code::Text(Pattern::new(pattern)),
            },
            phone: Pattern::new(nation.phone),
            cell: Pattern::new(nation.cell),
            id: match nation.id {
                Id::None => None,
                Id::Made(name, pattern) => Some((name, Pattern::new(pattern))),
            },
        }
    }

    /// First names of `gender`.
    #[inline]
    pub fn first(&self, gender: Gender) -> &[Name] {
        match gender {
            Gender::Female => &self.female,
            Gender::Male => &self.male,
        }
    }

    /// A title.
    #[inline]
    pub fn title(&self, gender: Gender, random: &mut Random) -> &'static str {
        match (self.nation.titles, gender) {
            (Titles::English, Gender::Male) => "Mr",
            (Titles::English, Gender::Female) => random.pick::<&str>(&["Miss", "Mrs", "Ms"]),
            (Titles::French, Gender::Male) => "Monsieur",
            (Titles::French, Gender::Female) => random.pick::<&str>(&["Madame", "Mademoiselle"]),
        }
    }
}

fn items(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim)
}

fn texts(list: &'static str) -> Vec<String> {
    items(list).map(|text| text.replace('_', " ")).collect()
}

fn names(list: &'static str) -> Vec<Name> {
    items(list)
        .map(|item| match item.split_once('=') {
            Some((text, latin)) => Name { text, ascii: latin.to_owned() },
            None => Name { text: item, ascii: ascii(item) },
        })
        .collect()
}

/// Small letters without accents; no spaces, no apostrophes: `Núñez` is `nunez`, `de Souza` is `desouza`.
fn ascii(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfd().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '-' => out.push(c),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ß' => out.push_str("ss"),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::nations::ALL;
    use super::*;

    #[test]
    fn emails_lose_accents_spaces_and_apostrophes() {
        for (name, expected) in [
            ("Núñez", "nunez"),
            ("de Souza", "desouza"),
            ("Møller", "moller"),
            ("Đorđe", "dorde"),
            ("Işık", "isik"),
            ("İnci", "inci"),
            ("Weiß", "weiss"),
            ("O'Brien", "obrien"),
            ("Jean-Baptiste", "jean-baptiste"),
        ] {
            assert_eq!(ascii(name), expected);
        }
    }

    #[test]
    fn every_name_has_an_address_and_no_text_needs_an_escape() {
        for people in ALL.map(People::of) {
            let names = [&people.male, &people.female, &people.last];
            for name in names.into_iter().flatten() {
                assert!(
                    name.ascii.len() > 1 && name.ascii.is_ascii(),
                    "{} {}",
                    people.nation.code,
                    name.text
                );
                assert!(!name.text.contains(['"', '\\', '_', '=']), "{}", name.text);
            }
            for text in [&people.cities, &people.states, &people.streets].into_iter().flatten() {
                assert!(!text.is_empty() && !text.contains(['"', '\\', '_', '=']), "{text}");
            }
        }
    }
}
