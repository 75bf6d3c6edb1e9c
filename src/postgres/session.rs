//! A connection: the client, and the one thread that it lives on.
//!
//! The rest of the crate is synchronous. The connection itself (its socket, its timers) is driven by a
//! thread of its own, so that it goes on while records are read; [`Session::wait`] waits for what was
//! asked of it. Dropped, a session says goodbye, and with that the server takes back what was not
//! committed.

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use postgres_openssl::MakeTlsConnector;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::config::{ChannelBinding, SslMode, TargetSessionAttrs};
use tokio_postgres::types::ToSql;
use tokio_postgres::{CancelToken, Client, Config, CopyInSink, Row, SimpleQueryMessage};

use super::error::{Doing, explain, explain_connection, is_unclear};
use super::options::Settings;
use super::tls::{self, Mode};
use crate::run::fault::point;
use crate::run::{Error, Result};

/// A peer that is gone without a word is noticed after about a minute.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_RETRIES: u32 = 3;
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long a request to cancel may take, inside of the time that a dying process has.
const CANCEL: Duration = Duration::from_secs(3);

/// An open connection.
pub struct Session {
    /// Present until it is dropped.
    client: Option<Client>,
    handle: Handle,
    ended: Receiver<()>,
    cancel: Cancel,
    settings: Arc<Settings>,
}

/// Rows on their way into a table.
pub type Copy = std::pin::Pin<Box<CopyInSink<Bytes>>>;

/// What became of a COMMIT.
pub enum Committed {
    /// It was done.
    Yes,
    /// It was refused, and everything was taken back.
    No(Error),
    /// The answer was lost.
    Unclear,
}

/// Ends what the server is doing for a session, from another thread.
#[derive(Clone)]
pub struct Cancel {
    token: CancelToken,
    tls: MakeTlsConnector,
}

impl Session {
    /// Connects.
    pub fn open(settings: &Arc<Settings>) -> Result<Self> {
        point("postgres.connect.before");
        let tls = tls::connector(settings)?;
        let (tell, told) = sync_channel(1);
        let (over, ended) = sync_channel::<()>(1);
        let (for_thread, its_tls) = (settings.clone(), tls.clone());
        thread::Builder::new()
            .name("postgres".into())
            .spawn(move || live(&for_thread, its_tls, &tell, over))
            .map_err(|cause| Error::io("cannot start a thread", &cause))?;
        let gone = |_| Error::temporary("the thread of the connection ended");
        let (client, handle) = told.recv().map_err(gone)??;
        let cancel = Cancel { token: client.cancel_token(), tls };
        point("postgres.connect.after");
        Ok(Self { client: Some(client), handle, ended, cancel, settings: settings.clone() })
    }

    /// What it was opened with.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// A way to end what the server does for this session.
    pub fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    fn client(&self) -> Result<&Client> {
        self.client.as_ref().ok_or_else(|| Error::temporary("the connection is closed"))
    }

    /// Waits for something that the connection does.
    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.handle.block_on(work)
    }

    /// Runs statements that have no parameters.
    pub fn run(&self, doing: Doing<'_>, sql: &str) -> Result<()> {
        let client = self.client()?;
        self.wait(client.batch_execute(sql)).map_err(|error| explain(&error, doing, &self.settings))
    }

    /// Runs one statement without parameters; says how many rows it has changed.
    pub fn count(&self, doing: Doing<'_>, sql: &str) -> Result<u64> {
        let client = self.client()?;
        let answers =
            self.wait(client.simple_query(sql)).map_err(|error| explain(&error, doing, &self.settings))?;
        let counted = |answer: &SimpleQueryMessage| match answer {
            SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        };
        Ok(answers.iter().rev().find_map(counted).unwrap_or(0))
    }

    /// Runs one statement; says how many rows it has changed.
    pub fn execute(&self, doing: Doing<'_>, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        let client = self.client()?;
        self.wait(client.execute(sql, values)).map_err(|error| explain(&error, doing, &self.settings))
    }

    /// Commits; whether it was done may stay unclear.
    pub fn commit(&self, doing: Doing<'_>) -> Committed {
        let Ok(client) = self.client() else { return Committed::Unclear };
        match self.wait(client.batch_execute("COMMIT")) {
            Ok(()) => Committed::Yes,
            Err(error) if is_unclear(&error) => Committed::Unclear,
            Err(error) => Committed::No(explain(&error, doing, &self.settings)),
        }
    }

    /// The rows of a query.
    pub fn rows(&self, doing: Doing<'_>, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let client = self.client()?;
        self.wait(client.query(sql, values)).map_err(|error| explain(&error, doing, &self.settings))
    }

    /// The first row of a query, if it has one.
    pub fn row(&self, doing: Doing<'_>, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>> {
        Ok(self.rows(doing, sql, values)?.into_iter().next())
    }

    /// Begins a COPY.
    pub fn copy(&self, doing: Doing<'_>, sql: &str) -> Result<Copy> {
        let client = self.client()?;
        let copy = self.wait(client.copy_in(sql)).map_err(|error| explain(&error, doing, &self.settings))?;
        Ok(Box::pin(copy))
    }

    /// Hands rows over; waits only while the ones before are still on their way.
    pub fn send(&self, doing: Doing<'_>, copy: &mut Copy, rows: Bytes) -> Result<()> {
        use futures_util::SinkExt;
        self.wait(copy.send(rows)).map_err(|error| explain(&error, doing, &self.settings))
    }

    /// Ends a COPY; says how many rows the server has taken.
    pub fn finish(&self, doing: Doing<'_>, mut copy: Copy) -> Result<u64> {
        self.wait(copy.as_mut().finish()).map_err(|error| explain(&error, doing, &self.settings))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.client.take());
        // Its thread is not waited for longer: the end of the process closes the socket as well.
        let _ = self.ended.recv_timeout(GOODBYE);
    }
}

impl Cancel {
    /// Asks the server to stop what it is doing, within a bounded time.
    pub fn now(&self) {
        let Ok(runtime) = runtime() else { return };
        let asked = self.token.cancel_query(self.tls.clone());
        // Whoever cannot be asked finds the connection closed.
        let _ = runtime.block_on(async { tokio::time::timeout(CANCEL, asked).await });
    }
}

type Opened = Result<(Client, Handle)>;

/// The life of a connection, on its thread; `over` is dropped at the end of it.
fn live(settings: &Settings, tls: MakeTlsConnector, tell: &SyncSender<Opened>, over: SyncSender<()>) {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let config = config(settings);
        let connecting = tokio::time::timeout(settings.connect_timeout, config.connect(tls));
        let connected = match connecting.await {
            Ok(connected) => connected.map_err(|error| explain_connection(&error, settings)),
            Err(_) => Err(silent(settings)),
        };
        match connected {
            Ok((client, connection)) => {
                if tell.send(Ok((client, Handle::current()))).is_ok() {
                    // Its end is told to whoever waits for an answer.
                    if let Err(error) = connection.await {
                        log::debug!("the connection ended: {error}");
                    }
                }
            }
            Err(error) => drop(tell.send(Err(error))),
        }
    });
    drop(over);
}

fn runtime() -> Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build();
    runtime.map_err(|cause| Error::io("cannot start a thread", &cause))
}

fn silent(settings: &Settings) -> Error {
    let seconds = settings.connect_timeout.as_secs_f64();
    Error::temporary(format!("no answer from PostgreSQL at {} within {seconds} s", settings.place()))
        .hint("--connect-timeout 1min, or look at the server")
}

/// The settings as the client takes them.
fn config(settings: &Settings) -> Config {
    let mut config = Config::new();
    for host in &settings.hosts {
        config.host(&host.name).port(host.port);
        if let Some(address) = host.address {
            config.hostaddr(address);
        }
    }
    config.user(&settings.user).dbname(&settings.dbname).application_name(&settings.application);
    if let Some(password) = &settings.password {
        config.password(password.as_bytes());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if settings.read_write {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    if let Some(required) = settings.channel_binding {
        config.channel_binding(if required { ChannelBinding::Require } else { ChannelBinding::Disable });
    }
    // A socket of this machine is private already, and has no TLS.
    let by_socket = settings.hosts.iter().any(super::options::Host::is_socket);
    config.ssl_mode(match settings.tls {
        _ if by_socket => SslMode::Disable,
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
    });
    config
        .connect_timeout(settings.connect_timeout)
        .tcp_user_timeout(UNACKNOWLEDGED)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_RETRIES);
    config
}
