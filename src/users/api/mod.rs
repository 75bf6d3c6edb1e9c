//! Users from the randomuser API, or from a server that speaks like it.
//!
//! In goes a validated [`Plan`]; out come the records, byte for byte as the server wrote them. The
//! API has habits that make a careful client: it answers a wrong parameter with something else
//! instead of an error, sends `{"results":[]}` with status 200 when it is in trouble, refuses more
//! than 20,000 users in five minutes without saying when to come back, and lets some requests hang.
//! So parameters are checked before they are sent ([`plan`]), every page is checked against what was
//! asked before one record of it is passed on ([`page`]), every wait has an end ([`client`],
//! [`pace`]), and what may pass is tried again ([`fetch`]). Memory is one page.

pub mod client;
pub mod fetch;
pub mod pace;
pub mod page;
pub mod plan;

pub use fetch::Fetch;
pub use plan::Plan;
