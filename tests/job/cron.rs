//! As cron does it: the `%` of a line, one pipe for both outputs, a bare PATH, nothing of a login.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use super::{Desk, full_path};
use crate::support::{Ran, finish};

/// What cron makes of the command of a line: what it gives to the shell, and what that gets on stdin.
///
/// After the source of Vixie cron: the first `%` that no backslash stands before ends the command; in
/// what follows each such `%` is a newline; `\%` is a `%`; where no newline ends it, one is added.
pub fn split(command: &str) -> (String, String) {
    let (mut shell, mut input, mut in_input) = (String::new(), String::new(), false);
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letter == '\\' && letters.peek() == Some(&'%');
        let target = if in_input { &mut input } else { &mut shell };
        match letter {
            _ if escaped => target.extend(letters.next()),
            '%' if in_input => target.push('\n'),
            '%' => in_input = true,
            _ => target.push(letter),
        }
    }
    if in_input && !input.ends_with('\n') {
        input.push('\n');
    }
    (shell, input)
}

/// Runs a command as cron does; what would be mailed is stdout.
pub fn cron(desk: &Desk, command: &str) -> Ran {
    let (shell, input) = split(command);
    let mut job = Command::new("/bin/sh");
    job.args(["-c", &format!("exec 2>&1\n{shell}")]).current_dir(&desk.dir).env_clear();
    // The folders of the program and its short names stand for /usr/local/bin, which PATH= names above the lines.
    let ours: Vec<String> = full_path().split(':').take(2).map(ToOwned::to_owned).collect();
    job.env("PATH", format!("{}:/usr/bin:/bin", ours.join(":")));
    job.envs([("HOME", desk.dir.as_os_str()), ("SHELL", "/bin/sh".as_ref()), ("LOGNAME", "ada".as_ref())]);
    let passed = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name.starts_with("AWS_") || name.starts_with("KAFKA_")
    });
    let mut child = job.envs(passed).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let given = child.stdin.take().unwrap().write_all(input.as_bytes());
    // Cron does not mind either when the shell has ended before it could be given anything.
    if let Err(cause) = given {
        assert_eq!(cause.kind(), ErrorKind::BrokenPipe, "{command}");
    }
    finish(child)
}

#[test]
fn cron_splits_as_it_is_documented() {
    assert_eq!(split("a 'x%y' z"), ("a 'x".into(), "y' z\n".into()));
    assert_eq!(split(r"date +\%F | b"), ("date +%F | b".into(), String::new()));
    assert_eq!(split(r"a %b $(date +%F) \% c"), ("a ".into(), "b $(date +\nF) % c\n".into()));
}

#[test]
fn behind_the_first_percent_sign_nothing_needs_an_escape() {
    let desk = Desk::new("percent");
    for line in [
        "sluicebox run --name users --cron %date +%Y-%m-%d > day; printf '%s|%%|' \"a b\" 'c d' > words",
        // Escaped all the same, as people are used to.
        r#"sluicebox run --name users --cron % date +\%Y-\%m-\%d > day; printf '\%s|\%\%|' "a b" 'c d' > words"#,
    ] {
        let ran = cron(&desk, line);
        assert_eq!((ran.code, ran.text().as_str()), (Some(0), ""), "{line}");
        assert!(
            desk.read("day").starts_with("20") && desk.read("day").trim().len() == 10,
            "{}",
            desk.read("day")
        );
        assert_eq!(desk.read("words"), "a b|%|c d|%|");
    }
    // The pipe reads nothing of what cron gave.
    assert_eq!(cron(&desk, "sluicebox run --name users --cron %wc -c > count").code, Some(0));
    assert_eq!(desk.read("count").trim(), "0");
    // In quotes the shell fails before anything of ours is started, as it does for everybody.
    let ran = cron(&desk, "sluicebox run --name users -- 'date +%F > day'");
    assert!(ran.code != Some(0) && ran.text().contains("nterminated quoted string"), "{}", ran.text());
}

#[test]
fn a_line_in_a_crontab_mails_the_cause_and_nothing_else() {
    let desk = Desk::new("mail");
    std::fs::write(desk.file("users.sh"), "#!/bin/sh\nsluicebox generate-users -n 5 | sluicebox hash-fields --key-file ${KEY:-hash.key} email > out\n")
        .unwrap();
    let ran = cron(&desk, "chmod +x users.sh && sluicebox run --name users --lock -- ./users.sh");
    assert_eq!((ran.code, ran.text().as_str()), (Some(0), ""));
    assert!(desk.read("out").contains("$seal"));
    // HOME is all that cron says about a user.
    assert!(desk.file(".local/state/sluicebox/users.json").exists());
    let ran = cron(&desk, "KEY=none sluicebox run --name users --lock -- ./users.sh");
    assert_eq!(ran.code, Some(2));
    assert!(ran.text().starts_with("run: users: hash-fields: cannot read the key"), "{}", ran.text());
    assert_eq!(ran.text().lines().count(), 1);
    let ran = cron(&desk, "sluicebox run --status --name users --max-age 10m > /dev/null");
    assert_eq!((ran.code, ran.text().as_str()), (Some(0), ""));
}
