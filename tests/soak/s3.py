"""A few signed requests to an S3 store, so that soak tests judge it without the code under test."""
import datetime
import hashlib
import hmac
import os
import urllib.error
import urllib.parse
import urllib.request


def request(method, bucket, key="", query=""):
    """(status, body) of `METHOD /bucket/key?query`, signed with AWS_* of the environment."""
    endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
    region = os.environ["AWS_REGION"]
    path = "/" + bucket + ("/" + urllib.parse.quote(key) if key else "")
    # The signature wants the parameters sorted, each with a value.
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    query = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": endpoint.netloc, "x-amz-content-sha256": empty, "x-amz-date": now}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = "\n".join([method, path, query, lines, names, empty])
    scope = f"{now[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (now[:8], region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), "sha256").digest()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    url = f"{endpoint.scheme}://{endpoint.netloc}{path}" + (f"?{query}" if query else "")
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def make_bucket(name):
    status, body = request("PUT", name)
    assert status in (200, 409), body


def get(bucket, key):
    """The object's bytes, or None when it is not visible."""
    status, body = request("GET", bucket, key)
    assert status in (200, 404), body
    return body if status == 200 else None


def uploads(bucket, key):
    """How many multipart uploads of `key` are under way."""
    status, body = request("GET", bucket, query=f"uploads=&prefix={key}")
    assert status == 200, body
    return body.count(b"<UploadId>")
