//! Retries. (Delays, pure.)
