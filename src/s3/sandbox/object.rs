//! Buckets and whole objects.

use hyper::body::Incoming;
use hyper::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, LAST_MODIFIED, LOCATION};
use hyper::{Method, Response, StatusCode};
use jiff::Timestamp;

use super::Answer;
use super::body::Content;
use super::request::{Refusal, Request};
use super::state::{Bucket, Object, State};
use super::xml::Xml;
use crate::run::units::hex;

/// The largest object that S3 takes in one request.
const LARGEST_PUT: u64 = 5 << 30;

pub fn create_bucket(state: &State, bucket: &str) -> Answer {
    state.create_bucket(bucket)?;
    let mut response = empty(StatusCode::OK);
    if let Ok(location) = format!("/{bucket}").parse() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

pub fn head_bucket(state: &State, bucket: &str) -> Answer {
    state.with(bucket, |_| empty(StatusCode::OK))
}

pub fn delete_bucket(state: &State, name: &str) -> Answer {
    let mut buckets = state.buckets();
    let bucket = buckets.get(name).ok_or_else(Refusal::no_bucket)?;
    if !bucket.objects.is_empty() || !bucket.uploads.is_empty() {
        return Err(Refusal::new(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"));
    }
    buckets.remove(name);
    Ok(empty(StatusCode::NO_CONTENT))
}

pub fn bucket_location(state: &State, bucket: &str) -> Answer {
    // An empty element is us-east-1.
    state.with(bucket, |_| document(Xml::document("LocationConstraint")))
}

/// PutObject. The condition is checked before the body, to refuse early, and when the object is
/// put in its place, to be right.
pub async fn put(state: &State, request: &Request, body: Incoming) -> Answer {
    state.with(&request.bucket, |bucket| check(bucket, request, &request.key))??;
    let stored = state.store(request, body).await?;
    if stored.blob.len > LARGEST_PUT {
        return Err(Refusal::new(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        ));
    }
    let etag = hex(&stored.md5);
    let object = Object {
        size: stored.blob.len,
        pieces: vec![stored.blob],
        etag: etag.clone(),
        modified: Timestamp::now(),
        headers: request.object_headers(),
    };
    state.with(&request.bucket, |bucket| publish(bucket, request, &request.key, object))??;
    Ok(with_etag(empty(StatusCode::OK), &etag))
}

/// Puts an object in its place, if the condition still holds.
pub fn publish(bucket: &mut Bucket, request: &Request, key: &str, object: Object) -> Result<(), Refusal> {
    check(bucket, request, key)?;
    bucket.objects.insert(key.to_owned(), object);
    Ok(())
}

fn check(bucket: &Bucket, request: &Request, key: &str) -> Result<(), Refusal> {
    if request.create_only() && bucket.objects.contains_key(key) {
        Err(Refusal::precondition())
    } else {
        Ok(())
    }
}

/// GetObject and HeadObject.
pub fn get(state: &State, request: &Request) -> Answer {
    let object = state.with(&request.bucket, |bucket| bucket.objects.get(&request.key).cloned())?;
    let object = object.ok_or(Refusal::new(404, "NoSuchKey", "The specified key does not exist."))?;
    if !request.accepts(&object.etag) {
        return Err(Refusal::precondition());
    }
    let range = range(request.header("range"), object.size)?;
    let (start, end) = range.unwrap_or((0, object.size));
    let is_head = request.method == Method::HEAD;
    let content = if is_head { Content::bytes("") } else { Content::range(&object.pieces, start, end) };
    let mut response = with_etag(Response::new(content), &object.etag);
    let headers = response.headers_mut();
    for (name, value) in &object.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<hyper::header::HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    let modified = object.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let fixed = [(LAST_MODIFIED, modified), (CONTENT_LENGTH, (end - start).to_string())];
    for (name, value) in fixed.into_iter().chain([(ACCEPT_RANGES, "bytes".to_owned())]) {
        headers.extend(value.parse().map(|value| (name, value)));
    }
    if range.is_some() {
        let value = format!("bytes {start}-{}/{}", end - 1, object.size);
        headers.extend(value.parse().map(|value| (CONTENT_RANGE, value)));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

pub fn delete(state: &State, request: &Request) -> Answer {
    state.with(&request.bucket, |bucket| bucket.objects.remove(&request.key))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The bytes `start..end` that a Range header asks for; nothing if there is no header, or one of
/// several ranges, which S3 ignores as well.
fn range(header: &str, size: u64) -> Result<Option<(u64, u64)>, Refusal> {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), size),
        _ => return Ok(None),
    };
    if start >= end {
        return Err(Refusal::new(416, "InvalidRange", "The requested range is not satisfiable"));
    }
    Ok(Some((start, end)))
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response<Content> {
    let mut response = Response::new(Content::bytes(""));
    *response.status_mut() = status;
    response
}

/// An answer with a document.
pub fn document(xml: Xml) -> Response<Content> {
    let mut response = Response::new(Content::bytes(xml.finish()));
    response
        .headers_mut()
        .extend("application/xml".parse().map(|value| (hyper::header::CONTENT_TYPE, value)));
    response
}

/// The answer with an ETag.
pub fn with_etag(mut response: Response<Content>, etag: &str) -> Response<Content> {
    response.headers_mut().extend(format!("\"{etag}\"").parse().map(|value| (ETAG, value)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        assert_eq!(range("", 10).unwrap(), None);
        assert_eq!(range("bytes=0-3", 10).unwrap(), Some((0, 4)));
        assert_eq!(range("bytes=4-", 10).unwrap(), Some((4, 10)));
        assert_eq!(range("bytes=-3", 10).unwrap(), Some((7, 10)));
        assert_eq!(range("bytes=8-99", 10).unwrap(), Some((8, 10)));
        assert_eq!(range("bytes=0-1,4-5", 10).unwrap(), None);
        assert_eq!(range("bytes=10-", 10).unwrap_err().status, 416);
        assert_eq!(range("bytes=0-0", 0).unwrap_err().status, 416);
    }
}
