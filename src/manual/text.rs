//! The typography of a page: a thin layer over the macros of man(7).

use roff::{Inline, Roff, bold, italic, roman};

use super::DATE;

/// A page under construction; `title` as in hash-fields(1).
pub(super) fn begin(title: &str) -> Roff {
    let mut roff = Roff::new();
    let version = concat!("sluicebox ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [title.to_uppercase().as_str(), "1", DATE, version, "Sluicebox"]);
    roff
}

/// A heading, in capitals.
pub(super) fn section(roff: &mut Roff, name: &str) {
    roff.control("SH", [name]);
}

/// A heading below a heading.
pub(super) fn subsection(roff: &mut Roff, name: &str) {
    roff.control("SS", [name]);
}

/// Prose; blank lines separate paragraphs, the first one follows a heading.
pub(super) fn paragraphs(roff: &mut Roff, text: &str) {
    for (at, paragraph) in text.split("\n\n").enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text(words(paragraph.trim()));
    }
}

/// A name in bold, and below it, indented, what it means.
pub(super) fn item(roff: &mut Roff, name: &str, meaning: &str) {
    tagged(roff, vec![bold(name)], meaning);
}

/// The same with a name that is set already.
pub(super) fn tagged(roff: &mut Roff, name: Vec<Inline>, meaning: &str) {
    roff.control("TP", []);
    roff.text(name);
    for (at, paragraph) in meaning.split("\n\n").enumerate() {
        if at > 0 {
            roff.control("IP", []);
        }
        roff.text(words(paragraph.trim()));
    }
}

/// A command line, in bold and with its own line ends, below the words that introduce it.
pub(super) fn example(roff: &mut Roff, what: &str, how: &str) {
    roff.text([roman(format!("{what}:"))]);
    roff.control("PP", []);
    roff.control("RS", ["4"]);
    roff.control("nf", []);
    roff.text([bold(how)]);
    roff.control("fi", []);
    roff.control("RE", []);
}

/// What is called as `--name VALUE`, `[NAME]...` or `command [OPTIONS] <NAME>`: words that are typed
/// as they stand in bold, the others in italics, without their angle brackets.
pub(super) fn usage(text: &str) -> Vec<Inline> {
    let mut set = Vec::new();
    let mut typed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter == '<' || letter.is_ascii_uppercase()) {
        // A capital inside a word that is typed, or behind the dash of an option.
        let inside = rest[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '-');
        let end = match rest[at..].strip_prefix('<').and_then(|name| name.find('>')) {
            Some(length) => at + 1 + length + 1,
            None => at + rest[at..].chars().take_while(char::is_ascii_uppercase).count().max(1),
        };
        if inside {
            typed.push_str(&rest[..end]);
        } else {
            typed.push_str(&rest[..at]);
            set.push(bold(std::mem::take(&mut typed)));
            set.push(italic(rest[at..end].trim_matches(['<', '>'])));
        }
        rest = &rest[end..];
    }
    typed.push_str(rest);
    set.push(bold(typed));
    set
}

/// Prose with `code` in bold.
fn words(text: &str) -> Vec<Inline> {
    let part = |(at, part): (usize, &str)| if at % 2 == 0 { roman(part) } else { bold(part) };
    text.split('`').enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> String {
        let mut roff = Roff::new();
        roff.text(usage(text));
        roff.to_roff().trim().to_owned()
    }

    #[test]
    fn what_is_typed_is_bold_and_what_stands_for_something_is_not() {
        assert_eq!(set("--topic <TOPIC>"), r"\fB\-\-topic \fR\fITOPIC\fR\fB\fR");
        assert_eq!(set("-H, --header <NAME=VALUE>"), r"\fB\-H, \-\-header \fR\fINAME=VALUE\fR\fB\fR");
        assert_eq!(set("--summary[=<FILE>]"), r"\fB\-\-summary[=\fR\fIFILE\fR\fB]\fR");
        assert_eq!(set("--brokers <HOST:PORT,...>"), r"\fB\-\-brokers \fR\fIHOST:PORT,...\fR\fB\fR");
        assert_eq!(set("[PATH]..."), r"\fB[\fR\fIPATH\fR\fB]...\fR");
    }
}
