//! What may be shown of a value.

/// A value as it may be shown: secrets are not.
pub fn mask(name: &str, value: &str) -> String {
    // It tells which key is used, not what it is: its end is what the AWS command line shows, too.
    if name == "AWS_ACCESS_KEY_ID" && value.len() >= 16 && value.is_ascii() {
        return format!("****{}", &value[value.len() - 4..]);
    }
    if is_secret(name) {
        return "****".to_owned();
    }
    if let Some((key, _)) = value.split_once('=').filter(|(key, _)| is_secret(key)) {
        return format!("{key}=****");
    }
    // Connection strings: what follows `password =` ends nowhere that could be relied on.
    const PASSWORD: &str = "password";
    let after = value.to_ascii_lowercase().find(PASSWORD).map(|at| at + PASSWORD.len());
    if let Some(at) = after.filter(|at| value[*at..].trim_start().starts_with('=')) {
        return format!("{}=****", &value[..at]);
    }
    // The user part of a URL.
    match (value.find("://"), value.find('@')) {
        (Some(scheme), Some(at)) if at > scheme && !value[scheme + 3..at].contains('/') => {
            format!("{}****{}", &value[..scheme + 3], &value[at..])
        }
        _ => value.to_owned(),
    }
}

/// Whether what has this name must not be seen.
fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 7] =
        ["SECRET", "PASSWORD", "PASSPHRASE", "TOKEN", "ACCESS_KEY", "KEY.PEM", "CREDENTIALS"];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        assert_eq!(mask("AWS_SECRET_ACCESS_KEY", "x"), "****");
        assert_eq!(mask("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), "****MPLE");
        assert_eq!(mask("AWS_ACCESS_KEY_ID", "minio"), "****");
        assert_eq!(mask("kafka-property", "sasl.password=hunter2"), "sasl.password=****");
        assert_eq!(mask("kafka-property", "linger.ms=5"), "linger.ms=5");
        assert_eq!(mask("url", "https://me:pw@host/x"), "https://****@host/x");
        assert_eq!(mask("url", "https://host/a@b"), "https://host/a@b");
        assert_eq!(mask("url", "host=h password = 'p w' x=1"), "host=h password=****");
        assert_eq!(mask("url", "host=h password=hunter2 x=1"), "host=h password=****");
        assert_eq!(mask("key-file", "hash.key"), "hash.key");
    }
}
