//! map-fields as a program: the records of the tutorials, files of mappings, envelopes, and what is told.

use serde_json::{Value, json};

use crate::support::{Run, folder, fresh, root, run, service, sh};

/// The flat record of the tutorials.
const FLAT: [&str; 9] = [
    "name={name.title}. {name.first} {name.last}",
    "gender=gender",
    "address={location.street.number}, {location.street.name}",
    "city=location.city",
    "nation=nat",
    "zip:string=location.postcode",
    "latitude:double=location.coordinates.latitude",
    "longitude:double=location.coordinates.longitude",
    "email=email",
];

/// One row a trade.
const TRADES: [&str; 10] = [
    "--where",
    "type == \"trade\"",
    "--explode",
    "data",
    "symbol=data.s",
    "price=data.p",
    "time:timestamp_ms=data.t",
    "volume=data.v",
    "conditions=data.c",
    "kind:=\"trade\"",
];

fn data(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/data").join(name)).unwrap()
}

fn map(arguments: &[&str]) -> Run {
    run("map-fields").args(arguments)
}

/// Lines as JSON.
fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_user_becomes_the_flat_record() {
    let users = data("users.ndjson");
    let flat = map(&FLAT).stdin(users.clone()).go().succeeds().json();
    assert_eq!(flat.len(), users.lines().count());
    for (flat, user) in flat.iter().zip(parsed(&users)) {
        let place = &user["location"];
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = &user["name"];
        let expected = json!({
            "name": format!("{}. {} {}", text(&name["title"]), text(&name["first"]), text(&name["last"])),
            "gender": user["gender"],
            "address": format!("{}, {}", place["street"]["number"], text(&place["street"]["name"])),
            "city": place["city"],
            "nation": user["nat"],
            "zip": text(&place["postcode"]),
            "latitude": text(&place["coordinates"]["latitude"]).parse::<f64>().unwrap(),
            "longitude": text(&place["coordinates"]["longitude"]).parse::<f64>().unwrap(),
            "email": user["email"],
        });
        assert_eq!(flat, &expected);
        let order = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(order(flat), order(&expected));
    }
}

#[test]
fn every_trade_becomes_a_row_and_pings_are_dropped() {
    let messages = data("trades.ndjson");
    let ran = map(&TRADES).arg("--summary").stdin(messages.clone()).go().exits(0);
    let rows = ran.json();
    let summary: Value = serde_json::from_str(&ran.stderr).unwrap();
    let mut expected = Vec::new();
    for message in parsed(&messages).iter().filter(|message| message["type"] == "trade") {
        for trade in message["data"].as_array().unwrap() {
            let time = jiff::Timestamp::from_millisecond(trade["t"].as_i64().unwrap()).unwrap();
            expected.push(json!({
                "symbol": trade["s"], "price": trade["p"], "time": format!("{time:.3}"), "volume": trade["v"],
                "conditions": trade["c"], "kind": "trade",
            }));
        }
    }
    assert_eq!(rows, expected);
    let pings = messages.lines().filter(|line| line.contains("ping")).count();
    assert!(pings > 0 && rows.iter().any(|row| row["conditions"].is_null()));
    assert_eq!((&summary["dropped"], &summary["written"]), (&pings.into(), &rows.len().into()));
    assert_eq!(summary["explode"]["elements"], rows.len());
    assert_eq!(summary["fields"]["symbol"]["mapped"], rows.len());
}

#[test]
fn an_exploded_stream_is_sealed_with_the_records_that_it_has() {
    let lines = map(&TRADES).arg("--seal").stdin(data("trades.ndjson")).go().succeeds();
    let closing = &lines.json().pop().unwrap()["$seal"];
    let stage = &closing["stages"][0];
    let count = lines.text().lines().count() - 2;
    assert_eq!((&closing["count"], &stage["written"]), (&count.into(), &count.into()));
    assert_eq!(
        stage["read"].as_u64().unwrap(),
        stage["passed"].as_u64().unwrap() + stage["dropped"].as_u64().unwrap()
    );
    let again = run("via").args(["--", "cat"]).stdin(lines.stdout).go().succeeds();
    assert_eq!(again.json().len(), count + 2);
}

#[test]
fn a_record_is_mapped_whole_or_refused_with_its_elements() {
    let input = "{\"d\":[{\"s\":1},{\"s\":2}]}\n{\"d\":[{\"s\":3},{}]}\n{\"d\":[{\"s\":4}]}\n";
    map(&["--explode", "d", "s=d.s"]).stdin(input).go().fails(1, &["line 2: d[1].s: missing field", "?="]);
    let ran = map(&["--explode", "d", "s=d.s", "--max-rejects", "1"]).stdin(input).go().exits(0);
    assert_eq!(ran.text(), "{\"s\":1}\n{\"s\":2}\n{\"s\":4}\n");
}

#[test]
fn mappings_are_read_from_files_before_those_of_the_command_line() {
    let dir = folder("map-file");
    let lines = "# a flat record\nname = {name.first} {name.last}\n\ncity=location.city\n";
    std::fs::write(dir.join("flat.map"), lines).unwrap();
    let ran = map(&["-f", "flat.map", "v:=1"]).dir(&dir).stdin(data("users.ndjson")).go().succeeds();
    let first = ran.json().remove(0);
    assert_eq!(first.as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "city", "v"]);
    map(&["-f", "absent.map"]).go().fails(2, &["cannot read absent.map", "a mapping a line"]);
    std::fs::write(dir.join("wrong.map"), "a=b\nc\n").unwrap();
    map(&["-f", "wrong.map"]).dir(&dir).go().fails(2, &["wrong.map:2: 'c' is no mapping", "c=c"]);
    map(&["-f", "flat.map", "city=nat"]).dir(&dir).go().fails(2, &["field 'city' is mapped twice"]);
}

#[test]
fn what_is_probably_misspelt_is_told() {
    let users = data("users.ndjson");
    let words = ["line 1: location.postcod: missing field", "(try: location.postcode)"];
    map(&["zip=location.postcod"]).stdin(users.clone()).go().fails(1, &words);
    let dropped = map(&["--where", "natt == 'GB'", "a=nat"]).stdin(users.clone()).go().exits(0);
    assert!(
        dropped.stdout.is_empty() && dropped.stderr.contains("no record has 'natt'"),
        "{}",
        dropped.stderr
    );
    map(&["--where", "natt? == 'GB'", "a=nat"]).stdin(users.clone()).go().succeeds();
    let lost = map(&["a=nat", "b:int?=dob.aeg", "c?='{dob.aeg}'", "d?=id.value"]).stdin(users.clone()).go();
    let lost = lost.exits(0);
    assert_eq!(lost.text().lines().count(), 60);
    assert!(lost.stderr.contains("b?=: no record has 'dob.aeg': is it misspelt?"), "{}", lost.stderr);
    assert_eq!(lost.stderr.lines().count(), 1, "once, and what is null is there: {}", lost.stderr);
    map(&["a=nat", "b?=dob.aeg ?? null"]).stdin(users.clone()).go().succeeds();
    let ran = map(&["--drop", "emial", "--seal"]).stdin(users).go();
    let ran = ran.fails(1, &["path 'emial' of --drop matched none of 60 records"]);
    assert!(!ran.text().contains("\"close\""), "no closing seal");
    let secret = map(&["x:int=a"]).stdin("{\"a\":\"s3cret\"}\n").go().fails(1, &["line 1: a: "]);
    assert!(!secret.stderr.contains("s3cret"));
}

#[test]
fn records_from_kafka_know_their_place() {
    service("KAFKA_BOOTSTRAP_SERVERS");
    let topic = fresh("fields");
    let script = format!(
        "set -e
        topic-admin create {topic} -p 1 > /dev/null
        printf '%s\\n' '{{\"id\":\"a\",\"v\":1.50}}' '{{\"id\":\"b\",\"v\":2}}' | kafka-produce --topic {topic} --key id
        kafka-consume {topic} --exit-at-end --envelope |
            map-fields --envelope key=@key place='{{@topic}}/{{@partition}}/{{@offset}}' v=v at:timestamp_ms=@timestamp"
    );
    let rows = sh(&script).go().succeeds().json();
    let today = rows[0]["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(today.as_second() > 1_700_000_000);
    for (row, (offset, key)) in rows.iter().zip([(0, "a"), (1, "b")]) {
        assert_eq!((&row["place"], &row["key"]), (&format!("{topic}/0/{offset}").into(), &key.into()));
    }
    assert_eq!(rows.len(), 2);
}

#[test]
fn in_a_batch_the_partition_is_known() {
    let batch = crate::support::batch::batch(3, 0, 1);
    let run = crate::support::batch::within(map(&["t=@topic", "p=@partition", "a=a"]), &batch);
    let stream = crate::support::batch::records(&batch, "{\"a\":1}\n");
    let lines = run.stdin(stream).go().succeeds().json();
    assert_eq!(lines[1], json!({"t": "created_users", "p": 3, "a": 1}));
    crate::support::batch::within(map(&["o=@offset"]), &batch).go().fails(2, &["@offset", "--envelope"]);
}
