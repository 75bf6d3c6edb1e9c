//! The addresses in `bootstrap.servers`: whether each is one that librdkafka can connect to.
//!
//! librdkafka takes any text for a host name, and looks it up until the time is over.

/// What librdkafka takes in front of an address.
const PROTOCOLS: [&str; 4] = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];

/// What is wrong with an address, and how it is spelled right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misspelt {
    pub what: String,
    pub right: String,
}

/// Checks a list of addresses.
pub(super) fn check(list: &str) -> Result<(), Misspelt> {
    list.split(',').map(str::trim).filter(|address| !address.is_empty()).try_for_each(check_one)
}

fn check_one(address: &str) -> Result<(), Misspelt> {
    let wrong =
        |what: &str, right: String| Err(Misspelt { what: format!("'{}' {what}", safe(address)), right });
    let (protocol, rest) = match address.split_once("://") {
        Some((protocol, rest)) => (Some(protocol.to_ascii_lowercase()), rest),
        None => (None, address),
    };
    // The part that is host and port; neither a path nor a user belongs to an address.
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let right = || spelled(host);
    match protocol {
        Some(protocol) if !PROTOCOLS.contains(&protocol.as_str()) => {
            return wrong("is a URL, and a broker is a host and a port", right());
        }
        _ if host != rest => return wrong("is no broker: HOST:PORT is all there is to one", right()),
        _ => {}
    }
    match port(host) {
        _ if host.is_empty() || host.starts_with(':') => wrong("names no host", right()),
        Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        None => Ok(()),
        _ => wrong("is no broker: a port is a number from 1 to 65535", right()),
    }
}

/// The port of `host:port` or `[::1]:port`.
fn port(host: &str) -> Option<&str> {
    match host.rsplit_once(']') {
        Some((_, rest)) => rest.strip_prefix(':'),
        None => host.split_once(':').map(|(_, port)| port),
    }
}

/// Host and port of the first address of a list that is good.
pub(super) fn first(list: &str) -> (String, String) {
    let address = list.split(',').map(str::trim).find(|address| !address.is_empty()).unwrap_or_default();
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    (name(host).trim_matches(['[', ']']).to_owned(), port(host).unwrap_or("9092").to_owned())
}

/// The host of `host:port` or `[::1]:port`.
fn name(host: &str) -> String {
    match host.rsplit_once(']') {
        Some((name, _)) => format!("{name}]"),
        None => host.split(':').next().unwrap_or_default().to_owned(),
    }
}

/// The address as it should be: a URL's port is rarely Kafka's, but it is what the user wrote.
fn spelled(host: &str) -> String {
    let port = port(host).filter(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let name = name(host);
    let name = if name.is_empty() { "localhost" } else { &name };
    format!("-b {name}:{}", port.unwrap_or("9092"))
}

/// The address without the user and the password that a URL may hold.
fn safe(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}****{}", &address[..scheme + 3], &address[at..])
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port_as_librdkafka_takes_them() {
        for good in [
            "localhost",
            "localhost:9092",
            "a:1,b:2, c:3",
            "[::1]:9092",
            "SASL_SSL://broker.example:9093",
            "plaintext://h:1,ssl://h:2",
            "",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_first_address_is_taken_apart_for_a_hint() {
        for (list, host, port) in
            [("a:1,b:2", "a", "1"), ("a", "a", "9092"), ("[::1]:5", "::1", "5"), ("ssl://h:3", "h", "3")]
        {
            assert_eq!(first(list), (host.to_owned(), port.to_owned()), "{list}");
        }
    }

    #[test]
    fn a_url_is_refused_with_the_right_spelling_and_without_its_password() {
        for (wrong, right) in [
            ("http://localhost:9092", "-b localhost:9092"),
            ("https://kafka.example", "-b kafka.example:9092"),
            ("kafka://u:hunter2@h:9093/x", "-b h:9093"),
            ("tcp://[::1]:9092", "-b [::1]:9092"),
            ("a:1,http://b:2", "-b b:2"),
            ("localhost:9092/", "-b localhost:9092"),
            ("localhost:kafka", "-b localhost:9092"),
            ("localhost:", "-b localhost:9092"),
            ("localhost:99999", "-b localhost:9092"),
            (":9092", "-b localhost:9092"),
        ] {
            let misspelt = check(wrong).expect_err(wrong);
            assert_eq!(misspelt.right, right, "{wrong}");
            assert!(!misspelt.what.contains("hunter2"), "{misspelt:?}");
        }
    }
}
