#!/bin/sh
# Users, pseudonymised, through Kafka, into Parquet on S3; then a look at what landed.
#
# It runs against whatever KAFKA_BOOTSTRAP_SERVERS and the AWS variables name; to try it with nothing
# installed: sluicebox sandbox --topic created_users:4 -- sh examples/tour.sh
#
# SOURCE may be another source, such as "fetch-users --results 5000".
set -eu

here=$(dirname "$0")
topic=${TOPIC:-created_users}
lake=${LAKE:-s3://lake/users.parquet}
source=${SOURCE:-generate-users --results 5000}

# The key is what makes the tokens pseudonyms: keep it apart from the data.
key=${HASH_KEY:-$(mktemp -d)/hash.key}
[ -e "$key" ] || hash-fields --new-key "$key"

# Every stream is sealed at its source. A stage that dies in the middle of a pipe looks like a clean
# end of file to the next one; here the next one misses the seal and fails.
echo "1. users, emails and postcodes pseudonymised, into topic $topic" >&2
$source --seal |
    hash-fields --key-file "$key" email location.postcode |
    kafka-produce --topic "$topic" --key login.uuid --allow-partial

echo "2. the topic, as Parquet, into $lake" >&2
kafka-consume "$topic" --exit-at-end --seal |
    to-parquet --schema "$here/users.ddl" |
    s3-put "$lake"

echo "3. what landed: two of the users" >&2
from-parquet "$lake" --columns gender,name,location,email,dob -n 2
