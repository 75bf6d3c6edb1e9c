#!/bin/sh
# Lands one batch: users, pseudonymised, as Parquet on S3. kafka-consume --group runs it once a batch:
#
#   topic-admin create created_users --partitions 4                        # once
#   topic-admin init-group lake --topic created_users --at earliest        # once
#   kafka-consume created_users --group lake --exit-at-end -- examples/land.sh
#   s3-verify s3://lake/users/ --group lake                                # the proof
#
# The batch comes sealed on stdin, so that a stage that fails in the middle of the pipe is noticed though
# a shell looks at the last one alone; what the batch is called stands in $BATCH and its fellows. The object's
# name is made from it, so every attempt at a batch meets what the one before has stored.
set -eu

here=$(dirname "$0")

hash-fields --key-file "${HASH_KEY:-hash.key}" email location.postcode |
    to-parquet --schema "${SCHEMA:-$here/users.ddl}" |
    s3-put "${LAKE:-s3://lake/users/}"
