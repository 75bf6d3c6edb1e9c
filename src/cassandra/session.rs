//! A session with a cluster: connected once, on a thread of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::{OpenSsl010Config, Session};
use scylla::client::session_builder::SessionBuilder;
use scylla::errors::PrepareError;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::statement::Statement;
use scylla::statement::prepared::PreparedStatement;

use super::create::Create;
use super::error;
use super::options::Settings;
use super::table::Table;
use crate::run::engine::Engine;
use crate::run::exit::{Error, Exit, Result};
use crate::run::random::{Random, unpredictable};
use crate::run::retry::Policy;

/// How often the first connection is tried: a wrong address is to be told soon.
const ATTEMPTS: Policy =
    Policy { retries: 3, first: Duration::from_millis(200), ceiling: Duration::from_secs(1) };

/// How long a table that somebody has just made may take to reach every node.
const AGREEMENT: Duration = Duration::from_secs(5);
/// The pause before it is looked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// A cluster that we are connected to.
#[derive(Clone)]
pub struct Cluster {
    pub engine: Arc<Engine>,
    pub session: Arc<Session>,
}

impl Cluster {
    /// Connects, and reads what there is in `keyspace`.
    pub fn connect(settings: Settings, keyspace: &str) -> Result<Self> {
        let engine = Engine::start("Cassandra")?;
        let (nodes, local_dc) = (settings.nodes.join(","), settings.local_dc.clone());
        let limit = settings.connect_timeout;
        let builder = builder(settings, keyspace);
        let random = Random::of(unpredictable()?, 0);
        let session = engine.wait(async move {
            let mut delays = ATTEMPTS.delays(random);
            loop {
                let error = match tokio::time::timeout(limit, builder.build()).await {
                    Ok(Ok(session)) => return Ok(session),
                    Ok(Err(cause)) => error::of_connect(&cause, &nodes),
                    Err(_) => return Err(error::of_silence(&nodes, limit)),
                };
                match delays.next().filter(|_| error.exit() == Exit::Temporary) {
                    Some(delay) => tokio::time::sleep(delay).await,
                    None => return Err(error),
                }
            }
        })??;
        let cluster = Self { engine: Arc::new(engine), session: Arc::new(session) };
        cluster.check_data_centre(local_dc.as_deref())?;
        Ok(cluster)
    }

    /// Without knowing which data centre is near, every other write would cross the ocean.
    fn check_data_centre(&self, asked: Option<&str>) -> Result<()> {
        let state = self.session.get_cluster_state();
        let mut known: Vec<&str> =
            state.get_nodes_info().iter().filter_map(|node| node.datacenter.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        match asked {
            Some(name) if !known.contains(&name) => {
                Err(Error::usage(format!("the cluster has no data centre {name}"))
                    .hint(format!("--local-dc {}", known.join(" or "))))
            }
            None if known.len() > 1 => {
                Err(Error::usage("the cluster has several data centres, and one is the nearest")
                    .hint(format!("--local-dc {}", known.join(" or "))))
            }
            _ => Ok(()),
        }
    }

    /// What the cluster calls itself, as a part of a URL.
    pub fn name(&self) -> String {
        let state = self.session.get_cluster_state();
        let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        state.cluster_name().chars().map(safe).collect()
    }

    /// A table, if it is there. That its keyspace is not is an error.
    pub fn table(&self, keyspace: &str, name: &str) -> Result<Option<Table>> {
        let mut state = self.session.get_cluster_state();
        if state.get_keyspace(keyspace).is_none() {
            // The driver lacks what it could not read when it connected, and says so only when it is asked to.
            self.refresh()?;
            state = self.session.get_cluster_state();
        }
        let found = state.get_keyspace(keyspace).ok_or_else(|| {
            let copies = state.get_nodes_info().len().clamp(1, 3);
            Error::usage(format!("there is no keyspace {keyspace}")).hint(format!(
                "CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'replication_factor': {copies}}}"
            ))
        })?;
        let Some(metadata) = found.tables.get(name) else { return Ok(None) };
        // The driver reads tables and columns one after the other: of one that is being made it may have seen half.
        if metadata.partition_key.is_empty() {
            return Err(Error::temporary(format!("{keyspace}.{name} is being made")));
        }
        Table::of(keyspace, name, metadata).map(Some)
    }

    /// The same, read anew until it is seen whole, for as long as nodes may take to agree on it.
    fn settled_table(&self, keyspace: &str, name: &str, expected: bool) -> Result<Option<Table>> {
        let unseen = || Error::temporary(format!("{keyspace}.{name} was made, and is not seen yet"));
        let look = || {
            self.refresh()?;
            let table = self.table(keyspace, name)?;
            if table.is_none() && expected { Err(unseen()) } else { Ok(table) }
        };
        settled(look, |error| error.exit() == Exit::Temporary)
    }

    /// The table to write into, made if it is to be.
    pub fn open_table(
        &self,
        keyspace: &str,
        name: &str,
        create: Option<&Create>,
        make: bool,
    ) -> Result<Table> {
        let found = match self.table(keyspace, name) {
            Err(error) if error.exit() == Exit::Temporary => self.settled_table(keyspace, name, false)?,
            found => found?,
        };
        if let Some(table) = found {
            create.map_or(Ok(()), |create| create.compare(&table))?;
            return Ok(table);
        }
        let missing = Error::usage(format!("keyspace {keyspace} has no table {name}"));
        let Some(create) = create else {
            return Err(missing.hint("cassandra-put --create --schema users.ddl --primary-key COLUMN"));
        };
        let statement = create.statement(keyspace, name)?;
        if !make {
            return Err(missing.hint(format!("cassandra-put --create, or in cqlsh: {statement};")));
        }
        // Of several that make it at once, each may meet the half of another.
        settled(|| self.run(statement.clone()), |error| error.exit() == Exit::Temporary)?;
        let made = self.settled_table(keyspace, name, true)?;
        made.ok_or_else(|| Error::temporary(format!("{keyspace}.{name} was made, and is gone again")))
    }

    /// Runs a statement without values.
    pub fn run(&self, statement: String) -> Result<()> {
        let session = self.session.clone();
        let ran = self.engine.wait(async move { session.query_unpaged(statement, ()).await.map(drop) })?;
        ran.map_err(|cause| error::of_statement(&cause))
    }

    /// Reads anew what tables there are.
    pub fn refresh(&self) -> Result<()> {
        let session = self.session.clone();
        let read = self.engine.wait(async move { session.refresh_metadata().await })?;
        read.map_err(|cause| Error::temporary(format!("cannot read the tables of the cluster: {cause}")))
    }

    /// Prepares a statement that may be run twice.
    ///
    /// Its table was seen: a node that does not know it yet will.
    pub fn prepare(&self, text: String) -> Result<PreparedStatement> {
        let once = || {
            let session = self.session.clone();
            let mut statement = Statement::new(text.clone());
            statement.set_is_idempotent(true);
            let prepared = self.engine.wait(async move { session.prepare(statement).await });
            prepared.map_err(Unprepared::Engine)?.map_err(Unprepared::Refused)
        };
        settled(once, Unprepared::may_be_agreed_on).map_err(|unprepared| match unprepared {
            Unprepared::Engine(error) => error,
            Unprepared::Refused(cause) => error::of_prepare(&cause),
        })
    }
}

/// Why a statement was not prepared.
enum Unprepared {
    Engine(Error),
    Refused(PrepareError),
}

impl Unprepared {
    fn may_be_agreed_on(&self) -> bool {
        matches!(self, Self::Refused(cause) if error::is_disagreement(cause))
    }
}

/// Does something again, for as long as nodes may take to agree on a schema.
fn settled<T, E>(attempt: impl Fn() -> Result<T, E>, may_pass: impl Fn(&E) -> bool) -> Result<T, E> {
    let deadline = Instant::now() + AGREEMENT;
    loop {
        match attempt() {
            Err(error) if may_pass(&error) && Instant::now() < deadline => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
}

fn builder(settings: Settings, keyspace: &str) -> SessionBuilder {
    let near = match settings.local_dc {
        Some(name) => DefaultPolicy::builder().prefer_datacenter(name),
        None => DefaultPolicy::builder(),
    };
    let profile = ExecutionProfile::builder()
        .consistency(settings.consistency)
        .request_timeout(Some(settings.request_timeout))
        .load_balancing_policy(near.token_aware(true).build())
        .build();
    let mut builder = SessionBuilder::new()
        .known_nodes(settings.nodes)
        .connection_timeout(settings.connect_timeout)
        .keyspaces_to_fetch([keyspace])
        .default_execution_profile_handle(profile.into_handle())
        .tls_context(settings.tls.map(OpenSsl010Config::new));
    if let Some(login) = settings.login {
        builder = builder.user(login.username, login.password.as_str());
    }
    builder
}
