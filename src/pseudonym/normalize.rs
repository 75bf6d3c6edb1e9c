//! Normalisation: which differences between two texts do not count. None, unless asked for.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// One step of normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Normalization {
    /// Remove white space (Unicode's) from both ends
    Trim,
    /// Lower case (Unicode's, without regard to language)
    Lower,
    /// Compose characters: Unicode Normalization Form C
    Nfc,
}

/// The steps to take before a text is hashed, always in the order trim, lower, NFC.
///
/// The order is fixed so that a set of steps has one meaning however it is written: in Python,
/// `unicodedata.normalize("NFC", text.strip().lower())`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Normalize {
    trim: bool,
    lower: bool,
    nfc: bool,
}

impl Normalize {
    /// All of `steps`; their order and repetitions mean nothing.
    pub fn new(steps: &[Normalization]) -> Self {
        Self {
            trim: steps.contains(&Normalization::Trim),
            lower: steps.contains(&Normalization::Lower),
            nfc: steps.contains(&Normalization::Nfc),
        }
    }

    /// Whether it changes nothing.
    #[inline]
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// The normalised text.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        let mut text = Cow::Borrowed(if self.trim { text.trim() } else { text });
        if self.lower {
            text = lower(text);
        }
        if self.nfc && is_nfc_quick(text.chars()) != IsNormalized::Yes {
            text = Cow::Owned(text.nfc().collect());
        }
        text
    }
}

fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_lower = text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_lower { text } else { Cow::Owned(text.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_does_its_own_and_none_does_nothing() {
        use Normalization::{Lower, Nfc, Trim};
        for (steps, text, expected) in [
            (&[][..], " E\u{301} ", " E\u{301} "),
            (&[Trim], "\u{a0}\t Ab \u{3000}\n", "Ab"),
            (&[Lower], " ÀB@Example.COM", " àb@example.com"),
            (&[Nfc], "E\u{301}", "\u{c9}"),
            (&[Nfc, Lower, Trim], " E\u{301} ", "\u{e9}"),
            (&[Trim, Nfc, Lower, Trim], " \u{c9} ", "\u{e9}"),
            (&[Lower], "ΟΔΟΣ", "οδος"),
            // Lower case can decompose: what comes out is composed as far as it goes.
            (&[Lower, Nfc], "\u{212b}\u{1e9e}", "\u{e5}\u{df}"),
        ] {
            assert_eq!(Normalize::new(steps).apply(text), expected, "{steps:?} of {text:?}");
        }
    }
}
