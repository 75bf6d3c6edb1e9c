//! A member of a group that leads it, and takes its time.
//!
//! When somebody joins a group, all are called together, and the group waits for each of them; then the leader
//! says what each one has. In between Kafka takes no commits, and a test can say here how long that is. It
//! speaks the protocol of classic groups by itself, as no client lets a program come in between. There is one
//! broker, so that is the coordinator.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::wait_until;

/// The calls.
const JOIN: (i16, i16) = (11, 3);
const HEARTBEAT: (i16, i16) = (12, 2);
const LEAVE: (i16, i16) = (13, 2);
const SYNC: (i16, i16) = (14, 2);

/// "The group is rebalancing", as an answer to a heartbeat.
const REBALANCING: i16 = 27;
/// How long it may be silent, and how long others may take to join.
const SESSION_MS: i32 = 120_000;
const REBALANCE_MS: i32 = 60_000;
/// How all members of these groups give partitions out.
const STRATEGY: &str = "cooperative-sticky";

/// The leader of a group.
pub struct Leader {
    broker: TcpStream,
    group: String,
    topic: String,
    generation: i32,
    member: String,
    /// Those who were there when all were called together.
    pub others: Vec<String>,
}

impl Leader {
    /// Joins a group without members, which it leads from now on. It reads nothing itself.
    pub fn join(brokers: &str, group: &str, topic: &str) -> Self {
        let broker = TcpStream::connect(brokers).unwrap();
        broker.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (group, topic) = (group.to_owned(), topic.to_owned());
        let mut leader =
            Self { broker, group, topic, generation: -1, member: String::new(), others: Vec::new() };
        leader.call_together();
        leader.settle("nobody");
        leader
    }

    /// Waits until another member wants to join. The group waits for this one from now on.
    pub fn wait_for_another(&mut self) {
        wait_until("another one joins", || self.is_called());
    }

    /// Joins with all others, and waits for them. From now on all are there, and nobody knows what it has.
    pub fn call_together(&mut self) {
        let mut body = Vec::new();
        text(&mut body, &self.group);
        body.extend(SESSION_MS.to_be_bytes());
        body.extend(REBALANCE_MS.to_be_bytes());
        text(&mut body, &self.member);
        text(&mut body, "consumer");
        body.extend(1_i32.to_be_bytes());
        text(&mut body, STRATEGY);
        let mut subscription = vec![0, 0];
        subscription.extend(1_i32.to_be_bytes());
        text(&mut subscription, &self.topic);
        subscription.extend((-1_i32).to_be_bytes());
        bytes(&mut body, &subscription);
        let mut answer = self.ask(JOIN, &body).skip(4);
        assert_eq!(answer.short(), 0, "joined");
        self.generation = answer.number();
        assert_eq!(answer.text(), STRATEGY);
        let leader = answer.text();
        self.member = answer.text();
        assert_eq!(leader, self.member, "it leads");
        self.others.clear();
        for _ in 0..answer.number() {
            let member = answer.text();
            let subscription = answer.number() as usize;
            answer.take(subscription);
            self.others.extend(Some(member).filter(|member| *member != self.member));
        }
    }

    /// Gives partition 0 to a member, and nothing to the others.
    pub fn settle(&mut self, owner: &str) {
        let mut body = Vec::new();
        self.identify(&mut body);
        body.extend((self.others.len() as i32).to_be_bytes());
        for member in &self.others {
            let mut assignment = vec![0, 0];
            assignment.extend(i32::from(member == owner).to_be_bytes());
            if member == owner {
                text(&mut assignment, &self.topic);
                assignment.extend(1_i32.to_be_bytes());
                assignment.extend(0_i32.to_be_bytes());
            }
            assignment.extend((-1_i32).to_be_bytes());
            text(&mut body, member);
            bytes(&mut body, &assignment);
        }
        assert_eq!(self.ask(SYNC, &body).skip(4).short(), 0, "given out");
    }

    /// Does its duty: where the group is changing once more, as after a partition has moved, it joins in, and
    /// gives the partition to the same member.
    pub fn attend(&mut self, owner: &str) {
        if self.is_called() {
            self.call_together();
            self.settle(owner);
        }
    }

    /// Whether the group waits for it.
    fn is_called(&mut self) -> bool {
        let mut body = Vec::new();
        self.identify(&mut body);
        self.ask(HEARTBEAT, &body).skip(4).short() == REBALANCING
    }

    /// Leaves.
    pub fn leave(mut self) {
        let mut body = Vec::new();
        text(&mut body, &self.group);
        text(&mut body, &self.member);
        assert_eq!(self.ask(LEAVE, &body).skip(4).short(), 0, "left");
    }

    fn identify(&self, body: &mut Vec<u8>) {
        text(body, &self.group);
        body.extend(self.generation.to_be_bytes());
        text(body, &self.member);
    }

    /// One call; its answer behind the number that it begins with.
    fn ask(&mut self, (api, version): (i16, i16), body: &[u8]) -> Answer {
        let mut frame = [api.to_be_bytes(), version.to_be_bytes()].concat();
        frame.extend(7_i32.to_be_bytes());
        text(&mut frame, "leader");
        frame.extend(body);
        let mut whole = Vec::new();
        bytes(&mut whole, &frame);
        self.broker.write_all(&whole).unwrap();
        let mut length = [0; 4];
        self.broker.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        self.broker.read_exact(&mut answer).unwrap();
        Answer(answer).skip(4)
    }
}

/// What is left to be read of an answer.
struct Answer(Vec<u8>);

impl Answer {
    fn skip(mut self, count: usize) -> Self {
        self.0.drain(..count);
        self
    }

    /// A code, or a length.
    fn short(&mut self) -> i16 {
        i16::from_be_bytes(self.take(2).try_into().unwrap())
    }

    fn number(&mut self) -> i32 {
        i32::from_be_bytes(self.take(4).try_into().unwrap())
    }

    fn text(&mut self) -> String {
        let length = self.short() as usize;
        String::from_utf8(self.take(length)).unwrap()
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        self.0.drain(..count).collect()
    }
}

fn text(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as i16).to_be_bytes());
    to.extend(text.as_bytes());
}

fn bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend((bytes.len() as i32).to_be_bytes());
    to.extend(bytes);
}
