"""What lies in each object of a data set, and in the account of its rejects.

usage: batches.py s3://BUCKET/PREFIX/

Read with requests signed here, and by pyarrow. Prints a line for each object: {"name", "partition", "first", "end",
"rows", "by_consumer": [offset], "by_hash": the number of lines of hash-fields}. Of an object there is one account at
most, and each is whole: its metadata say how many lines it has.
"""
import io
import json
import os
import re
import sys

import pyarrow.parquet

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "soak"))
import s3

bucket, prefix = re.fullmatch("s3://([^/]+)/(.*)", sys.argv[1]).groups()
objects, accounts = {}, {}
for key in s3.keys(bucket, prefix):
    body, headers = s3.whole(bucket, key)
    if key.endswith("_sluicebox/condition"):
        continue
    fields = ("topic-id", "partition", "first-offset", "end-offset")
    lineage = tuple(headers[f"x-amz-meta-sluicebox-{field}"] for field in fields)
    if key.endswith(".rejects.ndjson"):
        assert lineage not in accounts, f"two accounts of {lineage}"
        accounts[lineage] = [json.loads(line) for line in body.splitlines()]
        assert len(accounts[lineage]) == int(headers["x-amz-meta-sluicebox-rejects"]), key
    else:
        name = key.rsplit("/", 1)[-1].removesuffix(".parquet")
        objects[lineage] = name, pyarrow.parquet.read_metadata(io.BytesIO(body)).num_rows
for lineage, (name, rows) in objects.items():
    account = accounts.get(lineage, [])
    assert {line["stage"] for line in account} <= {"kafka-consume", "hash-fields"}, account
    offsets = [line["offset"] for line in account if line["stage"] == "kafka-consume"]
    _, partition, first, end = lineage
    found = {"name": name, "partition": int(partition), "first": int(first), "end": int(end), "rows": rows}
    print(json.dumps({**found, "by_consumer": sorted(offsets), "by_hash": len(account) - len(offsets)}))
