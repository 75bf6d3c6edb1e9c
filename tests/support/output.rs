//! What comes from a process by a pipe, and who holds the pipe's other end.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::{Arc, Mutex};
use std::thread;

/// An output, read by a thread.
pub struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
    /// What /proc calls the pipe: `pipe:[4711]`.
    name: String,
}

impl Output {
    /// Reads from now on.
    pub fn of(mut pipe: impl Read + AsFd + Send + 'static) -> Self {
        let link = format!("/proc/self/fd/{}", pipe.as_fd().as_raw_fd());
        let name = fs::read_link(link).expect("a pipe has a name").to_string_lossy().into_owned();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut piece = vec![0; 1 << 16];
            loop {
                match pipe.read(&mut piece) {
                    Ok(0) => break,
                    Ok(count) => shared.lock().unwrap().extend_from_slice(&piece[..count]),
                    Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                    Err(cause) => panic!("a pipe can be read: {cause}"),
                }
            }
        });
        Self { bytes, reader, name }
    }

    /// Whether nobody holds its other end.
    pub fn is_over(&self) -> bool {
        self.reader.is_finished()
    }

    /// What has come so far.
    pub fn so_far(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    /// All that came.
    pub fn whole(self) -> Vec<u8> {
        self.reader.join().expect("the reader ends");
        std::mem::take(&mut self.bytes.lock().unwrap())
    }

    /// Who holds its other end: pids and command lines.
    fn holders(&self) -> Vec<(i32, String)> {
        let processes = fs::read_dir("/proc").expect("/proc").flatten();
        let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| *pid != std::process::id() as i32 && self.is_held_by(*pid))
            .map(|pid| {
                let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                (pid, line.replace('\0', " ").trim_end().to_owned())
            })
            .collect()
    }

    fn is_held_by(&self, pid: i32) -> bool {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok())
            .any(|target| target.to_str() == Some(&self.name))
    }

    /// Ends those who hold its other end, and returns what they are.
    pub fn end_holders(&self) -> Vec<String> {
        self.holders()
            .into_iter()
            .map(|(pid, line)| {
                // SAFETY: kill(2) takes any numbers. Who holds a pipe of a test was started by it.
                unsafe { libc::kill(pid, libc::SIGKILL) };
                format!("{pid} {line}")
            })
            .collect()
    }
}
