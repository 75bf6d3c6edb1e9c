//! Commands that do not do what their exit status says: nothing is committed, and the last line names
//! the cause.

use std::io::{BufRead, BufReader};

use super::hands::{committed, ends_with};
use super::store::Forgetful;
use super::world::World;
use crate::support::SOON;

/// Enough for a command that does not read to be noticed: more than a pipe holds.
const USERS: u32 = 4000;

/// One partition, which is one batch, and one attempt.
fn world() -> World {
    let mut world = World::new(1, USERS);
    world.batch = USERS;
    world.options = vec!["--max-attempts", "1"];
    world
}

/// Each of these ends with its code and words, and nothing is committed; then an honest command lands
/// the batch, which lies there once.
#[track_caller]
fn all_refused(world: &World, lies: &[(&str, i32, &[&str])]) {
    for (script, code, words) in lies {
        ends_with(world.run(&filled(world, script), None), *code, words);
        assert_eq!(committed(world), [0], "after {script}");
    }
    world.finish();
    let count = world.check();
    assert_eq!((count.objects, count.records), (1, USERS.into()));
}

/// HASH, ENCODE and PUT are the stages of an honest script, LAND all three.
fn filled(world: &World, script: &str) -> String {
    let [hash, encode, put] = world.stages();
    script
        .replace("LAND", &world.land())
        .replace("HASH", &hash)
        .replace("ENCODE", &encode)
        .replace("PUT", &put)
        .replace("DIR", &world.dir.display().to_string())
}

const NO_RECEIPT: &str = "exited with 0, but no sink gave a receipt";

#[test]
fn a_command_that_stores_nothing_gives_no_receipt() {
    all_refused(
        &world(),
        &[
            ("wc -l", 1, &[NO_RECEIPT, "--trust-exit"]),
            ("true", 1, &[NO_RECEIPT]),
            ("sleep 0.3", 1, &[NO_RECEIPT]),
            ("cat > DIR/copy", 1, &[NO_RECEIPT]),
            ("head -n 3 > /dev/null", 1, &[NO_RECEIPT]),
            ("cat > /dev/null &", 1, &[NO_RECEIPT]),
            ("HASH | ENCODE > /dev/null", 1, &[NO_RECEIPT]),
            ("ENCODE -o DIR/users.parquet", 1, &[NO_RECEIPT]),
            // One that does not report: it may have stored the batch, but who knows.
            ("HASH | ENCODE | env -u SLUICEBOX_REPORT_FD PUT", 1, &[NO_RECEIPT]),
        ],
    );
}

#[test]
fn a_stage_that_dies_in_a_pipe_is_the_cause_whatever_the_shell_says() {
    all_refused(
        &world(),
        &[
            ("HASH | false | PUT", 1, &["/0, offsets 0 to 4000: s3-put: nothing came down the pipe"]),
            (
                "HASH | false | ENCODE | PUT",
                1,
                &["/0, offsets 0 to 4000: to-parquet: nothing came down the pipe"],
            ),
            (
                "false | ENCODE | PUT || true",
                1,
                &["/0, offsets 0 to 4000: to-parquet: nothing came down the pipe"],
            ),
            (
                "HASH | ENCODE | false",
                1,
                &["/0, offsets 0 to 4000: to-parquet: the next stage stopped reading"],
            ),
            (
                "HASH | ENCODE | false || true",
                1,
                &["/0, offsets 0 to 4000: to-parquet: the next stage stopped reading"],
            ),
            (
                "hash-fields --key-file none email | ENCODE | PUT",
                2,
                &["/0, offsets 0 to 4000: hash-fields: cannot read the key"],
            ),
            (
                "hash-fields --key-file none email | ENCODE | PUT || true",
                2,
                &["/0, offsets 0 to 4000: hash-fields: cannot read"],
            ),
            (
                "HASH | to-parquet --schema none | PUT",
                2,
                &["/0, offsets 0 to 4000: to-parquet: cannot read", "none"],
            ),
            (
                "HASH | to-parquet --schema none | PUT || true",
                2,
                &["/0, offsets 0 to 4000: to-parquet: cannot read"],
            ),
            (
                "HASH | ENCODE | s3-put s3://no-such-bucket-here/x/ || true",
                2,
                &["/0, offsets 0 to 4000: s3-put: ", "no-such-bucket"],
            ),
            ("HASH | ENCODE | s3-put s3://lake/one.parquet", 2, &["the same object for every batch"]),
            ("head -n 3 | ENCODE | PUT", 1, &["to-parquet: upstream ended without a seal after 2 records"]),
            ("sed 3d | ENCODE | PUT", 1, &["/0, offsets 0 to 4000: to-parquet: "]),
            ("sed s/female/femail/ | ENCODE | PUT", 1, &["/0, offsets 0 to 4000: to-parquet: "]),
            ("LAND; exit 7", 1, &["/0, offsets 0 to 4000: the command failed with exit status 7"]),
            ("kill -9 $$", 1, &["/0, offsets 0 to 4000: the command was killed by signal 9"]),
            (
                "no-such-command",
                2,
                &["/0, offsets 0 to 4000: a program that the command names was not found"],
            ),
        ],
    );
}

#[test]
fn a_stage_that_is_killed_is_missed() {
    // It stops itself when it has announced itself, and is killed then.
    let killed = "{ sleep 1; HASH; } | { exec 3<&0; SLUICEBOX_FAULT=stop@stage.start ENCODE <&3 &
        for n in $(seq 1000); do grep -q '^State:.T' /proc/$!/status && break; sleep 0.02; done; kill -9 $!; } |
        PUT || true";
    let words = ["/0, offsets 0 to 4000: to-parquet (pid ", "did not tell how it ended", "; s3-put: "];
    all_refused(&world(), &[(killed, 1, &words)]);
}

#[test]
fn a_background_job_is_not_waited_for_and_not_believed() {
    let world = world();
    ends_with(world.run(&filled(&world, "{ LAND; } &"), None), 1, &["hash-fields: stdin is not sealed"]);
    let script = "sleep 300 & echo $! > DIR/pid; LAND";
    let words = ["something that it started goes on", "background jobs"];
    ends_with(world.run(&filled(&world, script), None), 1, &words);
    let pid = std::fs::read_to_string(world.dir.join("pid")).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "it was ended: {stat}");
    // The batch was stored before that was known. It is found, and lies there once.
    assert_eq!(committed(&world), [0]);
    world.finish();
    assert_eq!(world.check().objects, 1);
}

#[test]
fn a_command_that_never_ends_is_ended() {
    let mut world = world();
    world.options.extend(["--batch-timeout", "1s"]);
    let words = ["did not end within 1 s (--batch-timeout)"];
    let started = std::time::Instant::now();
    for script in ["sleep 100", "cat > /dev/null; sleep 100", "HASH | ENCODE | { sleep 100; PUT; }"] {
        ends_with(world.run(&filled(&world, script), None), 1, &words);
        assert_eq!(committed(&world), [0], "after {script}");
    }
    assert!(started.elapsed() < SOON, "each is ended when its time is up");
    world.options.truncate(2);
    world.finish();
    assert_eq!(world.check().objects, 1);
}

#[test]
fn a_stage_that_has_lost_the_environment_is_refused_and_the_way_back_told() {
    let variables = "SLUICEBOX_REPORT_FD BATCH_DATE BATCH_TOPIC BATCH_TOPIC_ID BATCH_PARTITION";
    let unset: String = variables.split(' ').skip(1).map(|name| format!(" -u {name}")).collect();
    all_refused(
        &world(),
        &[
            // As behind sudo: who is told so is the operator, by the stage and by the command's status.
            ("env -i PATH=\"$PATH\" sh -c 'LAND'", 2, &["exit status 2", "sudo or env -i"]),
            ("HASH | ENCODE | env -u BATCH PUT", 2, &["s3-put: ", "BATCH variables must arrive here"]),
            ("HASH | ENCODE | env -u BATCH PUTone.parquet", 2, &["s3-put: ", "$BATCH is not set", "sudo"]),
            (&format!("HASH | ENCODE | env{unset} PUT"), 2, &["s3-put: ", "is missing or is not what"]),
            ("HASH | ENCODE | BATCH_FIRST_OFFSET=5 PUT", 2, &["s3-put: $BATCH is missing or is not what"]),
            ("HASH | ENCODE | BATCH_END_OFFSET=5 PUT", 1, &["s3-put: the stream holds offsets 0 to 4000"]),
        ],
    );
}

#[test]
fn a_receipt_is_for_this_very_stream() {
    let range = "{\"topic\":\"$BATCH_TOPIC\",\"topic_id\":\"$BATCH_TOPIC_ID\",\"partition\":0,\
        \"first_offset\":$BATCH_FIRST_OFFSET,\"end_offset\":$BATCH_END_OFFSET}";
    let receipt = format!(
        "{{\"location\":\"s3://lake/x\",\"result\":\"stored\",\"stream\":\"00112233445566778899aabbccddeeff\",\
         \"range\":{range}}}"
    );
    let report = format!(
        "{{\"v\":1,\"event\":\"end\",\"stage\":\"s3-put\",\"pid\":1,\"counts\":{{}},\"outcome\":\"done\",\
         \"receipt\":{receipt}}}"
    );
    let quoted = report.replace('"', "\\\"");
    let script = format!("cat > /dev/null; echo \"{quoted}\" > /proc/self/fd/$SLUICEBOX_REPORT_FD");
    all_refused(&world(), &[(&script, 1, &["the receipt for s3://lake/x is for another batch"])]);
}

#[test]
fn a_foreign_sink_is_trusted_on_request_alone_and_must_read_all() {
    let mut world = world();
    world.options.push("--trust-exit");
    let refused: [(&str, i32, &str); 3] = [
        ("head -n 1 > /dev/null", 1, "did not read all of its input"),
        ("exit 0", 1, "did not read all of its input"),
        ("cat > /dev/null; exit 75", 75, "exit status 75"),
    ];
    for (script, code, words) in refused {
        ends_with(world.run(script, None), code, &[words]);
        assert_eq!(committed(&world), [0], "after {script}");
    }
    // Plain records, and all of them.
    world.run(&filled(&world, "cat > DIR/landed"), None).exits(0);
    assert_eq!(committed(&world), [i64::from(USERS)]);
    let landed = BufReader::new(std::fs::File::open(world.dir.join("landed")).unwrap());
    let sent = std::fs::read_to_string(world.sent()).unwrap();
    assert!(landed.lines().map(Result::unwrap).eq(sent.lines()), "byte for byte, without a seal");
}

#[test]
fn a_store_that_ignores_the_condition_is_refused() {
    let store = Forgetful::start();
    let mut world = world();
    world.endpoint.clone_from(&store.endpoint);
    world.place = "s3://lake/users/".to_owned();
    let script = format!("export {}; {}", store.credentials, world.land());
    for (attempt, heard) in [(1, true), (2, true)] {
        ends_with(world.run(&script, None), 2, &["s3-put: ", "If-None-Match"]);
        assert_eq!(committed(&world), [0], "attempt {attempt}");
        assert_eq!(store.was_asked(), heard, "the condition was sent, and dropped on the way");
    }
    assert_eq!(store.objects("users/dt="), 0, "and nothing is visible");
    // The same store, where nothing is dropped.
    store.remember();
    world.run(&script, None).exits(0);
    assert_eq!((store.objects("users/dt="), committed(&world)), (1, vec![i64::from(USERS)]));
}
