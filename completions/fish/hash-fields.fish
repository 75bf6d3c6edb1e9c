complete -c hash-fields -l key-file -d 'The secret key: a file made by --new-key' -r -F
complete -c hash-fields -l new-key -d 'Make a new key in FILE, which must not exist, and end' -r -F
complete -c hash-fields -l expect-key-id -d 'Refuse to start with any other key than this one' -r
complete -c hash-fields -l algorithm -d 'How values are replaced' -r -f -a "hmac-sha256\t'Keyed: "KEYID.TAG", a string'
md5-int\t'Unkeyed and reversible by guessing: int(md5(text), 16), a number; for compatibility only'"
complete -c hash-fields -l normalize -d 'What to do with a text before it is hashed; always in the order trim, lower, nfc' -r -f -a "trim\t'Remove white space (Unicode\'s) from both ends'
lower\t'Lower case (Unicode\'s, without regard to language)'
nfc\t'Compose characters: Unicode Normalization Form C'"
complete -c hash-fields -l missing -d 'What to do with a record in which a path leads to nothing, or to null on the way' -r -f -a "reject\t'Reject the record'
keep\t'Pass it on; what is there is still replaced. A path that led to nothing in all records fails'
keep-all\t'As keep, and a path may lead to nothing in all records'"
complete -c hash-fields -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c hash-fields -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c hash-fields -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c hash-fields -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c hash-fields -l max-line-bytes -d 'Reject lines above this size' -r
complete -c hash-fields -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c hash-fields -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c hash-fields -l config -d 'Read settings from this file alone' -r -F
complete -c hash-fields -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c hash-fields -l seal -d 'Seal the stream that begins here'
complete -c hash-fields -s q -l quiet -d 'Print errors only'
complete -c hash-fields -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c hash-fields -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hash-fields -s V -l version -d 'Print version'
