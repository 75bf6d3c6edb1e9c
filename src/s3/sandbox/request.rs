//! A request taken apart, and the ways to refuse it.

use std::collections::BTreeMap;

use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Response, StatusCode};

use super::body::Content;
use super::xml::Xml;

/// Query parameters and headers that ask for something else than the plain operation: a copy must
/// not be answered as a put of nothing.
const UNKNOWN_QUERY: [&str; 16] = [
    "acl",
    "cors",
    "delete",
    "encryption",
    "legal-hold",
    "lifecycle",
    "notification",
    "object-lock",
    "policy",
    "replication",
    "restore",
    "retention",
    "select",
    "tagging",
    "versioning",
    "versions",
];
const UNKNOWN_HEADERS: [&str; 1] = ["x-amz-copy-source"];

/// What is asked, without the body.
pub struct Request {
    pub method: Method,
    /// Empty for the service itself.
    pub bucket: String,
    /// Empty for the bucket itself.
    pub key: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
}

impl Request {
    /// Takes a request apart.
    pub fn split(request: hyper::Request<Incoming>) -> (Self, Incoming) {
        let (head, body) = request.into_parts();
        let path = head.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = head.uri.query().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
            .collect();
        let request = Self {
            method: head.method,
            bucket: decode(bucket),
            key: decode(key),
            query,
            headers: head.headers,
        };
        (request, body)
    }

    /// A header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A query parameter; empty if it is missing.
    pub fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether the object must not exist yet.
    pub fn create_only(&self) -> bool {
        self.header("if-none-match") == "*"
    }

    /// Whether the object may have this ETag: a download in pieces insists on one and the same.
    pub fn accepts(&self, etag: &str) -> bool {
        matches!(self.header("if-match"), "" | "*") || self.header("if-match").trim_matches('"') == etag
    }

    /// What belongs to the object beside its bytes: its type and the user's metadata.
    pub fn object_headers(&self) -> Vec<(String, String)> {
        let kept = |name: &str| {
            name.starts_with("x-amz-meta-")
                || matches!(name, "content-type" | "content-disposition" | "cache-control")
        };
        let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = self.headers.iter().filter(|(name, _)| kept(name.as_str()));
        headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
    }

    /// Whether the request names our access key. The signature is not checked.
    pub fn authorize(&self, access_key: &str) -> Result<(), Refusal> {
        let header = self.header("authorization").split_once("Credential=").map(|(_, rest)| rest);
        let credential = header.unwrap_or_else(|| self.parameter("X-Amz-Credential"));
        match credential.split('/').next().unwrap_or_default() {
            "" => Err(Refusal::new(403, "AccessDenied", "Access Denied.")),
            key if key == access_key => Ok(()),
            _ => Err(Refusal::new(403, "InvalidAccessKeyId", "The access key id is not the sandbox's.")),
        }
    }

    /// Refuses what the sandbox would otherwise misunderstand.
    pub fn refuse_unknown(&self) -> Result<(), Refusal> {
        let query = UNKNOWN_QUERY.iter().any(|name| self.query.contains_key(*name));
        let header = UNKNOWN_HEADERS.iter().any(|name| self.headers.contains_key(*name));
        let condition = self.header("if-none-match");
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        let conditional_write = !matches!(condition, "" | "*") || self.headers.contains_key("if-match");
        if query || header || (!reads && conditional_write) {
            return Err(Refusal::not_implemented());
        }
        Ok(())
    }
}

/// A request that is not carried out: as S3 says it.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: &'static str,
}

impl Refusal {
    pub fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    pub fn not_implemented() -> Self {
        Self::new(501, "NotImplemented", "The sandbox cannot do this.")
    }

    pub fn no_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    pub fn no_upload() -> Self {
        Self::new(404, "NoSuchUpload", "The specified multipart upload does not exist.")
    }

    pub fn precondition() -> Self {
        Self::new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    }

    /// The disk failed, or the body ended early.
    pub fn broken(cause: &std::io::Error) -> Self {
        match cause.kind() {
            std::io::ErrorKind::StorageFull => Self::new(507, "StorageFull", "The sandbox's disk is full."),
            std::io::ErrorKind::UnexpectedEof => Self::new(400, "IncompleteBody", "The body ended early."),
            _ => Self::new(500, "InternalError", "The sandbox cannot use its folder."),
        }
    }

    /// The refusal as an answer; one to HEAD has no body.
    pub fn answer(&self, request: &Request, is_head: bool) -> Response<Content> {
        let resource = format!("/{}/{}", request.bucket, request.key);
        let xml = Xml::plain("Error").text("Code", self.code).text("Message", self.message);
        let text = if is_head { String::new() } else { xml.text("Resource", &resource).finish() };
        let mut response = Response::new(Content::bytes(text));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
    }
}

/// Resolves `%41`; what is no escape stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = (byte == b'%').then(|| after.get(..2)).flatten();
        let value = escape.and_then(|digits| std::str::from_utf8(digits).ok());
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Escapes what S3 escapes in a listing with `encoding-type=url`.
pub fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_and_encoded_back() {
        assert_eq!(decode("a%20b/%C3%BC+%"), "a b/ü+%");
        assert_eq!(encode("a b/ü+"), "a%20b/%C3%BC%2B");
        assert_eq!(decode(&encode("ключ/x=1&y")), "ключ/x=1&y");
    }
}
