//! The transaction of a batch: its records and the offset of its consumer group, visible together.
//!
//! In: a [`Mandate`], the batch, a producer. Out: the batch is committed, or nothing of it is visible.
//! What makes it exact, in the order in which it is done:
//!
//! 1. *Init*: whoever began a transaction of this partition before is refused from now on, and what it
//!    has left open is aborted; or committed, if that was asked for already.
//! 2. *Look again* where the group stands: only now it is certain that nobody moves it but us. If it
//!    is not the start of the batch, another attempt has committed it, and this one is stale.
//! 3. Begin; the records follow, as they come.
//! 4. *Offsets*: the end of the range goes into the transaction, with the right of the member of the
//!    group that handed the batch out, which ends when the group gives the partition away.
//! 5. *End*: commit. If the answer is lost, the same call finds out; if it cannot, the consumer reads
//!    where the group stands, which waits for the outcome.
//!
//! A transaction that is dropped before its end is aborted. `batch::model::transactions` explores what
//! can happen between the steps.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer as _};

use super::codes;
use super::deliveries::Deliveries;
use super::native::group::{Commit, commits_of};
use super::native::transaction::{self as native, Failure};
use super::native::{Refusal, identity};
use super::options::Settings;
use super::producer::{self, Producer};
use super::rights::{Operation, Right};
use crate::batch::{Batch, Mandate, described};
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;

/// How long one call may take before it is made again.
const CALL: Duration = Duration::from_secs(10);
/// How long all of them together may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an end is waited for that nobody needs: the next attempt aborts what is left open.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// The pause before a call is made again.
const PAUSE: Duration = Duration::from_millis(100);
/// How often deliveries are collected while a call is waited for.
const STEP: Duration = Duration::from_millis(5);

type Client = Arc<BaseProducer<Deliveries>>;

/// A transaction at work.
pub struct Transaction {
    client: Client,
    batch: Batch,
    mandate: Mandate,
    cluster: String,
    began: Instant,
    /// The broker aborts it after this time.
    timeout: Duration,
    /// Whether it can still be aborted.
    open: bool,
}

impl Transaction {
    /// Ends what came before, makes sure that the batch is still to be done, and begins.
    pub fn begin(producer: &Producer, settings: &Settings, mandate: Mandate, batch: Batch) -> Result<Self> {
        let client = Arc::clone(producer.client());
        let timeout = producer::transaction_timeout(settings);
        let wait = settings.connect_timeout();
        let cluster = identity::cluster_id(client.client(), wait).unwrap_or_default();
        if cluster != mandate.mark.cluster {
            return Err(Error::usage(format!(
                "a transaction cannot reach from cluster {} to cluster {cluster}",
                mandate.mark.cluster
            ))
            .hint("the brokers of kafka-consume"));
        }
        fault::point("init.before");
        init(&client, &mandate.transactional_id)?;
        fault::point("init.after");
        let mut begun = Self { client, batch, mandate, cluster, began: Instant::now(), timeout, open: false };
        begun.look_again(wait)?;
        let began = native::begin(begun.client.client());
        began.map_err(|failure| begun.failed("cannot begin a transaction", &failure))?;
        (begun.open, begun.began) = (true, Instant::now());
        Ok(begun)
    }

    /// Nobody has committed the batch since it was handed out.
    fn look_again(&self, wait: Duration) -> Result<()> {
        let (range, group) = (&self.batch.range, &self.mandate.group);
        let place = [(&*range.topic, range.partition)];
        let found = patiently(|| commits_of(self.client.client(), group, Some(&place), true, wait)).map_err(
            |refusal| {
                let right = Right::on_group(Operation::Read, group);
                right.error(format!("cannot read the commits of group {group}"), refusal.code)
            },
        )?;
        // A partition that was added to its topic begins at 0, without a commit.
        let stands = found.first().map_or(0, |(.., committed)| committed.offset);
        if stands == range.first_offset {
            return Ok(());
        }
        Err(Error::temporary(format!(
            "this attempt is stale: it has {}, but group {group} stands at {stands}",
            described(range)
        )))
    }

    /// The cluster that it is on.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The batch that it holds.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Adds the end of the batch, and commits. The fate of every record must be known.
    pub fn commit(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        fault::point("offsets.before");
        self.send_offsets(deadline)?;
        fault::point("offsets.after");
        self.end(deadline)?;
        fault::point("end.after");
        Ok(())
    }

    fn send_offsets(&mut self, deadline: Instant) -> Result<()> {
        let what = "cannot add the offset to the transaction";
        let (batch, mandate) = (self.batch.clone(), self.mandate.clone());
        let call = move |client: &Client| {
            let commit = Commit {
                topic: &batch.range.topic,
                partition: batch.range.partition,
                offset: batch.range.end_offset,
                // Known to the consumer alone, and only when it has read the last record.
                epoch: None,
                metadata: &mandate.mark.to_bytes(),
            };
            native::send_offsets(client.client(), &[commit], &mandate.group, &mandate.member, CALL)
        };
        match repeat(&self.client, deadline, call) {
            Ok(()) => Ok(()),
            Err(Trouble::Failed(failure)) => Err(self.failed(what, &failure)),
            Err(Trouble::NoAnswer) => {
                // librdkafka is still busy with it: nothing more can be asked of it.
                self.open = false;
                Err(Error::temporary(format!("{what}: no answer within {PATIENCE:?}")))
            }
        }
    }

    fn end(&mut self, deadline: Instant) -> Result<()> {
        let what = "cannot commit the transaction";
        fault::point("end.before");
        match repeat(&self.client, deadline, |client| native::commit(client.client(), CALL)) {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(Trouble::Failed(failure)) if !failure.retriable => Err(self.failed(what, &failure)),
            Err(_) => {
                self.open = false;
                Err(Error::temporary(format!(
                    "no answer to the commit of the transaction within {PATIENCE:?}: \
                     the consumer will find out what became of it"
                )))
            }
        }
    }

    /// Why sending has failed: what librdkafka says of a record may only follow from the state of the
    /// transaction.
    pub fn explain(&self, error: Error, cause: Option<RDKafkaErrorCode>) -> Error {
        let fatal = native::fatal_error(self.client.client());
        if [fatal, cause].into_iter().flatten().any(is_fenced) { self.fenced() } else { error }
    }

    fn failed(&self, what: &str, failure: &Failure) -> Error {
        use RDKafkaErrorCode as K;
        log::debug!("{what}: {}", failure.words);
        match failure.code {
            code if is_fenced(code) || native::fatal_error(self.client.client()).is_some_and(is_fenced) => {
                self.fenced()
            }
            K::IllegalGeneration | K::UnknownMemberId | K::FencedInstanceId => Error::temporary(format!(
                "this attempt is stale: group {} has changed since {} were handed out",
                self.mandate.group,
                described(&self.batch.range)
            )),
            code => self.right(code).error(what, code),
        }
    }

    /// Which right is missing, if a code says that one is.
    fn right(&self, code: RDKafkaErrorCode) -> Right<'_> {
        use RDKafkaErrorCode as K;
        match code {
            K::GroupAuthorizationFailed => Right::on_group(Operation::Read, &self.mandate.group),
            K::TopicAuthorizationFailed => Right::on_topic(Operation::Read, &self.batch.range.topic),
            _ => Right::to_transactions(&self.mandate.transactional_id),
        }
    }

    /// The broker refuses this producer: another one has taken over, or time was up.
    fn fenced(&self) -> Error {
        if self.began.elapsed() >= self.timeout {
            return Error::temporary(format!(
                "the transaction took longer than {:?}, and the broker has aborted it",
                self.timeout
            ))
            .hint("kafka-produce -X transaction.timeout.ms=900000, or a smaller --batch-records");
        }
        Error::temporary(format!(
            "this attempt is stale: another producer has taken over {}",
            self.mandate.transactional_id
        ))
        .hint("one kafka-produce in the command of a batch")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open {
            let aborted =
                watch(&self.client, LAST_WORDS, |client| native::abort(client.client(), LAST_WORDS));
            log::debug!("the transaction was aborted: {aborted:?}");
        }
    }
}

/// Ends what is left of the transactions of an id, whoever began them: for a consumer that cannot read
/// where its group stands before they have ended.
pub fn fence(settings: &Settings, transactional_id: &str) -> Result<()> {
    let client = producer::connect_transactional(settings, transactional_id)?;
    let outcome = init(&client, transactional_id);
    super::client::close(client, Duration::from_secs(1));
    outcome
}

fn init(client: &Client, transactional_id: &str) -> Result<()> {
    let what = || format!("cannot begin transactions as {transactional_id}");
    match repeat(client, Instant::now() + PATIENCE, |client| native::init(client.client(), CALL)) {
        Ok(()) => Ok(()),
        Err(Trouble::Failed(failure)) => {
            log::debug!("{}: {}", what(), failure.words);
            let error = Right::to_transactions(transactional_id).error(what(), failure.code);
            Err(match failure.code {
                RDKafkaErrorCode::InvalidTransactionTimeout => {
                    error.hint("a transaction.timeout.ms up to the broker's transaction.max.timeout.ms")
                }
                _ => error,
            })
        }
        Err(Trouble::NoAnswer) => Err(Error::temporary(format!("{}: no answer", what()))),
    }
}

/// Asks again while the coordinator of the group is on its way.
fn patiently<T>(ask: impl Fn() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let deadline = Instant::now() + CALL;
    loop {
        match ask() {
            Err(refusal) if codes::exit_of(refusal.code) == Exit::Temporary && Instant::now() < deadline => {
                thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

/// Refused, because somebody else has begun a transaction under the same id, or the broker has ended
/// this one.
fn is_fenced(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as K;
    matches!(code, K::Fenced | K::ProducerFenced | K::InvalidProducerEpoch)
}

/// Why a call has no result.
enum Trouble {
    Failed(Failure),
    /// It goes on; librdkafka takes no other call meanwhile.
    NoAnswer,
}

/// Makes a call until it succeeds, fails for good, or time is up.
fn repeat<F>(client: &Client, deadline: Instant, call: F) -> Result<(), Trouble>
where
    F: Fn(&Client) -> Result<(), Failure> + Clone + Send + 'static,
{
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A call that ends as it promises ends before this.
        let limit = left.max(CALL) + CALL;
        match watch(client, limit, call.clone()) {
            Some(Ok(())) => return Ok(()),
            Some(Err(failure)) if failure.retriable && Instant::now() < deadline => {
                log::debug!("again: {}", failure.words);
                client.poll(PAUSE);
            }
            Some(Err(failure)) => return Err(Trouble::Failed(failure)),
            None => return Err(Trouble::NoAnswer),
        }
    }
}

/// The result of a call, unless it takes too long: calls that should end by themselves have been seen
/// not to. Deliveries are collected meanwhile, which some of them wait for.
fn watch<F>(client: &Client, limit: Duration, call: F) -> Option<Result<(), Failure>>
where
    F: FnOnce(&Client) -> Result<(), Failure> + Send + 'static,
{
    let (tell, told) = channel();
    let theirs = Arc::clone(client);
    thread::spawn(move || tell.send(call(&theirs)));
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        match told.recv_timeout(STEP) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) => client.poll(Duration::ZERO),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
    None
}
