//! A relay in front of a broker that knows Kafka's frames: it cuts, resets, loses or delays one chosen call, or makes an
//! older broker of it, that knows a call in fewer versions.
//!
//! A frame is a length and a body. A request's body begins with the number of its call and, four bytes
//! on, a number that its answer begins with. Clients connect to what a broker advertises, so the broker
//! must be started after the relay, and advertise its address.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::cluster::Cluster;

/// A call, as far as it is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// By the number that the protocol gives it.
    Api(i16),
    /// The commit of a plan: its metadata name an end.
    Plan,
    /// The commit of the end of a batch.
    End,
}

impl Call {
    fn of(frame: &[u8]) -> Self {
        let names_an_end = || frame.windows(END.len()).any(|bytes| bytes == END);
        match api_of(frame) {
            OFFSET_COMMIT if names_an_end() => Call::Plan,
            OFFSET_COMMIT => Call::End,
            api => Call::Api(api),
        }
    }

    /// Whether it has this number: a commit is either of both.
    pub fn is_of(self, api: i16) -> bool {
        match self {
            Call::Api(number) => number == api,
            Call::Plan | Call::End => api == OFFSET_COMMIT,
        }
    }

    /// Whether it is meant by this: by its number, any that has it.
    fn is(self, meant: Self) -> bool {
        self == meant || matches!(meant, Call::Api(api) if self.is_of(api))
    }
}

impl From<i16> for Call {
    fn from(api: i16) -> Self {
        Self::Api(api)
    }
}

fn api_of(frame: &[u8]) -> i16 {
    i16::from_be_bytes([frame[4], frame[5]])
}

/// The number of a commit.
const OFFSET_COMMIT: i16 = 8;
/// How metadata name the end of a plan.
const END: &[u8] = br#""end":"#;

/// What is done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// The connection ends before the broker hears of it.
    Cut,
    /// The same without an end: by a reset.
    Reset,
    /// The broker carries it out, and the connection ends instead of the answer.
    Lose,
    /// The answer comes late.
    Delay(Duration),
    /// The answer, which says what the broker can do, names this version at most for this call.
    Cap(i16, i16),
}

/// How clients learn what a broker can do.
const API_VERSIONS: i16 = 18;

/// A running relay; it lasts as long as the test program.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    broker: Option<SocketAddr>,
    /// The call, how many of it are let pass before, and what is done to it then, once.
    rule: Option<(Call, u32, Harm)>,
    seen: BTreeSet<i16>,
    done: bool,
    /// A call, and the latest version that is known of it.
    cap: Option<(i16, i16)>,
}

impl Relay {
    /// Listens. The broker is named later.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Mutex<Shared>>::default();
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&of_thread);
                // A connection that ends is what this is about.
                thread::spawn(move || serve(client, &shared));
            }
        });
        Self { address, shared }
    }

    /// A broker behind a relay, which every client is led through.
    pub fn before_a_broker() -> (Self, Cluster) {
        let relay = Self::start();
        let cluster = Cluster::start(1, &[&format!("advertised.listeners=PLAINTEXT://{}", relay.address())]);
        relay.lead_to(&cluster.brokers());
        (relay, cluster)
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Where the broker is.
    pub fn lead_to(&self, broker: &str) {
        self.shared.lock().unwrap().broker = Some(broker.parse().unwrap());
    }

    /// From now on: does this harm to the call, once, when `after` of them have passed.
    pub fn harm(&self, call: impl Into<Call>, after: u32, harm: Harm) {
        let mut shared = self.shared.lock().unwrap();
        (shared.rule, shared.done) = (Some((call.into(), after, harm)), false);
    }

    /// Ends that; says whether it was done.
    pub fn relent(&self) -> bool {
        let mut shared = self.shared.lock().unwrap();
        shared.rule = None;
        shared.done
    }

    /// From now on: clients that connect take the broker for one that knows `api` up to this version.
    pub fn cap(&self, api: i16, version: i16) {
        self.shared.lock().unwrap().cap = Some((api, version));
    }

    /// Ends that.
    pub fn uncap(&self) {
        self.shared.lock().unwrap().cap = None;
    }

    /// The calls that were made so far; begins to collect anew.
    pub fn calls(&self) -> BTreeSet<i16> {
        std::mem::take(&mut self.shared.lock().unwrap().seen)
    }
}

impl Shared {
    fn judge(&mut self, api: i16, call: Call) -> Option<Harm> {
        self.seen.insert(api);
        if let (API_VERSIONS, Some((capped, version))) = (api, self.cap) {
            return Some(Harm::Cap(capped, version));
        }
        match &mut self.rule {
            Some((harmed, 0, harm)) if call.is(*harmed) && !self.done => {
                self.done = true;
                Some(*harm)
            }
            Some((harmed, after, _)) if call.is(*harmed) => {
                *after = after.saturating_sub(1);
                None
            }
            _ => None,
        }
    }
}

/// Answers that something is done to: their numbers.
type Harmed = Arc<Mutex<Vec<([u8; 4], Harm)>>>;

fn serve(mut client: TcpStream, shared: &Mutex<Shared>) -> Option<()> {
    let broker = shared.lock().unwrap().broker?;
    let mut broker = TcpStream::connect(broker).ok()?;
    let harmed = Harmed::default();
    let (from, to, of_thread) = (broker.try_clone().ok()?, client.try_clone().ok()?, Arc::clone(&harmed));
    thread::spawn(move || answer(from, to, &of_thread));
    while let Some(frame) = read(&mut client) {
        // Judged first, so that the lock is not held while something is done.
        let harm = shared.lock().unwrap().judge(api_of(&frame), Call::of(&frame));
        match harm {
            Some(Harm::Cut) => break,
            Some(Harm::Reset) => {
                reset(&client);
                break;
            }
            Some(harm) => harmed.lock().unwrap().push((frame[8..12].try_into().ok()?, harm)),
            None => {}
        }
        if broker.write_all(&frame).is_err() {
            break;
        }
    }
    end(&client, &broker)
}

fn answer(mut broker: TcpStream, mut client: TcpStream, harmed: &Harmed) -> Option<()> {
    while let Some(mut frame) = read(&mut broker) {
        let number = &frame[4..8];
        let harm = harmed.lock().unwrap().iter().find(|(harmed, _)| harmed == number).map(|(_, harm)| *harm);
        match harm {
            Some(Harm::Delay(time)) => thread::sleep(time),
            Some(Harm::Cap(api, version)) => cap(&mut frame, api, version),
            Some(_) => break,
            None => {}
        }
        if client.write_all(&frame).is_err() {
            break;
        }
    }
    end(&client, &broker)
}

/// Lowers the latest version of a call in an answer of version 3 or later: behind the number and an error code of two
/// bytes stand how many calls follow, plus one, and for each its number, the first and the latest version, and a zero.
fn cap(frame: &mut [u8], api: i16, version: i16) {
    let calls = &mut frame[10..];
    // A length of more than 127 takes two bytes.
    let first = 1 + usize::from(calls[0] > 0x7f);
    let call = calls[first..].chunks_exact_mut(7).find(|call| call[..2] == api.to_be_bytes());
    let call = call.expect("the broker knows the call");
    assert!(i16::from_be_bytes([call[4], call[5]]) > version && call[6] == 0, "{call:?}");
    call[4..6].copy_from_slice(&version.to_be_bytes());
}

/// Ends a connection by a reset: the other side learns that at once, and of no end.
fn reset(connection: &TcpStream) {
    // SAFETY: all zero is an address, of the family AF_UNSPEC; connect(2) to it resets a connection of TCP.
    let ended = unsafe {
        let nowhere: libc::sockaddr = std::mem::zeroed();
        libc::connect(
            connection.as_raw_fd(),
            &raw const nowhere,
            size_of::<libc::sockaddr>() as libc::socklen_t,
        )
    };
    assert_eq!(ended, 0, "a connection can be reset: {}", std::io::Error::last_os_error());
}

fn end(client: &TcpStream, broker: &TcpStream) -> Option<()> {
    drop((client.shutdown(Shutdown::Both), broker.shutdown(Shutdown::Both)));
    None
}

/// A whole frame, with its length.
fn read(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut frame = vec![0; 4];
    from.read_exact(&mut frame).ok()?;
    let length = u32::from_be_bytes(frame[..4].try_into().ok()?) as usize;
    frame.resize(4 + length, 0);
    from.read_exact(&mut frame[4..]).ok()?;
    (length >= 8).then_some(frame)
}

#[test]
fn a_relay_resets_what_it_is_told_to_reset() {
    let relay = Relay::start();
    let broker = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    relay.lead_to(&broker.local_addr().unwrap().to_string());
    for (harm, outcome) in [(Harm::Cut, Ok(0)), (Harm::Reset, Err(ErrorKind::ConnectionReset))] {
        relay.harm(Call::Plan, 0, harm);
        let mut client = TcpStream::connect(relay.address()).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut frame = vec![0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 1];
        frame.extend_from_slice(END);
        client.write_all(&frame).unwrap();
        assert_eq!(client.read(&mut [0]).map_err(|error| error.kind()), outcome, "{harm:?}");
        assert!(relay.relent());
    }
}
