//! What paths find, and what they tell where they find nothing.

use super::*;
use crate::json::error::Reason;

/// What `paths` find in `text`, as `path number:value`, and the path that is missing.
fn find(paths: &[&str], text: &str) -> (Vec<String>, Option<usize>) {
    let paths = Paths::parse(paths).unwrap();
    let mut found = Found::default();
    paths.find_in(text.as_bytes(), &mut found).unwrap();
    let show = |hit: &Hit| format!("{}:{}", hit.path, &text[hit.value.span.range()]);
    (found.hits().iter().map(show).collect(), found.missing())
}

#[test]
fn hits_come_in_the_order_of_the_record() {
    let text = r#"{"z": [ {"k": 1} , {"k" : "x"}], "a": {"b": {"c": null}}, "n":-0 }"#;
    let (hits, missing) = find(&["a.b", "n", "z[*].k"], text);
    assert_eq!(hits, ["2:1", "2:\"x\"", r#"0:{"c": null}"#, "1:-0"]);
    assert_eq!(missing, None);
}

#[test]
fn every_occurrence_of_a_repeated_name_is_found() {
    let text = r#"{"p":{"mail":"a"},"mail":"b","p":{"mail":"c","mail":"d"},"mail":"e"}"#;
    assert_eq!(find(&["p.mail"], text).0, ["0:\"a\"", "0:\"c\"", "0:\"d\""]);
    assert_eq!(find(&["mail"], text).0, ["0:\"b\"", "0:\"e\""]);
}

#[test]
fn a_name_spelled_with_escapes_is_the_same_name() {
    let text =
        r#"{"em\u0061il":1,"\u0065\u006d\u0061\u0069\u006C":2,"ema\u0069":3,"email\ud800":4,"a\/b":5}"#;
    assert_eq!(find(&["email"], text).0, ["0:1", "0:2"]);
    assert_eq!(find(&["/a~1b"], text).0, ["0:5"]);
}

#[test]
fn an_index_and_a_wildcard_can_share_an_array() {
    let text = r#"{"a":[{"b":1,"c":2},{"b":3,"c":4}]}"#;
    assert_eq!(find(&["a[*].b", "a[1].c"], text), (vec!["0:1".into(), "0:3".into(), "1:4".into()], None));
    let (hits, missing) = find(&["a[*].b", "a[2].c"], text);
    assert_eq!((hits.len(), missing), (2, Some(1)), "the wildcard does not miss the third element");
}

#[test]
fn a_number_in_a_pointer_is_an_index_or_a_name() {
    assert_eq!(find(&["/a/1"], r#"{"a":[7,8]}"#).0, ["0:8"]);
    assert_eq!(find(&["/a/1"], r#"{"a":{"1":9}}"#).0, ["0:9"]);
    assert_eq!(find(&["a[1]"], r#"{"a":{"1":9}}"#).0, [""; 0]);
}

#[test]
fn what_is_missing_is_told_and_empty_arrays_miss_nothing() {
    for (path, text, missing) in [
        ("a", "{}", true),
        ("a.b", "{}", true),
        ("a.b", r#"{"a":null}"#, true),
        ("a.b", r#"{"a":{}}"#, true),
        ("a[*].b", r#"{"a":null}"#, true),
        ("a[*].b", r#"{"a":[null]}"#, true),
        ("a[0]", r#"{"a":[]}"#, true),
        ("a[*].b", r#"{"a":[{"b":1},{}]}"#, true),
        ("a.b", r#"{"a":{"b":1},"a":{}}"#, true),
        ("a", r#"{"a":null}"#, false),
        ("a[*]", r#"{"a":[]}"#, false),
        ("a[*].b", r#"{"a":[]}"#, false),
    ] {
        assert_eq!(find(&[path], text).1.is_some(), missing, "{path} in {text}");
    }
    assert_eq!(find(&["x", "a.b", "a.c", "a.d"], r#"{"x":1,"a":{"b":2,"d":3}}"#).1, Some(2));
}

#[test]
fn a_value_of_another_kind_on_the_way_is_not_a_missing_one() {
    for (path, text, depth, kind) in [
        ("a.b", r#"{"a":[{"b":1}]}"#, 1, Kind::Array),
        ("a.b.c", r#"{"a":{"b":[{"c":1}]}}"#, 2, Kind::Array),
        ("a[*].b", r#"{"a":{"b":1}}"#, 1, Kind::Object),
        ("a[0]", r#"{"a":{"0":1}}"#, 1, Kind::Object),
        ("a[*].b", r#"{"a":[{"b":1},[{"b":2}]]}"#, 2, Kind::Array),
        ("a.b", r#"{"a":"b"}"#, 1, Kind::String),
        ("/a/b", r#"{"a":[{"b":1}]}"#, 1, Kind::Array),
    ] {
        let mut found = Found::default();
        Paths::parse(&[path]).unwrap().find_in(text.as_bytes(), &mut found).unwrap();
        assert_eq!(found.misfit(), Some(Misfit { path: 0, depth, kind }), "{path} in {text}");
        assert_eq!(found.missing(), None, "{path} in {text}");
    }
}

#[test]
fn more_paths_than_bits_are_all_found() {
    let names: Vec<String> = (0..200).map(|number| format!("f{number}")).collect();
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":0")).collect();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let (hits, missing) = find(&paths, &format!("{{{}}}", members.join(",")));
    assert_eq!((hits.len(), missing), (200, None));
    assert_eq!(find(&paths, &format!("{{{}}}", members[..150].join(","))).1, Some(150));
}

#[test]
fn overlapping_paths_are_refused_by_name() {
    let error = Paths::parse(&["a[*].b", "c", "a[0]"]).unwrap_err();
    assert_eq!(error.message(), "paths 'a[*].b' and 'a[0]' overlap");
    assert!(Paths::parse(&["a", "a"]).is_err());
}

#[test]
fn the_record_is_checked_behind_the_last_hit() {
    let paths = Paths::parse(&["a"]).unwrap();
    let error = paths.find_in(br#"{"a":1,"b":tru}"#, &mut Found::default()).unwrap_err();
    assert_eq!((error.reason(), error.at()), (Reason::Value, 11));
}
