//! The S3 part of the page, on a store that reads policies: each command with credentials for a session
//! (`AWS_SESSION_TOKEN`) that a policy bounds.

use std::io::Write;

use serde_json::{Value, json};
use sluicebox::stream::counts::Counts;
use sluicebox::stream::frames::FrameWriter;
use sluicebox::stream::seal::{Refusal, Sealed, StageCounts};
use sluicebox::stream::{Position, Reject};

use super::page::{self, Row};
use super::session::{Session, session};
use super::{Scenario, take_away};
use crate::support::batch::{batch, framed, records, within};
use crate::support::lake::Lake;
use crate::support::{Ran, Run, folder, run, sh};

/// The sections of the page, in its order.
pub const JOBS: [&str; 5] =
    ["s3-put", "s3-put --create-only", "s3-put in a batch", "from-parquet", "s3-verify"];

/// The bucket of the page.
const BUCKET: &str = "arn:aws:s3:::lake";
/// More than one request takes.
const PARTS: usize = 26 << 20;

/// A bucket, and what may be done with it.
struct World {
    lake: Lake,
    session: Session,
}

impl World {
    fn new(lake: Lake, job: &str, rights: &[Row]) -> Self {
        let policy = policy(&page::find("S3", job), rights).to_string();
        let arn = lake.url("").replace("s3://", "arn:aws:s3:::");
        let policy = policy.replace(BUCKET, arn.trim_end_matches('/'));
        Self { lake, session: session(&policy) }
    }

    fn user(&self, run: Run) -> Run {
        run.env("AWS_ACCESS_KEY_ID", &self.session.key)
            .env("AWS_SECRET_ACCESS_KEY", &self.session.secret)
            .env("AWS_SESSION_TOKEN", &self.session.token)
    }

    fn put(&self, key: &str) -> Run {
        self.user(run("s3-put")).arg(self.lake.url(key))
    }
}

/// The statements of a section, one for each right and resource.
fn statements(job: &page::Job) -> Vec<(Row, Value)> {
    let policy: Value = serde_json::from_str(&job.block).expect("JSON to paste");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let mut all = Vec::new();
    for statement in list(&policy["Statement"]) {
        for (action, on) in list(&statement["Action"])
            .iter()
            .flat_map(|action| list(&statement["Resource"]).into_iter().map(move |on| (action, on)))
        {
            let mut one = statement.clone();
            (one["Action"], one["Resource"]) = (json!([action]), json!([on]));
            let (right, on) = (action.as_str().unwrap().to_owned(), on.as_str().unwrap().to_owned());
            let needed = job.rows.iter().any(|row| row.needed && row.right == right && row.on == on);
            all.push((Row { right, on, needed }, one));
        }
    }
    all
}

/// What may be pasted, as far as these rights go.
fn policy(job: &page::Job, rights: &[Row]) -> Value {
    let kept = statements(job).into_iter().filter(|(row, _)| rights.contains(row));
    let kept: Vec<Value> = kept.map(|(_, statement)| statement).collect();
    json!({"Version": "2012-10-17", "Statement": kept})
}

/// A form of a command.
struct Form {
    run: fn(&[Row]) -> Ran,
    check: fn(Option<&Row>, &[Row], &Ran),
}

impl Scenario for Form {
    fn run(&self, rights: &[Row]) -> Ran {
        (self.run)(rights)
    }

    fn check(&self, lost: Option<&Row>, rights: &[Row], ran: &Ran) {
        (self.check)(lost, rights, ran);
    }

    fn names(&self, row: &Row) -> String {
        format!("lack {}", row.right)
    }
}

/// A sealed stream that is not of a batch: these bytes, one reject, and its end.
fn sealed(bytes: &[u8], rejects: u64, whole: bool) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut writer = FrameWriter::open(&mut stream, Sealed::new("100%".into()).unwrap()).unwrap();
    writer.write_all(bytes).unwrap();
    for line in 0..rejects {
        let place = Position::Line(line + 1);
        writer.travel(Refusal::new("to-parquet", &place, &Reject::at("a", "above INT"))).unwrap();
    }
    if whole {
        let counts = Counts {
            read: 3,
            passed: 3 - rejects,
            rejected: rejects,
            written: 3 - rejects,
            ..Counts::default()
        };
        writer
            .close(vec![StageCounts { stage: "to-parquet".into(), counts, facts: Default::default() }])
            .unwrap();
    }
    stream
}

/// An upload in parts that fails leaves nothing, or says what it leaves.
fn check_abort(job: &str, options: &[&str], lost: bool, rights: &[Row]) {
    let world = World::new(Lake::make(), job, rights);
    let ran = world.put("users/big").args(options).stdin(sealed(&vec![b'x'; PARTS], 0, false)).go();
    assert_eq!(world.lake.uploads_of("users/big"), usize::from(lost), "{}", ran.stderr);
    let ran = ran.exits(1);
    assert_eq!(ran.stderr.contains("lack s3:AbortMultipartUpload"), lost, "{}", ran.stderr);
    assert_eq!(ran.stderr.contains("aws s3api abort-multipart-upload"), lost, "{}", ran.stderr);
}

/// A look before, or none.
fn check_look(job: &str, lost: bool, rights: &[Row]) {
    let world = World::new(Lake::make(), job, rights);
    let ran = world.put("users/new").arg("--dry-run").go().exits(0);
    assert_eq!(ran.stderr.contains("may not look"), lost, "{}", ran.stderr);
}

#[test]
fn s3_put_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new(Lake::make(), "s3-put", rights);
        world.put("users/a").stdin("a").go()
    };
    let check = |lost: Option<&Row>, rights: &[Row], _: &Ran| {
        let lost = lost.map_or("", |row| row.right.as_str());
        check_look("s3-put", lost == "s3:ListBucket", rights);
        check_abort("s3-put", &[], lost == "s3:AbortMultipartUpload", rights);
    };
    take_away(&page::find("S3", "s3-put"), &Form { run, check });
}

#[test]
fn s3_put_once_needs_what_the_page_says() {
    let run = |rights: &[Row]| {
        let world = World::new(Lake::make(), "s3-put --create-only", rights);
        world.put("users/a").arg("--create-only").stdin("a").go()
    };
    let check = |lost: Option<&Row>, rights: &[Row], _: &Ran| {
        let job = "s3-put --create-only";
        let lost = lost.map_or("", |row| row.right.as_str());
        check_look(job, lost == "s3:ListBucket", rights);
        check_abort(job, &["--create-only"], lost == "s3:AbortMultipartUpload", rights);
        // A retry meets the rejects of the first attempt.
        let world = World::new(Lake::make(), job, rights);
        let stream = sealed(b"abc", 1, true);
        world.put("users/a").stdin(stream.clone()).go().exits(0);
        world.lake.delete("users/a");
        let ran = world.put("users/a").arg("--create-only").stdin(stream).go();
        if lost == "s3:GetObject" {
            assert!(ran.exits(2).stderr.contains("lack s3:GetObject"));
        } else {
            ran.exits(0);
        }
    };
    take_away(&page::find("S3", "s3-put --create-only"), &Form { run, check });
}

#[test]
fn s3_put_in_a_batch_needs_what_the_page_says() {
    let job = "s3-put in a batch";
    let run = |rights: &[Row]| {
        let world = World::new(Lake::make(), "s3-put in a batch", rights);
        let batch = batch(0, 0, 3);
        let land = || {
            let put = world.put("users/").args(["--suffix", ".ndjson"]);
            within(put, &batch).stdin(framed(&batch, b"abc", 1)).go()
        };
        let ran = land();
        // And once more: it is there.
        if ran.code == Some(0) { land() } else { ran }
    };
    let check = |lost: Option<&Row>, rights: &[Row], _: &Ran| {
        let world = World::new(Lake::make(), "s3-put in a batch", rights);
        let lost = lost.map_or("", |row| row.right.as_str());
        let batch = batch(0, 0, 3);
        let put = || within(world.put("users/").args(["--suffix", ".ndjson"]), &batch);
        let ran = put().arg("--dry-run").go().exits(0);
        assert_eq!(ran.stderr.contains("may not look"), lost == "s3:ListBucket", "{}", ran.stderr);
        let ran = put().stdin(framed(&batch, &vec![b'x'; PARTS], 0)).go().exits(0);
        let left = usize::from(lost == "s3:AbortMultipartUpload");
        assert_eq!(world.lake.uploads_of("users/_sluicebox/condition"), left, "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("lack s3:AbortMultipartUpload").count(), left, "{}", ran.stderr);
    };
    take_away(&page::find("S3", job), &Form { run, check });
}

/// Lands three records.
fn land(lake: &Lake) -> String {
    let batch = batch(0, 0, 3);
    let dir = folder("land");
    std::fs::write(dir.join("a.ddl"), "a INT").unwrap();
    let script = format!("to-parquet --schema a.ddl | s3-put -q {}", lake.url("users/"));
    let lines = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";
    within(sh(&script), &batch).dir(&dir).stdin(records(&batch, lines)).go().exits(0);
    lake.url(&format!("users/dt=2026-11-20/{}.parquet", batch.name()))
}

#[test]
fn from_parquet_needs_what_the_page_says() {
    let read = |rights: &[Row]| {
        let lake = Lake::make();
        let object = land(&lake);
        World::new(lake, "from-parquet", rights).user(run("from-parquet")).arg(object).go()
    };
    // AWS hides that an object is not there; this store tells.
    let check = |_: Option<&Row>, rights: &[Row], ran: &Ran| {
        assert_eq!(ran.json().len(), 3);
        let world = World::new(Lake::make(), "from-parquet", rights);
        let none = world.lake.url("users/none.parquet");
        world.user(run("from-parquet")).arg(&none).go().fails(2, &[&none, "does not exist"]);
    };
    take_away(&page::find("S3", "from-parquet"), &Form { run: read, check });
}

#[test]
fn s3_verify_needs_what_the_page_says() {
    let verify = |rights: &[Row]| {
        let lake = Lake::make();
        land(&lake);
        let prefix = lake.url("users/");
        World::new(lake, "s3-verify", rights).user(run("s3-verify")).arg(prefix).go()
    };
    let check = |lost: Option<&Row>, _: &[Row], ran: &Ran| {
        assert_eq!(ran.json()[0]["rows"], 3);
        let warned = ran.stderr.contains("lack s3:ListBucketMultipartUploads");
        assert_eq!(warned, lost.is_some(), "{}", ran.stderr);
    };
    take_away(&page::find("S3", "s3-verify"), &Form { run: verify, check });
}

#[test]
fn the_policies_to_paste_allow_what_the_tables_say() {
    for job in page::jobs("S3") {
        let pasted: Vec<Row> = statements(&job).into_iter().map(|(row, _)| row).collect();
        for row in &job.rows {
            assert!(pasted.contains(row), "{}: {row:?} is not in the policy", job.name);
        }
        assert_eq!(pasted.len(), job.rows.len(), "{}: the policy allows more than the table", job.name);
    }
}
