//! Connection strings as libpq reads them: `postgresql://user@host:5432/db?sslmode=require`, or
//! `host=h dbname='my db'`.
//!
//! In: a string. Out: its parameters by keyword, or what is wrong with it in words that repeat no
//! value. Only keywords that have a meaning here are taken: one that would be ignored in silence may
//! be the one that somebody relies on.

use std::collections::BTreeMap;

/// The keywords, and the variables that stand for them.
pub const KEYWORDS: [(&str, &str); 16] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("service", "PGSERVICE"),
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("channel_binding", "PGCHANNELBINDING"),
];

/// Parameters by keyword.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<&'static str, String>);

impl Parameters {
    /// What a connection string says.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = ["postgresql://", "postgres://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        match url {
            Some(rest) => Self::of_url(rest),
            None if text.contains("://") => Err("a URL begins with postgresql://".to_owned()),
            None => Self::of_words(text),
        }
    }

    /// The value of a keyword.
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.0.get(keyword).map(String::as_str)
    }

    /// Sets a keyword, unless it is set.
    pub fn fill(&mut self, keyword: &str, value: &str) -> Result<(), String> {
        let Some((keyword, _)) = KEYWORDS.iter().find(|(known, _)| *known == keyword) else {
            return Err(format!("there is no setting {}", shown(keyword)));
        };
        if !value.is_empty() {
            self.0.entry(keyword).or_insert_with(|| value.to_owned());
        }
        Ok(())
    }

    /// Adds what `other` knows and this does not.
    pub fn fill_all(&mut self, other: Self) {
        for (keyword, value) in other.0 {
            self.0.entry(keyword).or_insert(value);
        }
    }

    /// `user:password@host:port,host:port/dbname?keyword=value&…`, with `%xx` for any byte.
    fn of_url(rest: &str) -> Result<Self, String> {
        let mut found = Self::default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, dbname) = place.split_once('/').unwrap_or((place, ""));
        let (who, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        found.fill("user", &decoded(user)?)?;
        found.fill("password", &decoded(password)?)?;
        found.fill("dbname", &decoded(dbname)?)?;
        let hosts: Vec<(&str, &str)> = hosts.split(',').map(host_and_port).collect();
        let joined = |part: fn(&(&str, &str)) -> String| hosts.iter().map(part).collect::<Vec<_>>().join(",");
        found.fill("host", &decoded(&joined(|(host, _)| (*host).to_owned()))?)?;
        if hosts.iter().any(|(_, port)| !port.is_empty()) {
            found.fill("port", &joined(|(_, port)| (*port).to_owned()))?;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (keyword, value) = pair.split_once('=').ok_or("after ? stand KEYWORD=VALUE, joined by &")?;
            found.fill(&decoded(keyword)?, &decoded(value)?)?;
        }
        Ok(found)
    }

    /// `keyword=value keyword='a value' …`, where `\` stands before a quote or itself.
    fn of_words(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (keyword, after) =
                rest.split_once('=').ok_or("it is KEYWORD=VALUE ..., or postgresql://...")?;
            let (value, after) = word(after.trim_start())?;
            found.fill(keyword.trim_end(), &value)?;
            rest = after.trim_start();
        }
        Ok(found)
    }
}

/// A keyword as a message may show it: what is no word may be anything.
fn shown(keyword: &str) -> &str {
    let is_word = keyword.len() < 40 && keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_word { keyword } else { "of that name" }
}

/// `[::1]:5432`, `h:5432` or `h`.
fn host_and_port(text: &str) -> (&str, &str) {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').unwrap_or(""));
    }
    text.rsplit_once(':').unwrap_or((text, ""))
}

/// Text with its `%xx` resolved.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.ok_or("a % stands before two hexadecimal digits; % itself is %25")?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| "what its %xx stand for is no UTF-8".to_owned())
}

/// A value, quoted or not, and what follows it.
fn word(text: &str) -> Result<(String, &str), String> {
    let (quoted, body) = match text.strip_prefix('\'') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            '\'' if quoted => return Ok((value, &body[at + 1..])),
            c if !quoted && c.is_whitespace() => return Ok((value, &body[at..])),
            c => value.push(c),
        }
    }
    if quoted { Err("a quote is not closed".to_owned()) } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(&'static str, String)> {
        Parameters::parse(text).unwrap().0.into_iter().collect()
    }

    fn pairs(expected: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> = expected.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        pairs.sort();
        pairs
    }

    #[test]
    fn a_url_reads_as_libpq_reads_it() {
        assert_eq!(
            parsed("postgresql://me:p%40ss@db.example:5433/my%20db?sslmode=require&application_name=x"),
            pairs(&[
                ("user", "me"),
                ("password", "p@ss"),
                ("host", "db.example"),
                ("port", "5433"),
                ("dbname", "my db"),
                ("sslmode", "require"),
                ("application_name", "x"),
            ])
        );
        assert_eq!(parsed("postgres://a:1,b/x"), pairs(&[("host", "a,b"), ("port", "1,"), ("dbname", "x")]));
        assert_eq!(parsed("postgres://[::1]:7/"), pairs(&[("host", "::1"), ("port", "7")]));
        assert_eq!(parsed("postgres:///x?host=/run/pg"), pairs(&[("host", "/run/pg"), ("dbname", "x")]));
        assert_eq!(parsed("postgres://%2Frun%2Fpg/x"), pairs(&[("host", "/run/pg"), ("dbname", "x")]));
    }

    #[test]
    fn words_read_as_libpq_reads_them() {
        assert_eq!(
            parsed(r"host = h port=1  dbname='my \'db\\' user=a\ b"),
            pairs(&[("host", "h"), ("port", "1"), ("dbname", r"my 'db\"), ("user", "a b")])
        );
        assert_eq!(parsed(""), []);
    }

    #[test]
    fn what_is_wrong_is_told_without_any_value() {
        for text in [
            "hunter2",
            "host='h",
            "pasword=hunter2",
            "mysql://h/x",
            "postgres://%zz/",
            "postgres://h/?hunter2",
        ] {
            let why = Parameters::parse(text).err().unwrap();
            assert!(!why.contains("hunter2"), "{why}");
        }
        assert!(Parameters::parse("connect_timeout=3").is_err_and(|why| why.contains("connect_timeout")));
    }

    #[test]
    fn what_is_set_first_stays() {
        let mut parameters = Parameters::parse("host=a").unwrap();
        parameters.fill_all(Parameters::parse("host=b port=2").unwrap());
        parameters.fill("port", "3").unwrap();
        assert_eq!((parameters.get("host"), parameters.get("port")), (Some("a"), Some("2")));
    }
}
