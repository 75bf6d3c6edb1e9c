//! Byte exactness: odd records through every command that passes records on.
//!
//! Each line either comes out as it went in, outside of the field that was asked to change, or it is
//! rejected with its number.

use std::collections::BTreeMap;

use super::{folder, key, lines_of, records_of, sealed, topic};
use crate::support::run;

/// What a token of `hash-fields` replaces.
const SECRET: &str = "\"h\":\"s3cret\"";

/// The bytes of a line, and whether it is a JSON object.
type Line = (Vec<u8>, bool);

/// Lines by their numbers.
type Lines = BTreeMap<u64, Line>;

fn odd_lines() -> Vec<Line> {
    let good = |text: String| (text.into_bytes(), true);
    let bad = |bytes: &[u8]| (bytes.to_vec(), false);
    let deep = |depth: usize| format!("{{{SECRET},\"deep\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    vec![
        // A byte order mark, where files from elsewhere have one.
        bad(format!("\u{feff}{{{SECRET}}}").as_bytes()),
        good(format!("{{{SECRET}}}")),
        good(format!(
            "{{{SECRET},\"n\":123456789012345678901234567890,\"x\":1e400,\"z\":-0,\"e\":-0.0E-00}}"
        )),
        good(format!("{{ {SECRET} , \"d\":1, \"d\" :  2,\"d\":{{}} }}")),
        good(format!("{{{SECRET},\"lone\":\"\\ud800\",\"pair\":\"\\uD83D\\uDE00\",\"nul\":\"\\u0000\"}}")),
        good(format!("{{{SECRET},\"\\u0068\\u0079\":1,\"sl\\/ash\":\"\\/\",\"\":\"\"}}")),
        good(format!(
            "{{{SECRET},\"sep\":\"\u{2028}\u{2029}\u{85}\",\"z\u{200d}wj\":\"\u{1f469}\u{200d}\u{1f680}\"}}"
        )),
        good(format!("\t {{{SECRET}}} \t")),
        good(format!("{{{SECRET},\"crlf\":1}}\r")),
        good(deep(100)),
        bad(b"{\"h\":\"s3cret\",\"a\":\"\xff\xfe\"}"),
        bad(b"{\"h\":\"s3cret\",\"cesu\":\"\xed\xa0\x80\"}"),
        bad(b"{\"h\":\"s3cret\",\"raw\":\"\x01\"}"),
        bad(b"{\"h\":\"s3cret\",\"nul\":\"\x00\"}"),
        bad(b"{\"h\":\"s3cret\"} {}"),
        bad(b"{\"h\":\"s3cret\",}"),
        bad(b"{'h':'s3cret'}"),
        bad(b"{\"h\":\"s3cret\",\"n\":NaN}"),
        bad(b"{\"h\":\"s3cret\",\"n\":01}"),
        bad(b"[]"),
        bad(b"null"),
        good(format!("{{{SECRET},\"long\":\"{}\"}}", "y".repeat(900_000))),
    ]
}

/// The lines by their numbers, blank lines strewn in, without a newline at the end.
fn stream() -> (Vec<u8>, Lines) {
    let (mut bytes, mut lines, mut number) = (Vec::new(), BTreeMap::new(), 0);
    for (line, good) in odd_lines() {
        if number > 0 {
            bytes.push(b'\n');
        }
        if number % 5 == 3 {
            bytes.extend_from_slice(b" \r\n");
            number += 1;
        }
        number += 1;
        bytes.extend_from_slice(&line);
        lines.insert(number, (line, good));
    }
    (bytes, lines)
}

/// Fails unless each line stands in `output`, in order, or in `rejects`.
fn account(name: &str, output: &[u8], rejects: &[u64], lines: &Lines) {
    let mut output = output;
    for (number, (line, good)) in lines {
        if rejects.contains(number) {
            assert!(!good, "{name} rejects line {number}");
            continue;
        }
        assert!(*good, "{name} passes line {number} on");
        assert!(output.starts_with(line), "{name} changed line {number}");
        output = &output[line.len()..];
        output = output.strip_prefix(b"\n").unwrap_or(output);
    }
    assert!(output.is_empty(), "{name} invented {} bytes", output.len());
}

/// Runs a command over the stream; returns its output and the lines that it rejected.
fn pass(name: &str, arguments: &[&str], input: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let list = folder("odd").join("rejects");
    let options = ["-q", "--max-rejects", "99%", "--rejects", list.to_str().unwrap()];
    let ran = run(name).args(options).args(arguments).stdin(input).go().exits(0);
    (ran.stdout, lines_of(&list).iter().map(|line| line["line"].as_u64().expect("a line")).collect())
}

#[test]
fn transforms_change_no_byte_outside_of_what_they_were_asked_to() {
    let (input, lines) = stream();
    let (output, rejects) = pass("hash-fields", &["--key-file", &key(), "h"], &input);
    let text = String::from_utf8(output).expect("what is no text is rejected");
    let token = &text[text.find("\"h\":").unwrap()..][.."\"h\":\"".len() + 16 + 1 + 64 + 1];
    let token = &token[..token[5..].find('"').unwrap() + 6];
    assert!(!text.contains("s3cret"));
    account("hash-fields", text.replace(token, SECRET).as_bytes(), &rejects, &lines);
    assert!(!text.ends_with('\n'), "no newline where there was none");

    let (output, rejects) =
        pass("hash-fields", &["--key-file", &key(), "--missing", "keep-all", "absent"], &input);
    account("hash-fields without a field", &output, &rejects, &lines);

    let (output, rejects) = pass("map-fields", &["--all"], &input);
    account("map-fields --all", &output, &rejects, &lines);
    let (output, rejects) = pass("map-fields", &["--drop", "absent?"], &input);
    account("map-fields --drop", &output, &rejects, &lines);

    // A foreign program is given text, and what it makes of it must be records.
    let good = |(_, (_, good)): &(u64, Line)| *good;
    let lines: Lines = (1..).zip(lines.into_values()).filter(good).collect();
    let input: Vec<_> = lines.values().map(|(line, _)| line.as_slice()).collect();
    let (output, rejects) = pass("via", &["--", "cat"], &input.join(&b'\n'));
    account("via", &output, &rejects, &lines);
}

#[test]
fn transforms_in_a_sealed_stream_change_no_byte_either() {
    let (input, lines) = stream();
    let sealed = sealed(&input, "0");
    let hash = ["--algorithm", "md5-int", "-q", "--missing", "keep-all", "absent"];
    let passed = run("hash-fields").args(hash).stdin(sealed).go().succeeds().stdout;
    let control = |line: &&[u8]| !line.starts_with(b"{\"$");
    let records: Vec<&[u8]> = passed.split(|byte| *byte == b'\n').filter(control).collect();
    let good = lines.values().filter(|(_, good)| *good).map(|(line, _)| line.as_slice());
    assert!(records.into_iter().filter(|line| !line.is_empty()).eq(good));
}

#[test]
fn kafka_gives_every_odd_record_back_or_its_number() {
    let (input, mut lines) = stream();
    let topic = topic();
    let (_, rejects) = pass("kafka-produce", &["--topic", &topic], &input);
    // The \r of a line end is none of the record's bytes.
    lines.values_mut().for_each(|(line, _)| {
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    });
    account("kafka-produce | kafka-consume", records_of(&topic).as_bytes(), &rejects, &lines);
}

#[test]
fn a_line_of_16_mib_passes_and_one_byte_more_is_rejected() {
    let limit = 16 << 20;
    let line = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    let input = format!("{}\n{}\n{}", line(limit), line(limit + 1), line(10));
    for (name, arguments) in [
        ("hash-fields", &["--algorithm", "md5-int", "--missing", "keep-all", "b"][..]),
        ("map-fields", &["--all"]),
        ("via", &["--", "cat"]),
    ] {
        let (output, rejects) = pass(name, arguments, input.as_bytes());
        assert_eq!(rejects, [2], "{name}");
        let text = String::from_utf8(output).unwrap();
        let sizes: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(sizes, [limit, 10], "{name}");
        // Sealed, a line above the limit of a later stage is told by number, and the seal holds.
        let sealed = run("via").args(["--seal", "--", "cat"]).stdin(text).go().succeeds().stdout;
        let again = run(name).args(["-q", "--max-line-bytes", "1MiB"]).args(arguments).stdin(sealed);
        let lines = again.go().succeeds().text();
        assert!(lines.lines().nth(1).unwrap().contains("\"line\":1"), "{name}");
        assert!(lines.lines().last().unwrap().contains("\"rejected\":1"), "{name}");
    }
}
