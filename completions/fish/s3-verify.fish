complete -c s3-verify -l group -d 'Prove that all is there from where this consumer group began to what it has committed' -r
complete -c s3-verify -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c s3-verify -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c s3-verify -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c s3-verify -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c s3-verify -s b -l brokers -d 'Brokers to start from' -r
complete -c s3-verify -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c s3-verify -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c s3-verify -l connect-timeout -d 'How long the first connection may take' -r
complete -c s3-verify -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c s3-verify -l config -d 'Read settings from this file alone' -r -F
complete -c s3-verify -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c s3-verify -l offsets -d 'Print where each partition goes on, for `topic-admin commit`, if all is proven'
complete -c s3-verify -l strict -d 'Objects that no batch has made are an error, too'
complete -c s3-verify -s q -l quiet -d 'Print errors only'
complete -c s3-verify -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c s3-verify -s h -l help -d 'Print help (see more with \'--help\')'
complete -c s3-verify -s V -l version -d 'Print version'
