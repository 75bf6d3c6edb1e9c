//! How cells are told apart: delimiters, quotes, escapes, nulls.
//!
//! | | RFC 4180 | Spark |
//! |---|---|---|
//! | a quote in a text | doubled | `\"` |
//! | a backslash | as it is | `\\`, in quotes |
//! | a line end in a text | in quotes | refused, unless the reader is told `multiLine` |
//! | null | nothing | nothing |
//! | an empty text | `""` | `""` |
//! | a text that looks like null | in quotes | refused: Spark compares what was in the quotes |
//!
//! A text stands in quotes where a reader might take it for something else without them: where it holds
//! a delimiter, a quote, a line end or another control character, where blanks are at an end of it, and
//! where it begins as a comment, a byte order mark or a JSON object might. Line ends are `\n`, which
//! every reader of either takes, or `\r\n` as the RFC has it.

use crate::run::exit::{Error, Result};
use crate::schema::fault::Fault;

/// Whose CSV it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// Quotes in texts are doubled: DuckDB, PostgreSQL, pyarrow, pandas, spreadsheets
    #[default]
    Rfc4180,
    /// Quotes in texts are escaped with backslashes: Spark's CSV reader and writer
    Spark,
}

/// What a row looks like.
#[derive(Clone, Debug)]
pub struct Format {
    /// Whose reader it is for.
    pub dialect: Dialect,
    /// What stands between cells; one that [`delimiter`] takes.
    pub delimiter: u8,
    /// What stands for null, without quotes.
    pub null: String,
    /// Whether lines end with `\r\n`.
    pub crlf: bool,
    /// Whether Spark's reader will be told `multiLine`.
    pub multiline: bool,
    /// Whether texts that a spreadsheet would run as formulas are changed.
    pub spreadsheet_safe: bool,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            dialect: Dialect::Rfc4180,
            delimiter: b',',
            null: String::new(),
            crlf: false,
            multiline: false,
            spreadsheet_safe: false,
        }
    }
}

/// U+FEFF, which readers take away where a file begins with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A delimiter as the user names it: one character that no number and no time holds.
pub fn delimiter(text: &str) -> std::result::Result<u8, String> {
    match text {
        "tab" | "\\t" | "\t" => return Ok(b'\t'),
        _ => {}
    }
    match text.as_bytes() {
        [byte] if byte.is_ascii_punctuation() && !b"\"'\\+-.:_{}[]".contains(byte) => Ok(*byte),
        _ => Err(format!("'{text}' is no delimiter; write ',', ';', '|' or tab")),
    }
}

/// Writes cells of a format.
#[derive(Clone, Debug)]
pub(super) struct Quoting {
    format: Format,
    /// The bytes for which a text stands in quotes.
    special: [bool; 256],
    /// How many texts were changed for spreadsheets.
    pub defused: u64,
}

impl Quoting {
    /// Checks that rows of this format can be read back.
    pub fn new(format: Format) -> Result<Self> {
        let mut special = [false; 256];
        (0..0x20).chain([0x7f, b'"', format.delimiter]).for_each(|byte| special[usize::from(byte)] = true);
        special[usize::from(b'\\')] = format.dialect == Dialect::Spark;
        let quoting = Self { format, special, defused: 0 };
        let null = quoting.format.null.as_bytes();
        // A backslash is one, outside of quotes.
        let harmless: Vec<u8> = null.iter().filter(|byte| **byte != b'\\').copied().collect();
        if !harmless.is_empty() && quoting.needs_quotes(&harmless) {
            return Err(Error::usage("--null: what stands for null cannot hold what would need quotes")
                .hint("--null NULL, or --null '\\N'"));
        }
        Ok(quoting)
    }

    /// Ends a row.
    pub fn end_row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.format.crlf { b"\r\n" } else { b"\n" });
    }

    /// What stands between two cells.
    pub fn delimiter(&self) -> u8 {
        self.format.delimiter
    }

    /// What stands for null.
    pub fn null(&self) -> &[u8] {
        self.format.null.as_bytes()
    }

    /// Appends a text as a cell.
    #[inline]
    pub fn text(&mut self, text: &[u8], out: &mut Vec<u8>) -> std::result::Result<(), Fault> {
        let defused = self.format.spreadsheet_safe && is_formula(text);
        let special = self.needs_quotes(text);
        if special && self.format.dialect == Dialect::Spark {
            self.check_for_spark(text)?;
        }
        let is_null = text == self.null();
        if is_null && !text.is_empty() && self.format.dialect == Dialect::Spark {
            return Err(Fault::value("the text that stands for null"));
        }
        if !special && !is_null {
            if defused {
                self.defused += 1;
                out.push(b'\'');
            }
            out.extend_from_slice(text);
            return Ok(());
        }
        out.push(b'"');
        if defused {
            self.defused += 1;
            out.push(b'\'');
        }
        self.escaped(text, out);
        out.push(b'"');
        Ok(())
    }

    /// Spark's reader splits lines before it looks at quotes.
    fn check_for_spark(&self, text: &[u8]) -> std::result::Result<(), Fault> {
        if !self.format.multiline && memchr::memchr2(b'\n', b'\r', text).is_some() {
            return Err(Fault::value(
                "a line end in a text, which Spark reads with multiLine alone (--multiline)",
            ));
        }
        Ok(())
    }

    #[inline]
    fn needs_quotes(&self, text: &[u8]) -> bool {
        let (Some(first), Some(last)) = (text.first(), text.last()) else { return true };
        text.iter().any(|byte| self.special[usize::from(*byte)])
            || matches!(first, b' ' | b'#' | b'{')
            || text.starts_with(BYTE_ORDER_MARK)
            || *last == b' '
    }

    fn escaped(&self, text: &[u8], out: &mut Vec<u8>) {
        let mut plain = 0;
        let is_escaped = |byte: u8| byte == b'"' || byte == b'\\' && self.format.dialect == Dialect::Spark;
        for (at, &byte) in text.iter().enumerate().filter(|(_, byte)| is_escaped(**byte)) {
            out.extend_from_slice(&text[plain..at]);
            out.push(if self.format.dialect == Dialect::Spark { b'\\' } else { b'"' });
            out.push(byte);
            plain = at + 1;
        }
        out.extend_from_slice(&text[plain..]);
    }
}

/// Whether a spreadsheet may run a text as a formula: by its first character, as OWASP lists them.
fn is_formula(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n'))
        || ["＝", "＋", "－", "＠"].iter().any(|wide| text.starts_with(wide.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(format: &Format, text: &str) -> Option<String> {
        let mut out = Vec::new();
        Quoting::new(format.clone()).unwrap().text(text.as_bytes(), &mut out).ok()?;
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_text_is_quoted_where_it_could_be_misread() {
        let (rfc, spark) = (Format::default(), Format { dialect: Dialect::Spark, ..Format::default() });
        for (text, by_rfc, by_spark) in [
            ("plain é", "plain é", Some("plain é")),
            ("", "\"\"", Some("\"\"")),
            ("a,b", "\"a,b\"", Some("\"a,b\"")),
            ("say \"x\"", "\"say \"\"x\"\"\"", Some(r#""say \"x\"""#)),
            ("C:\\dir\\", "C:\\dir\\", Some(r#""C:\\dir\\""#)),
            ("two\nlines", "\"two\nlines\"", None),
            ("cr\r", "\"cr\r\"", None),
            (" a", "\" a\"", Some("\" a\"")),
            ("a\t", "\"a\t\"", Some("\"a\t\"")),
            ("#no comment", "\"#no comment\"", Some("\"#no comment\"")),
            ("{\"a\":1}", "\"{\"\"a\"\":1}\"", Some(r#""{\"a\":1}""#)),
            ("\u{feff}x", "\"\u{feff}x\"", Some("\"\u{feff}x\"")),
            ("\0", "\"\0\"", Some("\"\0\"")),
            ("-1+2=3", "-1+2=3", Some("-1+2=3")),
        ] {
            assert_eq!(cell(&rfc, text).as_deref(), Some(by_rfc), "{text:?}");
            assert_eq!(cell(&spark, text).as_deref(), by_spark, "{text:?}");
        }
        let multiline = Format { multiline: true, ..spark };
        assert_eq!(cell(&multiline, "two\nlines").as_deref(), Some("\"two\nlines\""));
        let tabs = Format { delimiter: b'\t', ..rfc };
        assert_eq!(cell(&tabs, "a,b").as_deref(), Some("a,b"));
    }

    #[test]
    fn a_text_is_never_taken_for_null() {
        let null = |dialect| Format { dialect, null: "NULL".to_owned(), ..Format::default() };
        assert_eq!(cell(&null(Dialect::Rfc4180), "NULL").as_deref(), Some("\"NULL\""));
        assert_eq!(cell(&null(Dialect::Spark), "NULL"), None);
        assert_eq!(cell(&null(Dialect::Spark), "").as_deref(), Some("\"\""));
        for wrong in ["a,b", "\"", " ", "\n"] {
            assert!(
                Quoting::new(Format { null: wrong.to_owned(), ..Format::default() }).is_err(),
                "{wrong:?}"
            );
        }
        assert!(Quoting::new(Format { null: "\\N".to_owned(), ..Format::default() }).is_ok());
    }

    #[test]
    fn formulas_are_defused_on_request() {
        let safe = Format { spreadsheet_safe: true, ..Format::default() };
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-5", "'-5"),
            ("+1", "'+1"),
            ("\t=1", "\"'\t=1\""),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell(&safe, text).as_deref(), Some(expected), "{text:?}");
            assert!(cell(&Format::default(), text).unwrap().find('\'').is_none());
        }
    }

    #[test]
    fn a_delimiter_is_no_part_of_a_number_or_a_time() {
        assert_eq!(
            (delimiter(","), delimiter(";"), delimiter("tab"), delimiter("\\t")),
            (Ok(b','), Ok(b';'), Ok(b'\t'), Ok(b'\t'))
        );
        for wrong in ["", ",,", "1", "a", ".", "-", ":", "\"", "\\", " ", "é", "\n"] {
            assert!(delimiter(wrong).is_err(), "{wrong:?}");
        }
    }
}
