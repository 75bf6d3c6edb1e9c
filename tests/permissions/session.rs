//! Credentials for a session that a policy bounds: `sts:AssumeRole`, as one signed request.
//!
//! By hand: the SDK's own provider wants the name of the role in the answer, which MinIO leaves empty.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sluicebox::pseudonym::HmacSha256;

use crate::support::service;

/// The credentials.
pub struct Session {
    pub key: String,
    pub secret: String,
    pub token: String,
}

/// A session of the store's owner, who may do everything, bounded by `policy`.
pub fn session(policy: &str) -> Session {
    let host = service("AWS_ENDPOINT_URL_S3").replace("http://", "");
    let body = format!(
        "Action=AssumeRole&Version=2011-06-15&DurationSeconds=3600&Policy={}",
        policy.bytes().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "%{byte:02X}");
            text
        })
    );
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Date: {time}\r\nAuthorization: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        authorization(&host, &time, &body),
        body.len()
    );
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let value = |name: &str| {
        let found = answer.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
        found.unwrap_or_else(|| panic!("no {name}: {answer}")).0.to_owned()
    };
    Session { key: value("AccessKeyId"), secret: value("SecretAccessKey"), token: value("SessionToken") }
}

/// AWS's signature, version 4.
fn authorization(host: &str, time: &str, body: &str) -> String {
    let names = "content-type;host;x-amz-date";
    let canonical = format!(
        "POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:{host}\nx-amz-date:{time}\n\n{names}\n{}",
        hex(&Sha256::digest(body))
    );
    let (date, region) = (&time[..8], "us-east-1");
    let scope = format!("{date}/{region}/sts/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let secret = format!("AWS4{}", service("AWS_SECRET_ACCESS_KEY")).into_bytes();
    let sign = |key: Vec<u8>, text: &str| HmacSha256::new(&key).tag(text.as_bytes()).to_vec();
    let key = [date, region, "sts", "aws4_request", &text].into_iter().fold(secret, sign);
    let id = service("AWS_ACCESS_KEY_ID");
    format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={}", hex(&key))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
