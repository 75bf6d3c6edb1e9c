//! A bucket of one test alone, on the real store.

use sluicebox::s3::{S3Args, Store};

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
