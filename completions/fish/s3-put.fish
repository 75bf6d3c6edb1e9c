complete -c s3-put -l suffix -d 'How the name ends that a batch makes under a prefix' -r
complete -c s3-put -l metadata -d 'Metadata to store with the object; repeatable' -r
complete -c s3-put -l content-type -d 'Content type [default: by the extension of the key]' -r
complete -c s3-put -l part-size -d 'Size of the first part; later ones grow to 16 times that [default: 8MiB]' -r
complete -c s3-put -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c s3-put -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c s3-put -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c s3-put -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c s3-put -l connect-timeout -d 'How long to wait for a connection' -r
complete -c s3-put -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c s3-put -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c s3-put -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c s3-put -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c s3-put -l max-line-bytes -d 'Reject lines above this size' -r
complete -c s3-put -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c s3-put -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c s3-put -l config -d 'Read settings from this file alone' -r -F
complete -c s3-put -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c s3-put -l create-only -d 'Fail with exit 4 if the object exists'
complete -c s3-put -l dry-run -d 'Check the destination and the credentials; read and write nothing'
complete -c s3-put -l allow-empty -d 'Store an empty object when a pipe ends without a byte and without a seal'
complete -c s3-put -l seal -d 'Seal the stream that begins here'
complete -c s3-put -s q -l quiet -d 'Print errors only'
complete -c s3-put -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c s3-put -s h -l help -d 'Print help (see more with \'--help\')'
complete -c s3-put -s V -l version -d 'Print version'
