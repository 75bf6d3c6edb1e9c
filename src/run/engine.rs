//! The thread that drives the requests of one client, for clients that are asynchronous.
//!
//! The rest of the crate is synchronous: [`Engine::wait`] is the bridge, and [`Engine::spawn`] for what
//! nobody waits for here. One thread is enough: clients wait for the network, not for the processor.

use std::future::Future;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::exit::{Error, Result};

/// A thread with a client's requests. It ends when this is dropped, and they with it.
pub struct Engine {
    client: &'static str,
    handle: Handle,
    _alive: oneshot::Sender<()>,
}

impl Engine {
    /// Starts the thread; `client` is what messages call it.
    pub fn start(client: &'static str) -> Result<Self> {
        let cannot = |cause| Error::io(format!("cannot start the {client} client"), &cause);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(cannot)?;
        let handle = runtime.handle().clone();
        let (alive, dropped) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name(client.to_owned())
            .spawn(move || {
                // An error here is the end of the sender: what we wait for.
                let _ = runtime.block_on(dropped);
            })
            .map_err(cannot)?;
        Ok(Self { client, handle, _alive: alive })
    }

    /// Runs `work` on the thread and waits for it.
    pub fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let (done, result) = std::sync::mpsc::sync_channel(1);
        self.handle.spawn(async move {
            // Whoever waited may have given up.
            let _ = done.send(work.await);
        });
        result.recv().map_err(|_| Error::temporary(format!("the {} client ended unexpectedly", self.client)))
    }

    /// Starts `work` on the thread.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }
}
