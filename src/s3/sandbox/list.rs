//! Listings.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;

use super::Answer;
use super::object::document;
use super::request::{Request, encode};
use super::state::{Object, State};
use super::xml::Xml;

/// The most that a page holds.
const PAGE: usize = 1000;

/// ListBuckets.
pub fn buckets(state: &State) -> Answer {
    let mut xml = Xml::document("ListAllMyBucketsResult");
    xml = xml.open("Owner").text("ID", "sandbox").close().open("Buckets");
    for (name, bucket) in state.buckets().iter() {
        xml = xml.open("Bucket").text("Name", name).text("CreationDate", &iso(bucket.created)).close();
    }
    Ok(document(xml))
}

/// A page of a listing: keys, and the folders that stand for the keys below them.
#[derive(Default)]
struct Page<'a> {
    objects: Vec<(&'a str, &'a Object)>,
    folders: Vec<&'a str>,
    /// Where the next page starts, if there is one: after this key or folder.
    next: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// Up to `most` keys and folders after `after`. A folder is passed over as a whole, also when the
    /// page starts inside it.
    fn of(objects: &'a BTreeMap<String, Object>, question: &Question<'_>) -> Self {
        let mut page = Page::default();
        let mut last: Option<&'a str> = None;
        let lower = match question.after {
            after if after < question.prefix || after.is_empty() => Bound::Included(question.prefix),
            after => Bound::Excluded(after),
        };
        for (key, object) in objects.range::<str, _>((lower, Bound::Unbounded)) {
            let Some(rest) = key.strip_prefix(question.prefix) else {
                if key.as_str() > question.prefix { break } else { continue }
            };
            let folder = question.folder_of(key, rest);
            if folder.is_some_and(|folder| last == Some(folder) || question.after == folder) {
                continue;
            }
            if page.objects.len() + page.folders.len() == question.most {
                page.next = last;
                break;
            }
            match folder {
                Some(folder) => page.folders.push(folder),
                None => page.objects.push((key, object)),
            }
            last = Some(folder.unwrap_or(key));
        }
        page
    }
}

/// What a listing asks for.
struct Question<'q> {
    prefix: &'q str,
    delimiter: &'q str,
    after: &'q str,
    most: usize,
}

impl Question<'_> {
    /// The folder that stands for `key` in this listing, if one does.
    fn folder_of<'k>(&self, key: &'k str, rest: &str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let at = rest.find(self.delimiter)?;
        Some(&key[..self.prefix.len() + at + self.delimiter.len()])
    }
}

/// ListObjectsV2, and its predecessor for clients that still use it.
pub fn objects(state: &State, request: &Request) -> Answer {
    let second = request.parameter("list-type") == "2";
    let tokens: &[&str] = if second { &["continuation-token", "start-after"] } else { &["marker"] };
    let after = tokens.iter().map(|name| request.parameter(name)).find(|after| !after.is_empty());
    let most = request.parameter("max-keys").parse().unwrap_or(PAGE).min(PAGE);
    let question = Question {
        prefix: request.parameter("prefix"),
        delimiter: request.parameter("delimiter"),
        after: after.unwrap_or_default(),
        most,
    };
    state.with(&request.bucket, |bucket| {
        let page = if most == 0 { Page::default() } else { Page::of(&bucket.objects, &question) };
        document(render(request, &question, &page, second))
    })
}

fn render(request: &Request, question: &Question<'_>, page: &Page<'_>, second: bool) -> Xml {
    let url = request.parameter("encoding-type") == "url";
    let name = |key: &str| if url { encode(key) } else { key.to_owned() };
    let mut xml = Xml::document("ListBucketResult").text("Name", &request.bucket);
    xml = xml.text("Prefix", &name(question.prefix)).maybe("Delimiter", &name(question.delimiter));
    xml = xml.text("MaxKeys", &question.most.to_string()).maybe("EncodingType", if url { "url" } else { "" });
    xml = xml.text("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    let next = page.next.unwrap_or_default();
    if second {
        let count = page.objects.len() + page.folders.len();
        xml = xml.text("KeyCount", &count.to_string());
        xml = xml.maybe("ContinuationToken", request.parameter("continuation-token"));
        xml = xml
            .maybe("NextContinuationToken", next)
            .maybe("StartAfter", &name(request.parameter("start-after")));
    } else {
        xml = xml.text("Marker", &name(question.after)).maybe("NextMarker", &name(next));
    }
    for (key, object) in &page.objects {
        xml = xml.open("Contents").text("Key", &name(key)).text("LastModified", &iso(object.modified));
        xml = xml.text("ETag", &format!("\"{}\"", object.etag)).text("Size", &object.size.to_string());
        xml = xml.text("StorageClass", "STANDARD").close();
    }
    for folder in &page.folders {
        xml = xml.open("CommonPrefixes").text("Prefix", &name(folder)).close();
    }
    xml
}

/// A time as S3 writes it.
pub fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(keys: &[&str]) -> BTreeMap<String, Object> {
        let (pieces, headers) = (Vec::new(), Vec::new());
        let object =
            Object { pieces, size: 0, etag: String::new(), modified: Timestamp::UNIX_EPOCH, headers };
        keys.iter().map(|key| (String::from(*key), object.clone())).collect()
    }

    /// All pages of a listing: keys and folders in the order of the pages.
    fn walk(keys: &[&str], prefix: &str, delimiter: &str, most: usize) -> Vec<String> {
        let objects = objects(keys);
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = Page::of(&objects, &Question { prefix, delimiter, after: &after, most });
            found.extend(page.objects.iter().map(|(key, _)| String::from(*key)));
            found.extend(page.folders.iter().map(|folder| String::from(*folder)));
            match page.next {
                Some(next) => after = next.to_owned(),
                None => return found,
            }
        }
    }

    #[test]
    fn every_page_size_gives_the_same_listing() {
        let keys = ["a", "b/1", "b/2", "b/c/3", "d", "d/4", "e"];
        for most in 1..=8 {
            let mut all = walk(&keys, "", "/", most);
            all.sort();
            assert_eq!(all, ["a", "b/", "d", "d/", "e"], "pages of {most}");
            assert_eq!(walk(&keys, "b/", "", most), ["b/1", "b/2", "b/c/3"], "pages of {most}");
        }
    }

    #[test]
    fn a_page_ends_where_its_prefix_does() {
        assert_eq!(walk(&["a/1", "ab", "b"], "a/", "/", 1000), ["a/1"]);
        assert!(walk(&["a", "c"], "b", "", 1000).is_empty());
        let keys = objects(&["b", "b/1"]);
        let question = Question { prefix: "b", delimiter: "", after: "a", most: 10 };
        assert_eq!(Page::of(&keys, &question).objects.len(), 2, "a start before the prefix skips nothing");
    }
}
