//! Brokers of one test alone, to be killed and restarted.

use std::path::PathBuf;
use std::process::Command;

use super::{folder, root};

/// A running cluster; it ends with the test.
pub struct Cluster {
    dir: PathBuf,
}

impl Cluster {
    /// Starts brokers, with these properties besides the usual ones.
    pub fn start(brokers: u32, properties: &[&str]) -> Self {
        let cluster = Self { dir: folder("kafka") };
        let brokers = brokers.to_string();
        let mut arguments = vec!["--brokers", &brokers];
        arguments.extend(properties.iter().flat_map(|property| ["-p", *property]));
        cluster.manage("start", &arguments);
        cluster
    }

    /// Where it is.
    pub fn brokers(&self) -> String {
        let env = self.manage("env", &[]);
        let line = env.lines().find_map(|line| line.strip_prefix("KAFKA_BOOTSTRAP_SERVERS="));
        line.expect("the cluster says where it is").to_owned()
    }

    /// Ends a broker by SIGKILL.
    pub fn kill(&self, broker: u32) {
        self.manage("kill-broker", &[&broker.to_string()]);
    }

    /// Starts a broker again, and waits until it serves.
    pub fn restart(&self, broker: u32) {
        self.manage("restart-broker", &[&broker.to_string()]);
    }

    fn manage(&self, verb: &str, arguments: &[&str]) -> String {
        let output = Command::new(root().join("tests/services/kafka"))
            .arg(verb)
            .arg(&self.dir)
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || verb == "stop", "kafka {verb}: {said}");
        String::from_utf8_lossy(&output.stdout).replace("\\,", ",")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.manage("stop", &[]);
    }
}
