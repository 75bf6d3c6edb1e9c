//! How fast records are mapped: `SPEED_FILE=users.ndjson cargo test --release fields::speed -- --ignored --nocapture`

use std::time::Instant;

use super::{Mapper, Options};
use crate::stream::Line;

#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout)]
fn users_to_flat_records() {
    let text = std::fs::read(std::env::var("SPEED_FILE").unwrap()).unwrap();
    let mappings = [
        "name={name.title}. {name.first} {name.last}",
        "gender=gender",
        "address={location.street.number}, {location.street.name}",
        "city=location.city",
        "nation=nat",
        "zip:string=location.postcode",
        "latitude:double=location.coordinates.latitude",
        "longitude:double=location.coordinates.longitude",
        "email=email",
    ];
    let options = Options { mappings: mappings.map(str::to_owned).to_vec(), ..Options::default() };
    for _ in 0..5 {
        let mut mapper = Mapper::new(&options).unwrap();
        let (begin, mut out) = (Instant::now(), Vec::new());
        let mut rest = &text[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = &rest[..end];
            rest = &rest[end + 1..];
            out.clear();
            mapper.map(line, &mut Line::new(&mut out)).unwrap();
        }
        println!("{:.0} MB/s", text.len() as f64 / 1e6 / begin.elapsed().as_secs_f64());
    }
}
