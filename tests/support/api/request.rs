//! A request as the API understands it, and an answer as it goes over the wire.

use std::io::BufRead;
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use serde_json::{Map, Value};
use sluicebox::users::nationality::CODES;

/// The parameters of a request, as the API understands them.
#[derive(Debug)]
pub struct Request {
    pub results: u64,
    pub seed: Option<String>,
    pub page: u64,
    pub nationalities: Vec<&'static str>,
    pub gender: Option<String>,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
}

impl Request {
    pub fn parse(target: &str) -> Option<Self> {
        let url = reqwest::Url::parse(&format!("http://localhost{target}")).ok()?;
        if url.path() != "/api/1.4/" {
            return None;
        }
        let get =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let number = |name, most| {
            get(name)
                .and_then(|text| text.parse().ok())
                .filter(|number| (1..=most).contains(number))
                .unwrap_or(1)
        };
        let list = |name| -> Vec<String> {
            get(name).iter().flat_map(|text| text.split(',').map(str::to_owned)).collect()
        };
        let known = |code: &String| CODES.into_iter().find(|known| known.eq_ignore_ascii_case(code));
        let nationalities: Option<Vec<_>> = list("nat").iter().map(known).collect();
        let seed = get("seed").filter(|seed| !seed.is_empty());
        Some(Self {
            results: number("results", 5_000),
            page: number("page", 10_000),
            gender: get("gender").filter(|_| seed.is_none()),
            nationalities: nationalities.unwrap_or_default(),
            include: list("inc"),
            exclude: list("exc"),
            seed,
        })
    }

    /// Applies `inc` and `exc`.
    pub fn choose(&self, record: String) -> String {
        if self.include.is_empty() && self.exclude.is_empty() {
            return record;
        }
        let fields: Map<String, Value> = serde_json::from_str(&record).unwrap();
        let wanted = |name: &String| {
            (self.include.is_empty() || self.include.contains(name)) && !self.exclude.contains(name)
        };
        Value::Object(fields.into_iter().filter(|(name, _)| wanted(name)).collect()).to_string()
    }
}

/// What goes over the wire.
pub struct Reply {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Reply {
    pub fn new(status: u16, body: String) -> Self {
        Self { status, headers: String::new(), body }
    }

    pub fn head(&self, length: Option<usize>) -> String {
        let length =
            length.map_or("Connection: close\r\n".into(), |length| format!("Content-Length: {length}\r\n"));
        format!(
            "HTTP/1.1 {} Whatever\r\nContent-Type: application/json; charset=utf-8\r\n{}{length}\r\n",
            self.status, self.headers
        )
    }
}

/// A close without the usual farewell: the other side sees "connection reset".
pub fn reset_on_close(connection: &TcpStream) -> std::io::Result<()> {
    let at_once = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the option's value is a `linger` of that size, and only read during the call.
    let result = unsafe {
        libc::setsockopt(
            connection.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const at_once).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Path and query of the next request on a connection.
pub fn read_target(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    Ok(first.split(' ').nth(1).map(str::to_owned))
}
