//! From topic to topic: what readers of committed records see, whatever happened on the way.

mod copying;
mod deaths;
mod members;
mod network;

use std::collections::BTreeSet;
use std::process::Child;
use std::thread;
use std::time::Duration;

use serde_json::json;

use self::copying::{Copying, start};
use crate::support::{LATE, finish};

#[test]
fn transactions_copy_each_record_once_in_order() {
    let copying = Copying::new(4, 3000);
    assert_eq!(copying.finish().without(LATE).stderr, "", "silent on success");
    copying.check();
    copying.produce(500);
    copying.finish();
    copying.check();
}

#[test]
fn transactions_go_on_where_the_group_changes_in_the_middle_of_a_batch() {
    let copying = Copying::new(4, 2000);
    let slow = format!(
        "via -- awk '{{ print; fflush() }} NR == 50 {{ system(\"mkdir {} 2>/dev/null && sleep 4\") }}' |",
        copying.path("slow")
    );
    let first = start(copying.consumer(&copying.script("", &slow, "")));
    thread::sleep(Duration::from_millis(2500));
    let others: Vec<Child> = (0..2).map(|_| start(copying.consumer(&copying.plain()))).collect();
    let ran = finish(first).exits(0);
    assert!(!ran.stderr.contains("giving up"), "{}", ran.stderr);
    others.into_iter().for_each(|other| drop(finish(other).exits(0)));
    copying.finish();
    copying.check();
}

#[test]
fn transactions_hold_the_accounts_of_their_rejects() {
    let copying = Copying::new(1, 50);
    let bad = "{\"key\":\"k0\",\"n\":50}\nno json\n";
    for line in bad.lines() {
        copying
            .kafka("kafka-produce")
            .args(["--topic", &copying.from, "--partition", "0", "--envelope"])
            .stdin(format!("{}\n", json!({"value_text": line})))
            .go()
            .succeeds();
    }
    copying.sent.set(51);
    copying.produce(49);
    let script = |options: &str| copying.script("", "", options);
    let ran = copying.consumer(&script("")).args(["--max-attempts", "1"]).go();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    // The options come before `--`, so they are in the environment here.
    let allowing = |script: &str| copying.consumer(script).env("SLUICEBOX_MAX_REJECTS", "5");
    let nowhere = allowing(&script("")).go().exits(2);
    assert!(nowhere.stderr.contains("--rejects-topic"), "{}", nowhere.stderr);
    assert_eq!(copying.read(&copying.to, "read_committed"), []);
    let options = format!("--rejects-topic {}", copying.rejected);
    let first =
        format!("mkdir {} 2>/dev/null && export SLUICEBOX_FAULT=kill@offsets.after;", copying.path("died"));
    allowing(&copying.script(&first, "", &options)).go().exits(0);
    copying.check_but(&BTreeSet::from([50]));
    let rejects = copying.read(&copying.rejected, "read_committed");
    let stages: Vec<&str> = rejects.iter().map(|(_, reject)| reject["stage"].as_str().unwrap()).collect();
    assert_eq!(BTreeSet::from_iter(stages.iter().copied()), BTreeSet::from(["hash-fields", "kafka-consume"]));
    assert_eq!(stages.len(), 2, "each once, though the first attempt died: {rejects:?}");
    assert!(rejects.iter().all(|(key, _)| key.as_ref().unwrap().starts_with(&copying.from)));
}

#[test]
fn transactions_refuse_what_cannot_be_part_of_them() {
    let copying = Copying::new(1, 100);
    let consume = |script: &str, code: i32, words: &str| {
        let ran = copying.consumer(script).go().exits(code);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert!(!ran.stderr.contains("again"), "{}", ran.stderr);
        ran
    };
    let hash = format!("hash-fields --key-file {} email", copying.path("hash.key"));
    consume(&format!("{hash} | s3-put s3://lake/users/"), 2, "s3-put cannot store a batch");
    consume(&copying.script("", "", "--allow-partial"), 2, "--allow-partial");
    assert_eq!(copying.read(&copying.to, "read_uncommitted"), [], "nothing was sent");
    let two =
        copying.script("", &format!("bash -c 'tee >(kafka-produce --topic {})' |", copying.rejected), "");
    consume(&two, 2, "two kafka-produce cannot share");
}

#[test]
fn transactions_land_no_range_again_and_say_how_to_go_on() {
    let copying = Copying::new(1, 300);
    copying.finish();
    let reset = |options: &str| {
        let line = format!("reset {} --topic {} --partition 0 {options} --yes", copying.group, copying.from);
        copying.kafka("topic-admin").args(line.split(' ')).go().succeeds()
    };
    reset("--at 100 --until 200");
    let ran = copying.consumer(&copying.plain()).go().exits(2);
    // Behind the range lies what was sent before, and nothing could tell.
    for words in ["with --transactional no range is landed again", "--partition 0 --at 300 --yes to go on"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("attempt"), "{}", ran.stderr);
    assert_eq!(copying.read(&copying.to, "read_uncommitted").len(), 300, "nothing was sent");
    reset("--at 300");
    copying.produce(50);
    copying.finish();
    copying.check();
}

#[test]
fn transactions_that_take_too_long_are_told_as_such_and_done_again() {
    let copying = Copying::new(1, 100);
    // Past its time by far: the broker looks for such only now and then.
    let slow = format!(
        "via -- awk '{{ print; fflush() }} NR == 50 {{ system(\"mkdir {} 2>/dev/null && sleep 14\") }}' |",
        copying.path("slow")
    );
    let script = copying.script("", &slow, "-X transaction.timeout.ms=2000");
    let ran = copying.consumer(&script).go().exits(0);
    assert!(ran.stderr.contains("took longer than 2s"), "{}", ran.stderr);
    copying.check();
}
