complete -c from-parquet -l columns -d 'Only these columns, or fields as location.city' -r
complete -c from-parquet -s n -l count -d 'End after this many records' -r
complete -c from-parquet -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c from-parquet -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c from-parquet -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c from-parquet -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c from-parquet -l connect-timeout -d 'How long to wait for a connection' -r
complete -c from-parquet -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c from-parquet -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c from-parquet -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c from-parquet -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c from-parquet -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c from-parquet -l config -d 'Read settings from this file alone' -r -F
complete -c from-parquet -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c from-parquet -l omit-nulls -d 'Leave out fields that are null'
complete -c from-parquet -l seal -d 'Seal the stream that begins here'
complete -c from-parquet -s q -l quiet -d 'Print errors only'
complete -c from-parquet -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c from-parquet -s h -l help -d 'Print help (see more with \'--help\')'
complete -c from-parquet -s V -l version -d 'Print version'
