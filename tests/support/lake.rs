//! A bucket of one test alone, on the real store.

use std::collections::BTreeMap;

use sluicebox::s3::{S3Args, Sandbox, Store};

use super::{fresh, service};

/// The bucket.
pub struct Lake {
    name: String,
    store: Store,
}

impl Lake {
    /// Makes it.
    pub fn make() -> Self {
        service("AWS_ENDPOINT_URL_S3");
        let store = Store::open(&S3Args::default()).unwrap();
        let name = fresh("lake");
        let request = store.client().create_bucket().bucket(&name);
        store.wait(async move { request.send().await.unwrap() }).unwrap();
        Self { name, store }
    }

    /// The bucket `name` of a sandbox.
    pub fn of(sandbox: &Sandbox, name: &str) -> Self {
        Self { name: name.to_owned(), store: Store::of_sandbox(sandbox).unwrap() }
    }

    /// Stores an object past everything that is under test.
    pub fn put(&self, key: &str, bytes: &[u8], metadata: &[(String, String)]) {
        let mut request = self.store.client().put_object().bucket(&self.name).key(key);
        for (name, value) in metadata {
            request = request.metadata(name, value);
        }
        let request = request.body(bytes.to_vec().into());
        self.store.wait(async move { drop(request.send().await.unwrap()) }).unwrap();
    }

    /// Removes an object.
    pub fn delete(&self, key: &str) {
        let request = self.store.client().delete_object().bucket(&self.name).key(key);
        self.store.wait(async move { drop(request.send().await.unwrap()) }).unwrap();
    }

    /// Begins a multipart upload and leaves it; its id.
    pub fn begin_upload(&self, key: &str) -> String {
        let request = self.store.client().create_multipart_upload().bucket(&self.name).key(key);
        self.store.wait(async move { request.send().await.unwrap().upload_id.unwrap() }).unwrap()
    }

    /// The metadata of an object.
    pub fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        let request = self.store.client().head_object().bucket(&self.name).key(key);
        let head = async move { request.send().await.unwrap().metadata.unwrap_or_default() };
        self.store.wait(head).unwrap().into_iter().collect()
    }

    /// All keys.
    pub fn keys(&self) -> Vec<String> {
        let request = self.store.client().list_objects_v2().bucket(&self.name);
        let list = async move { request.send().await.unwrap().contents.unwrap_or_default() };
        self.store.wait(list).unwrap().into_iter().filter_map(|object| object.key).collect()
    }

    /// How many multipart uploads of `key` are under way. (MinIO lists them by the whole key only.)
    pub fn uploads_of(&self, key: &str) -> usize {
        let request = self.store.client().list_multipart_uploads().bucket(&self.name).prefix(key);
        self.store.wait(async move { request.send().await.unwrap().uploads().len() }).unwrap()
    }

    /// The URL of a key in it.
    pub fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// The object's bytes, if it is visible.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let request = self.store.client().get_object().bucket(&self.name).key(key);
        let fetch = async move { Some(request.send().await.ok()?.body.collect().await.ok()?.to_vec()) };
        self.store.wait(fetch).unwrap()
    }

    /// How many multipart uploads are under way.
    pub fn uploads(&self) -> usize {
        let request = self.store.client().list_multipart_uploads().bucket(&self.name).prefix("users.parquet");
        self.store.wait(async move { request.send().await.unwrap().uploads().len() }).unwrap()
    }
}
