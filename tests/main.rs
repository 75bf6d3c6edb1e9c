//! All integration tests: one binary, one link, one set of services.

mod fetch;
mod generate;
mod support {
    pub mod api;
}
