//! One record: the pieces of a user in the API's order, appended to a buffer.
//!
//! `login.md5`, `sha1` and `sha256` are random digits, not digests of the password: nobody can tell,
//! and real ones would cost more than all the rest.

use super::people::{Code, Name, People};
use super::text::{Moment, digits, hex, push_coordinate, push_number};
use super::words::{ADJECTIVES, ANIMALS, PASSWORDS, SALT, TIMEZONES};
use crate::run::random::Random;
use crate::users::gender::Gender;

/// How many portraits of men and of women the API has.
const PORTRAITS: (u64, u64) = (100, 97);

/// What the pieces of one record share.
pub struct Draft<'a> {
    /// Where the record is written.
    pub out: &'a mut Vec<u8>,
    /// Its random numbers.
    pub random: Random,
    /// Its nation.
    pub people: &'a People,
    /// The user's gender.
    pub gender: Gender,
    /// When the user was born.
    pub born: Moment,
}

impl<'a> Draft<'a> {
    /// Appends the whole record. `unique` differs from record to record, and so does the uuid.
    pub fn write(mut self, unique: u64) {
        let (first, last) = self.person();
        self.address();
        self.surroundings();
        self.texts(&[
            r#"}},"email":""#,
            &first.ascii,
            ".",
            &last.ascii,
            r#"@example.com","login":{"uuid":""#,
        ]);
        self.uuid(unique);
        self.account();
        self.digests();
        self.dates();
        self.numbers();
        self.pictures();
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn texts(&mut self, texts: &[&str]) {
        for text in texts {
            self.text(text);
        }
    }

    fn person(&mut self) -> (&'a Name, &'a Name) {
        let people = self.people;
        let title = people.title(self.gender, &mut self.random);
        let first = self.random.pick(people.first(self.gender));
        let last = self.random.pick(&people.last);
        let name = [
            r#"","first":""#,
            first.text,
            r#"","last":""#,
            last.text,
            r#""},"location":{"street":{"number":"#,
        ];
        self.texts(&[r#"{"gender":""#, self.gender.name(), r#"","name":{"title":""#, title]);
        self.texts(&name);
        (first, last)
    }

    fn address(&mut self) {
        let people = self.people;
        push_number(self.out, 1 + self.random.below(9_999));
        let street = self.random.pick(&people.streets);
        let city = self.random.pick(&people.cities);
        let state = self.random.pick(&people.states);
        self.texts(&[r#","name":""#, street, r#""},"city":""#, city, r#"","state":""#, state]);
        self.texts(&[r#"","country":""#, people.nation.country, r#"","postcode":"#]);
        match &people.postcode {
            Code::Number(from, to) => push_number(self.out, from + self.random.below(to - from + 1)),
            Code::Text(pattern) => {
                self.text("\"");
                pattern.push(self.out, &mut self.random, &self.born, self.gender);
                self.text("\"");
            }
        }
    }

    /// Coordinates and time zone, which have nothing to do with the address: as at the API.
    fn surroundings(&mut self) {
        self.text(r#","coordinates":{"latitude":""#);
        push_coordinate(self.out, &mut self.random, 90);
        self.text(r#"","longitude":""#);
        push_coordinate(self.out, &mut self.random, 180);
        let (offset, description) = self.random.pick(&TIMEZONES);
        self.texts(&[r#""},"timezone":{"offset":""#, offset, r#"","description":""#, description, r#"""#]);
    }

    /// A uuid of version 4: every bit of `unique` is in it, so no two records share one.
    fn uuid(&mut self, unique: u64) {
        let random = self.random.bits();
        let high = hex(unique & !0xf000 | 0x4000);
        let low = hex(0x8000_0000_0000_0000 | (unique >> 12 & 0xf) << 58 | random >> 6);
        for (part, dash) in
            [(&high[..8], "-"), (&high[8..12], "-"), (&high[12..], "-"), (&low[..4], "-"), (&low[4..], "")]
        {
            self.out.extend_from_slice(part);
            self.text(dash);
        }
    }

    fn account(&mut self) {
        let adjective = self.random.pick(&ADJECTIVES);
        let animal = self.random.pick(&ANIMALS);
        self.texts(&[r#"","username":""#, adjective, animal]);
        push_number(self.out, 100 + self.random.below(900));
        let password = self.random.pick(&PASSWORDS);
        self.texts(&[r#"","password":""#, password, r#"","salt":""#]);
        let mut fraction = self.random.fraction();
        let salt: [u8; 8] = std::array::from_fn(|_| SALT[fraction.below(62) as usize]);
        self.out.extend_from_slice(&salt);
    }

    fn digests(&mut self) {
        for (name, digits) in [(r#"","md5":""#, 32), (r#"","sha1":""#, 40), (r#"","sha256":""#, 64)] {
            self.text(name);
            let mut left = digits;
            while left > 0 {
                let part = hex(self.random.bits());
                let take = left.min(part.len());
                self.out.extend_from_slice(&part[..take]);
                left -= take;
            }
        }
    }

    fn dates(&mut self) {
        let registered = Moment::registered(&mut self.random);
        self.text(r#""},"dob":{"date":""#);
        self.born.push(self.out);
        self.text(r#"","age":"#);
        push_number(self.out, self.born.age());
        self.text(r#"},"registered":{"date":""#);
        registered.push(self.out);
        self.text(r#"","age":"#);
        push_number(self.out, registered.age());
    }

    fn numbers(&mut self) {
        let people = self.people;
        self.text(r#"},"phone":""#);
        people.phone.push(self.out, &mut self.random, &self.born, self.gender);
        self.text(r#"","cell":""#);
        people.cell.push(self.out, &mut self.random, &self.born, self.gender);
        match &people.id {
            None => self.text(r#"","id":{"name":"","value":null"#),
            Some((name, pattern)) => {
                self.texts(&[r#"","id":{"name":""#, name, r#"","value":""#]);
                pattern.push(self.out, &mut self.random, &self.born, self.gender);
                self.text(r#"""#);
            }
        }
    }

    fn pictures(&mut self) {
        let (folder, count) = match self.gender {
            Gender::Male => ("men/", PORTRAITS.0),
            Gender::Female => ("women/", PORTRAITS.1),
        };
        let two = digits::<2>(self.random.below(count));
        let number = if two[0] == b'0' { &two[1..] } else { &two[..] };
        for start in [
            r#"},"picture":{"large":"https://randomuser.me/api/portraits/"#,
            r#".jpg","medium":"https://randomuser.me/api/portraits/med/"#,
            r#".jpg","thumbnail":"https://randomuser.me/api/portraits/thumb/"#,
        ] {
            self.texts(&[start, folder]);
            self.out.extend_from_slice(number);
        }
        self.texts(&[r#".jpg"},"nat":""#, self.people.nation.code, r#""}"#]);
    }
}
