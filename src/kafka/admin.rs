//! room for admin
