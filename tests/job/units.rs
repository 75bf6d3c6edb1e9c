//! `examples/systemd`, `examples/crontab` and `examples/ci`: held to their own makers' rules, and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Desk;
use super::cron::cron;
use crate::support::{PROGRAM, folder, root, run, sh};

/// Exposure, from 0 to 10, as systemd counts it: "OK" begins at 5, and a service without any of it has 9.6.
const MOST_EXPOSED: f64 = 1.5;

/// The pipelines of `examples/`: all scripts but the tour, and the script of one batch.
fn pipelines() -> Vec<String> {
    let names = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.filter_map(|name| Some(name.to_str()?.strip_suffix(".sh")?.to_owned()));
    let mut names: Vec<String> = names.filter(|name| !["tour", "land"].contains(&&**name)).collect();
    names.sort_unstable();
    names
}

/// The units as they are installed, with a program and scripts that exist.
fn installed() -> PathBuf {
    let dir = folder("units");
    let script = format!(
        "cp -r {root}/examples/systemd units && mkdir share && for name in {names} land; do
             printf '#!/bin/sh\\n' > share/$name.sh && chmod +x share/$name.sh; done
         grep -rl /usr/local units | xargs -d '\\n' sed -i 's,/usr/local/bin/sluicebox,{PROGRAM},; s,/usr/local/share/sluicebox,{dir}/share,'",
        root = root().display(),
        dir = dir.display(),
        names = pipelines().join(" "),
    );
    sh(&script).dir(&dir).go().succeeds();
    dir.join("units")
}

fn analyze(units: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("systemd-analyze");
    command.env("SYSTEMD_UNIT_PATH", format!("{}:", units.display())).env("SYSTEMD_LOG_LEVEL", "notice");
    let out = command
        .args(arguments)
        .output()
        .expect("systemd-analyze: tests/services/peers install systemd-analyze");
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    (out.status.success(), said)
}

/// All units of a kind, each pipeline with its own.
fn units_of(kind: &str) -> Vec<String> {
    let units = pipelines().into_iter().map(|name| format!("sluicebox-pipeline@{name}.{kind}"));
    units.chain((kind == "service").then(|| "sluicebox-lake.service".to_owned())).collect()
}

#[test]
fn systemd_has_nothing_to_say_about_the_units() {
    let units = installed();
    for unit in units_of("service").iter().chain(&units_of("timer")) {
        let (well, said) = analyze(&units, &["verify", "--man=no", unit]);
        let ours: Vec<&str> = said.lines().filter(|line| line.contains("sluicebox")).collect();
        assert!(well && ours.is_empty(), "{unit}: {said}");
    }
    // What is checked is read: a mistake in any of the files is found.
    for file in files(&units) {
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}ProtectSystm=strict\n")).unwrap();
        let path = file.to_str().unwrap();
        let kind = if path.contains(".timer") { "timer" } else { "service" };
        let is_told = |unit: &String| {
            let (_, said) = analyze(&units, &["verify", "--man=no", unit]);
            said.lines().any(|line| line.contains(path) && line.contains("ProtectSystm"))
        };
        assert!(units_of(kind).iter().any(is_told), "{path}");
        std::fs::write(&file, text).unwrap();
    }
}

/// All files below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_units_are_confined_as_systemd_counts_it() {
    let units = installed();
    for unit in &units_of("service") {
        let (_, said) = analyze(&units, &["security", "--offline=true", unit]);
        let score = said
            .lines()
            .last()
            .and_then(|line| line.split(": ").nth(1)?.split(' ').next()?.parse::<f64>().ok());
        println!("{unit}: exposure {score:?}");
        assert!(score.is_some_and(|score| score <= MOST_EXPOSED), "{unit}: {said}");
    }
}

#[test]
fn the_units_say_what_a_service_of_ours_must() {
    let units = installed();
    let read = |name: &str| std::fs::read_to_string(units.join(name)).unwrap();
    let confined = read("sluicebox-.service.d/confined.conf");
    for line in ["KillMode=mixed", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict"] {
        assert!(confined.lines().any(|have| have == line), "{line}");
    }
    for name in ["sluicebox-pipeline@.service", "sluicebox-lake.service"] {
        let text = read(name);
        for line in ["Restart=on-failure", "RestartPreventExitStatus=2 4"] {
            assert!(text.lines().any(|have| have == line), "{name}: {line}");
        }
        assert!(!text.contains("secret") || text.contains("no secret"), "{name}");
    }
    // The command of the unit, as systemd would start it: the words are taken as they stand.
    let text = read("sluicebox-pipeline@.service");
    let start = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let desk = Desk::new("unit");
    let state = desk.file("lib");
    let ran = desk.at(sh(&start.replace("%i", "users-to-lake"))).without("SLUICEBOX_STATE_DIR");
    ran.env("STATE_DIRECTORY", &state).go().succeeds();
    assert!(state.join("users-to-lake.json").exists());
}

#[test]
fn the_secrets_of_databases_are_those_that_the_settings_name() {
    let settings = root().join("examples/databases.toml");
    for (pipeline, sink, option) in [
        ("users-to-cassandra", "cassandra-put", "credentials"),
        ("topics-to-mongo", "mongo-put", "uri-file"),
        ("trades-to-postgres", "mongo-put", "uri-file"),
        ("trades-to-postgres", "postgres-put", "password-file"),
    ] {
        let dropped = format!("examples/systemd/sluicebox-pipeline@{pipeline}.service.d/secrets.conf");
        let dropped = std::fs::read_to_string(root().join(dropped)).unwrap();
        assert!(dropped.contains("/databases.toml\n"), "{pipeline}");
        run("config").arg(sink).env("SLUICEBOX_CONFIG", &settings).go().succeeds();
        let text = std::fs::read_to_string(&settings).unwrap();
        let (_, table) = text.split_once(&format!("[{sink}]\n{option} = \"")).expect("a table of the sink");
        let (secret, _) = table.split_once('"').unwrap();
        let line = format!("LoadCredential={secret}:/etc/sluicebox/{secret}");
        assert!(dropped.lines().any(|have| have == line), "{pipeline}: {line}");
    }
}

/// The lines of the crontab that are jobs: their five fields, and the command.
fn jobs(crontab: &str) -> Vec<(Vec<String>, String)> {
    let is_job = |line: &&str| line.starts_with(|letter: char| letter.is_ascii_digit() || letter == '*');
    let split = |line: &str| {
        let mut words = line.splitn(6, ' ').map(ToOwned::to_owned).collect::<Vec<_>>();
        let command = words.pop().unwrap();
        (words, command)
    };
    crontab.lines().filter(is_job).map(split).collect()
}

#[test]
fn every_line_of_the_crontab_runs_as_cron_runs_it() {
    let crontab = std::fs::read_to_string(root().join("examples/crontab")).unwrap();
    let desk = Desk::new("crontab");
    let script = "printf '#!/bin/sh\\nsluicebox generate-users | sluicebox hash-fields --key-file hash.key email > '$name'.out\\n' \
         > share/$name.sh; chmod +x share/$name.sh; done";
    sh(&format!(
        "mkdir share && for name in {}; do {script}; cp {}/examples/users.ddl share/",
        pipelines().join(" "),
        root().display()
    ))
    .dir(&desk.dir)
    .go()
    .succeeds();
    let share = desk.file("share").display().to_string();
    let mut ran = 0;
    for name in pipelines() {
        let line = format!("sluicebox run --name {name} --lock --timeout ");
        let script = format!(" -- /usr/local/share/sluicebox/{name}.sh");
        let has = |(_, command): &(_, String)| command.starts_with(&line) && command.ends_with(&script);
        assert!(jobs(&crontab).iter().any(has), "{name} has a line");
    }
    for (fields, command) in jobs(&crontab) {
        let valid =
            |field: &String| field.chars().all(|letter| letter.is_ascii_digit() || "*/,-".contains(letter));
        assert!(fields.len() == 5 && fields.iter().all(valid), "{fields:?}");
        let command = command.replace("/usr/local/share/sluicebox", &share);
        // Yesterday's users are others' to prepare: here it is enough that all of the pipe is heard.
        let is_day = command.contains("--cron %");
        let mail = cron(&desk, &command.replace("created_users", "no-such-topic-at-all"));
        if is_day {
            assert_eq!(mail.code, Some(2), "{}", mail.text());
            let state = desk.read(".local/state/sluicebox/users-of-a-day.json");
            let state: serde_json::Value = serde_json::from_str(&state).unwrap();
            let stages =
                state["stages"].as_array().unwrap().iter().map(|stage| stage["stage"].as_str().unwrap());
            let mut stages: Vec<&str> = stages.collect();
            stages.sort_unstable();
            assert_eq!(stages, ["kafka-consume", "s3-put", "to-parquet"], "{}", mail.text());
        } else {
            assert_eq!((mail.code, mail.text().as_str()), (Some(0), ""), "{command}");
        }
        ran += 1;
    }
    assert_eq!(
        ran,
        pipelines().len() + 2,
        "a line for each, one with a pipe on it, and one that looks after them"
    );
    assert!(desk.read("users-to-lake.out").contains("$seal"));
}

/// The scripts of a job file's steps, in their order.
fn steps(text: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match line.trim_start() {
            words if indent == 6 && words.starts_with("- name: ") => {
                steps.push((words["- name: ".len()..].to_owned(), String::new()));
                inside = false;
            }
            "run: |" if indent == 8 => inside = true,
            _ if inside && (indent >= 10 || line.is_empty()) => {
                let script = &mut steps.last_mut().expect("a step has a name").1;
                script.push_str(line.get(10..).unwrap_or_default());
                script.push('\n');
            }
            _ => inside = false,
        }
    }
    steps
}

#[test]
fn the_steps_of_the_ci_job_run_and_hold_what_they_say() {
    let text = std::fs::read_to_string(root().join("examples/ci/pipeline.yml")).unwrap();
    assert!(text.is_ascii() && !text.contains('\t'));
    for word in ["\non: ", "\njobs:\n", "\n    runs-on: ", "\n    steps:\n"] {
        assert!(text.contains(word), "{word}");
    }
    let steps = steps(&text);
    assert_eq!(steps.len(), 3);
    let desk = Desk::new("ci");
    std::fs::remove_file(desk.file("hash.key")).unwrap();
    std::os::unix::fs::symlink(root().join("examples"), desk.file("examples")).unwrap();
    let home = folder("ci-home");
    for (name, script) in steps {
        // The program is built already; a step is a shell that ends at the first error.
        let script = script.replace("cargo install --path . --locked", ":").replace("sluicebox link", ":");
        let mut step = desk.at(sh(&format!("set -e\n{script}"))).env("HOME", &home);
        for variable in ["KAFKA_BOOTSTRAP_SERVERS", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_REGION"]
        {
            step = step.without(variable);
        }
        let ran = step.go();
        assert_eq!(ran.code, Some(0), "{name}: {}{}", ran.stderr, ran.text());
    }
}
