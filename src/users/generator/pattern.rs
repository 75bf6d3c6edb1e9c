//! Small patterns for what is made of digits and letters: `(0##) ^^-####`.
//!
//! `#` is a digit, `+` a digit but 0, `^` a capital letter; `d`, `m`, `y` are two digits of the date
//! of birth each and `s` is 1 for a man, 2 for a woman; `|` separates alternatives. Everything else
//! stands for itself.

use super::text::Moment;
use crate::run::random::Random;
use crate::users::gender::Gender;

/// A pattern, ready for use.
#[derive(Debug)]
pub struct Pattern(Vec<&'static [u8]>);

impl Pattern {
    /// Takes `text` apart into its alternatives.
    pub fn new(text: &'static str) -> Self {
        Self(text.split('|').map(str::as_bytes).collect())
    }

    /// Appends one text of this pattern.
    pub fn push(&self, out: &mut Vec<u8>, random: &mut Random, born: &Moment, gender: Gender) {
        let text = random.pick(&self.0);
        let mut fraction = random.fraction();
        for &byte in *text {
            match byte {
                b'#' => out.push(b'0' + fraction.below(10) as u8),
                b'+' => out.push(b'1' + fraction.below(9) as u8),
                b'^' => out.push(b'A' + fraction.below(26) as u8),
                b'd' => out.extend_from_slice(&born.short().0),
                b'm' => out.extend_from_slice(&born.short().1),
                b'y' => out.extend_from_slice(&born.short().2),
                b's' => out.push(if gender == Gender::Male { b'1' } else { b'2' }),
                other => out.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_stands_for_what_the_module_says() {
        let mut random = Random::of(3, 4);
        let born = Moment::born(&mut random);
        let mut out = Vec::new();
        Pattern::new("s dmy-+# ^").push(&mut out, &mut random, &born, Gender::Female);
        let (day, month, year) = born.short();
        assert_eq!(out[..2], *b"2 ");
        assert_eq!(out[2..8], [day, month, year].concat()[..]);
        assert_eq!((out[8], out[11]), (b'-', b' '));
        assert!((b'1'..=b'9').contains(&out[9]) && out[10].is_ascii_digit() && out[12].is_ascii_uppercase());
    }
}
