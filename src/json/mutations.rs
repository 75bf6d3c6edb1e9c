//! The grammar against records that nobody thought of: mutated ones get the verdict of serde_json,
//! and no bytes at all make a panic. The same ones in every run.

use serde::de::IgnoredAny;

use super::conformance::check;
use super::*;

/// xorshift64*: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

/// Records to start from; between them they touch every rule of the grammar.
const SEEDS: [&str; 5] = [
    r#"{"name":{"first":"Umut","last":"Yetkin\u011fer"},"dob":{"age":35,"x":-1.5e+10},"id":null}"#,
    r#"{"a":[1,2.5,"x\\\"y",{"b":[true,false,null,[]]}],"em\u0061il":"\ud83d\ude00","z":0}"#,
    "{ \"k\" :\t[ -0 , 1E-3 , {} ] , \"a longer string than one block\" : \"and a value that is longer too\" }\r",
    r#"{"postcode":9829,"postcode":"9829","city":"Tekirdağ","deep":[[[[[[{"x":[]}]]]]]]}"#,
    r#"{"":"","\/\b\f\n\r\t":18446744073709551616,"e":1e400}"#,
];

/// What mutations insert: every byte that means something, and some that never do.
const PIECES: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "/",
    "-",
    "+",
    ".",
    "0",
    "1",
    "9",
    "e",
    "E",
    "t",
    "true",
    "false",
    "null",
    "u",
    "\\u",
    "\\ud800",
    "\\n",
    " ",
    "\t",
    "\r",
    "\n",
    "\0",
    "\u{1f}",
    "a",
    "é",
    "{\"a\":1}",
];

/// Changes, removes, doubles or inserts a little, one to four times, and keeps it UTF-8.
fn mutate(random: &mut Random, text: &mut String) {
    for _ in 0..=random.below(4) {
        let boundary = |random: &mut Random, text: &str| {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (one, other) = (boundary(random, text), boundary(random, text));
        let (from, to) = (one.min(other), one.max(other).min(one.min(other) + 6));
        let to = (from..=to).rev().find(|&at| text.is_char_boundary(at)).unwrap();
        match random.below(6) {
            0 => text.replace_range(from..to, ""),
            1 => {
                let piece = text[from..to].to_owned();
                text.insert_str(to, &piece);
            }
            2 => text.truncate(other.max(text.len() / 2).min(text.floor_char_boundary(other))),
            _ => text.replace_range(from..from, PIECES[random.below(PIECES.len())]),
        }
    }
}

/// Whether serde_json takes `text` for one object, without looking at what it does not need.
fn serde_accepts(text: &str) -> bool {
    let is_object = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    is_object && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[test]
fn mutated_records_get_the_verdict_of_serde_json() {
    let mut random = Random(0x5106_eb0c);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..300_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        mutate(&mut random, &mut text);
        let verdict = check(text.as_bytes());
        assert_eq!(verdict.is_ok(), serde_accepts(&text), "{text:?}: {verdict:?}");
        *(if verdict.is_ok() { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(accepted > 10_000 && refused > 100_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn random_bytes_never_panic_whichever_way_they_are_walked() {
    let mut random = Random(7);
    let paths = Paths::parse(&["a[*].b", "postcode", "deep[0]", "name.first"]).unwrap();
    let mut found = Found::default();
    for round in 0..100_000 {
        let mut bytes = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..=random.below(8) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        bytes.truncate(random.below(bytes.len() * 2));
        let ok = paths.find_in(&bytes, &mut found).is_ok();
        assert_eq!(ok, validate_object_in(&bytes).is_ok());
        for hit in found.hits() {
            let piece = &bytes[hit.value.span.range()];
            assert!(!piece.is_empty());
            if hit.value.kind == Kind::String {
                let _ = hit.value.as_str(&bytes).unescape_into(&mut Vec::new());
            }
        }
    }
}

#[test]
fn a_cursor_that_is_driven_at_random_never_panics() {
    let mut random = Random(11);
    let guess = Guess::new("last").unwrap();
    for round in 0..50_000 {
        let text = SEEDS[round % SEEDS.len()].as_bytes();
        let mut cursor = Cursor::bytes(&text[..random.below(text.len() + 1)]);
        for _ in 0..20 {
            let _ = match random.below(10) {
                0 => cursor.enter_object().is_ok(),
                1 => cursor.next_key().is_ok(),
                2 => cursor.enter_array().is_ok(),
                3 => cursor.next_element().is_ok(),
                4 => cursor.string().is_ok_and(|string| string.text(&mut Vec::new()).is_ok()),
                5 => cursor.number().is_ok(),
                6 => cursor.literal().is_ok(),
                7 => cursor.skip_value().is_ok(),
                8 => cursor.guess_key(&guess),
                _ => cursor.peek().is_ok(),
            };
        }
    }
}
