"""A few signed requests to an S3 store, so that soak tests judge it without the code under test."""
import datetime
import hashlib
import hmac
import os
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree


def request(method, bucket, key="", query=""):
    """(status, body) of `METHOD /bucket/key?query`, signed with AWS_* of the environment."""
    status, body, _ = answer(method, bucket, key, query)
    return status, body


def answer(method, bucket, key="", query=""):
    """The same with the answer's headers, whose names are in lower case."""
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
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers)) as response:
            return response.status, response.read(), lower(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), lower(error.headers)


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def make_bucket(name):
    status, body = request("PUT", name)
    assert status in (200, 409), body


def get(bucket, key):
    """The object's bytes, or None when it is not visible."""
    status, body = request("GET", bucket, key)
    assert status in (200, 404), body
    return body if status == 200 else None


def whole(bucket, key):
    """The object's bytes, and its headers, metadata among them."""
    status, body, headers = answer("GET", bucket, key)
    assert status == 200, body
    return body, headers


def keys(bucket, prefix):
    """The keys of all visible objects under a prefix."""
    found, token = [], ""
    while True:
        query = f"list-type=2&prefix={urllib.parse.quote(prefix)}{token}"
        status, body = request("GET", bucket, query=query)
        assert status == 200, body
        page = xml.etree.ElementTree.fromstring(body)
        name = page.tag.removesuffix("ListBucketResult")
        found += [entry.findtext(f"{name}Key") for entry in page.iter(f"{name}Contents")]
        token = page.findtext(f"{name}NextContinuationToken")
        if not token:
            return found
        token = "&continuation-token=" + urllib.parse.quote(token)


def uploads(bucket, key):
    """How many multipart uploads of `key` are under way."""
    status, body = request("GET", bucket, query=f"uploads=&prefix={key}")
    assert status == 200, body
    return body.count(b"<UploadId>")
