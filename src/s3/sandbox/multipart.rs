//! Multipart uploads.

use hyper::StatusCode;
use hyper::body::Incoming;
use jiff::Timestamp;
use md5::{Digest, Md5};

use super::Answer;
use super::body::receive_text;
use super::list::iso;
use super::object::{document, empty, publish, with_etag};
use super::request::{Refusal, Request};
use super::state::{Bucket, Object, Pending, State};
use super::xml::{Xml, parts};
use crate::run::units::hex;
use crate::s3::parts::{MOST, SMALLEST};

/// CreateMultipartUpload.
pub fn begin(state: &State, request: &Request) -> Answer {
    let id = format!("upload-{}", state.number());
    let pending = Pending {
        key: request.key.clone(),
        started: Timestamp::now(),
        headers: request.object_headers(),
        parts: Default::default(),
    };
    state.with(&request.bucket, |bucket| bucket.uploads.insert(id.clone(), pending))?;
    let xml = Xml::document("InitiateMultipartUploadResult");
    let xml = xml.text("Bucket", &request.bucket).text("Key", &request.key).text("UploadId", &id);
    Ok(document(xml))
}

/// UploadPart: stored first, then added, if the upload still exists by then.
pub async fn part(state: &State, request: &Request, body: Incoming) -> Answer {
    let number: u32 = request.parameter("partNumber").parse().unwrap_or(0);
    if !(1..=MOST).contains(&number) {
        return Err(Refusal::new(
            400,
            "InvalidArgument",
            "Part number must be an integer between 1 and 10000",
        ));
    }
    state.with(&request.bucket, |bucket| pending(bucket, request).map(|_| ()))??;
    let stored = state.store(request, body).await?;
    let etag = hex(&stored.md5);
    state.with(&request.bucket, |bucket| {
        pending(bucket, request).map(|upload| upload.parts.insert(number, stored))
    })??;
    Ok(with_etag(empty(StatusCode::OK), &etag))
}

/// CompleteMultipartUpload.
pub async fn complete(state: &State, request: &Request, body: Incoming) -> Answer {
    let text = receive_text(body).await.map_err(|cause| Refusal::broken(&cause))?;
    let malformed = || Refusal::new(400, "MalformedXML", "The XML you provided was not well-formed");
    let wanted = parts(&text).filter(|parts| !parts.is_empty()).ok_or_else(malformed)?;
    let etag = state.with(&request.bucket, |bucket| {
        let object = assemble(pending(bucket, request)?, &wanted)?;
        let etag = object.etag.clone();
        publish(bucket, request, &request.key, object)?;
        bucket.uploads.remove(request.parameter("uploadId"));
        Ok::<_, Refusal>(etag)
    })??;
    let location = format!("/{}/{}", request.bucket, request.key);
    let xml = Xml::document("CompleteMultipartUploadResult").text("Location", &location);
    let xml = xml.text("Bucket", &request.bucket).text("Key", &request.key);
    Ok(document(xml.text("ETag", &format!("\"{etag}\""))))
}

/// The object that these parts make.
fn assemble(upload: &Pending, wanted: &[(u32, String)]) -> Result<Object, Refusal> {
    if wanted.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(Refusal::new(400, "InvalidPartOrder", "The list of parts was not in ascending order."));
    }
    let mut whole = Md5::new();
    let mut pieces = Vec::with_capacity(wanted.len());
    for (at, (number, etag)) in wanted.iter().enumerate() {
        let stored = upload.parts.get(number).filter(|stored| hex(&stored.md5) == *etag);
        let stored = stored.ok_or(Refusal::new(
            400,
            "InvalidPart",
            "A part could not be found, or has another ETag.",
        ))?;
        if stored.blob.len < SMALLEST && at + 1 < wanted.len() {
            return Err(Refusal::new(400, "EntityTooSmall", "A part that is not the last is too small."));
        }
        whole.update(stored.md5);
        pieces.push(stored.blob.clone());
    }
    Ok(Object {
        size: pieces.iter().map(|blob| blob.len).sum(),
        etag: format!("{}-{}", hex(&whole.finalize()), pieces.len()),
        pieces,
        modified: Timestamp::now(),
        headers: upload.headers.clone(),
    })
}

/// AbortMultipartUpload.
pub fn abort(state: &State, request: &Request) -> Answer {
    state.with(&request.bucket, |bucket| {
        pending(bucket, request)?;
        bucket.uploads.remove(request.parameter("uploadId"));
        Ok(empty(StatusCode::NO_CONTENT))
    })?
}

/// ListMultipartUploads, in one page.
pub fn list(state: &State, request: &Request) -> Answer {
    let prefix = request.parameter("prefix");
    let xml = Xml::document("ListMultipartUploadsResult").text("Bucket", &request.bucket);
    let mut xml = xml.text("Prefix", prefix).text("MaxUploads", "1000").text("IsTruncated", "false");
    state.with(&request.bucket, |bucket| {
        for (id, upload) in bucket.uploads.iter().filter(|(_, upload)| upload.key.starts_with(prefix)) {
            xml = xml.open("Upload").text("Key", &upload.key).text("UploadId", id);
            xml = xml.text("Initiated", &iso(upload.started)).close();
        }
        document(xml)
    })
}

/// The upload that a request is about.
fn pending<'a>(bucket: &'a mut Bucket, request: &Request) -> Result<&'a mut Pending, Refusal> {
    let upload = bucket.uploads.get_mut(request.parameter("uploadId"));
    upload.filter(|upload| upload.key == request.key).ok_or_else(Refusal::no_upload)
}
