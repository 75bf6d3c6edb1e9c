//! Values that are no records: counted down the stages, listed beside the object, and no harm to the
//! others; and the bytes of an object, which depend on its records alone.

use serde_json::{Value, json};

use super::hands::*;
use super::world::World;
use crate::support::{fresh, run};

/// What people put into topics, and what is made of it: a reason of kafka-consume, none where it is no
/// reject of it.
const POISON: [(&str, &[u8], Option<&str>); 9] = [
    ("words", b"not json", Some("not a JSON object")),
    ("bytes", b"\xff\x00\x9f", Some("not UTF-8")),
    ("empty", b"", Some("not valid JSON")),
    ("array", b"[{\"login\":1}]", Some("not a JSON object")),
    ("null", b"null", Some("not a JSON object")),
    ("two", b"{\"a\":1}{\"b\":2}", Some("not valid JSON")),
    ("number", b"{\"a\":NaN}", Some("not valid JSON")),
    ("half", b"{\"login\":{\"uuid\":\"1", Some("not valid JSON")),
    // A record, and no user.
    ("other", b"{\"a\":\n1}", None),
];

#[test]
fn poison_neither_stops_the_others_nor_vanishes() {
    let mut world = World::new(1, 0);
    with_topic(&mut world, &["max.message.bytes=40000000"]);
    world.produce(5);
    let to = producer(&world, None);
    for (key, value, _) in POISON {
        send(&to, &world, key, Some(value));
    }
    send(&to, &world, "tombstone", None);
    let mut big: Value = serde_json::from_slice(
        &run("generate-users").args(["-n", "1", "--seed", "big"]).go().succeeds().stdout,
    )
    .unwrap();
    big["phone"] = "7".repeat(20_000_000).into();
    send(&to, &world, "big", Some(big.to_string().as_bytes()));
    flush(&to);
    world.produce(5);

    let refused =
        ends_with(world.run(&world.land(), None), 1, &["offset 5: not a JSON object", "--max-rejects"]);
    assert!(!refused.stderr.contains("not json"), "no value is told: {}", refused.stderr);
    assert_eq!(committed(&world), [0]);

    // What was sent and is to be rejected, for the count.
    let mut sent = std::fs::read_to_string(world.sent()).unwrap();
    (0..10).for_each(|at| sent.push_str(&format!("{{\"login\":{{\"uuid\":\"poison {at}\"}}}}\n")));
    std::fs::write(world.sent(), sent).unwrap();
    world.options = vec!["--max-rejects", "10"];
    world.finish();
    let count = world.check();
    assert_eq!((count.records, count.rejects), (10, 10), "the tombstone is dropped");
    let lines = rejects(&world);
    for (at, (name, _, reason)) in POISON.iter().enumerate() {
        let Some(reason) = reason else { continue };
        let place = json!([world.topic, 0, 5 + at]);
        let line =
            lines.iter().find(|line| json!([line["topic"], line["partition"], line["offset"]]) == place);
        let line = line.unwrap_or_else(|| panic!("{name} is not in the account: {lines:?}"));
        assert!(line["reason"].as_str().unwrap().starts_with(reason), "{name}: {line}");
        assert_eq!(line["stage"], "kafka-consume");
    }
    let later: Vec<&Value> = lines.iter().filter(|line| line["stage"] == "hash-fields").collect();
    assert_eq!(later.len(), 2, "the record that is no user, and the one of 20 MB: {lines:?}");
    assert_eq!(
        (&later[0]["path"], &later[0]["line"], &later[1]["line"]),
        (&json!("email"), &json!(6), &json!(7))
    );
    // Offsets: 5 users, 9 kinds of poison, a tombstone, 20 MB, 5 users.
    let account = &verify(&world)[0];
    assert_eq!(
        (&account["end_offset"], &account["rows"], &account["rejects"]),
        (&json!(21), &json!(10), &json!(10))
    );
}

#[test]
fn a_record_over_several_lines_is_one_record() {
    let world = World::new(1, 3);
    let to = producer(&world, None);
    let user = run("generate-users").args(["-n", "1", "--seed", "pretty"]).go().succeeds().text();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&user).unwrap()).unwrap();
    send(&to, &world, "pretty", Some(pretty.replace('\n', "\r\n").as_bytes()));
    flush(&to);
    let sent = std::fs::read_to_string(world.sent()).unwrap();
    std::fs::write(world.sent(), sent + &user).unwrap();
    world.finish();
    assert_eq!(world.check().records, 4);
}

#[test]
fn counts_agree_down_the_stages_in_every_batch_and_after_crashes() {
    let mut world = World::new(2, 120);
    world.batch = 40;
    world.options = vec!["--max-rejects", "100%"];
    world.produce_rejects(60);
    world.produce(120);
    for fault in ["kill@ended.after", "kill@commit.before", "kill@plan.after:2", "kill@commit.after"] {
        assert_eq!(world.run(&world.land(), Some(fault)).signal, Some(libc::SIGKILL), "{fault}");
    }
    world.finish();
    let count = world.check();
    assert_eq!((count.records, count.rejects), (240, 60), "no reject is told twice");
    for account in verify(&world) {
        let of = |name: &str| account[name].as_i64().unwrap();
        assert_eq!(of("rows") + of("rejects"), of("end_offset") - of("first_offset"), "{account}");
    }
}

#[test]
fn an_allowance_is_of_each_batch() {
    let mut world = World::new(1, 50);
    world.produce_rejects(3);
    world.produce(47);
    world.produce_rejects(10);
    world.options = vec!["--max-rejects", "5%"];
    ends_with(world.run(&world.land(), None), 1, &["10 of 10 "]);
    assert_eq!(committed(&world), [100], "the first batch is within it, the second is not");
    world.options = vec!["--max-rejects", "10"];
    world.finish();
    assert_eq!(world.check().rejects, 13);
}

#[test]
fn the_bytes_of_an_object_depend_on_its_records_alone() {
    let mut world = World::new(2, 600);
    world.finish();
    let first = digests(&world);
    assert!(first.len() >= 6, "{first:?}");
    let place = world.place.clone();
    let fetches = [
        vec!["-X", "fetch.message.max.bytes=3000", "--max-children", "1"],
        vec!["-X", "queued.max.messages.kbytes=8", "-X", "queued.min.messages=1", "-X", "check.crcs=true"],
    ];
    for (again, options) in fetches.into_iter().enumerate() {
        world.options = options;
        world.group = fresh("group");
        begin(&world);
        world.place = format!("{place}again-{again}/");
        // Another day for programs that ask, another attempt, another size of pipes. Of the sink the store would
        // take no request that was signed on another day.
        let ([hash, encode, put], another_day) = (world.stages(), "faketime --exclude-monotonic -f +40d");
        let script = format!(
            "export TZ=Pacific/Kiritimati LANG=C; {another_day} {hash} | {another_day} {encode} | {put}"
        );
        let killed = world.run(&script, Some("kill@feed.after"));
        assert_eq!(killed.signal, Some(libc::SIGKILL));
        world.run(&script.replace(" | ", " | dd bs=700 iflag=fullblock status=none | "), None).exits(0);
        assert_eq!(digests(&world), first);
    }
}
