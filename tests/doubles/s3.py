"""A bucket that takes only what is signed as AWS asks (Signature Version 4), and keeps it in memory."""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.doubles.wire import HttpDouble, Reply, Request

ACCESS_KEY: Final = "AKIATIDINGS"
SECRET_KEY: Final = "not/a/real+secret"
REGION: Final = "eu-central-1"
BUCKET: Final = "documents"
_S3: Final = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_XML: Final = {"content-type": "application/xml"}


class S3Double(HttpDouble):
    """One bucket."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.refused: list[str] = []
        # What nobody may delete.
        self.locked: set[str] = set()

    async def respond(self, request: Request) -> Reply:
        why = self._refusal(request)
        if why is not None:
            self.refused.append(why)
            return Reply(
                403, f"<Error><Code>SignatureDoesNotMatch</Code><Message>{why}</Message></Error>".encode(), _XML
            )
        key = unquote(request.path).removeprefix(f"/{BUCKET}/")
        if request.method == "PUT":
            self.objects[key] = request.body
            return Reply(200, b"", {"etag": f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'})
        if request.method == "GET" and key in self.objects:
            content = self.objects[key]
            return Reply(200, content, {"etag": '"1"', "last-modified": "Sun, 29 Nov 2026 09:00:00 GMT"})
        if request.method == "POST" and "delete" in request.query:
            return self._delete(request)
        return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", _XML)

    def _delete(self, request: Request) -> Reply:
        """DeleteObjects: all that are named, whether they are there or not; each is answered for by itself."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        digest = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
        if headers.get("content-md5") != digest:
            return Reply(400, b"<Error><Code>BadDigest</Code></Error>", _XML)
        told = []
        for name in ET.fromstring(request.body).iterfind(f"{_S3}Object/{_S3}Key"):  # noqa: S314 - our own request
            key = name.text or ""
            if key in self.locked:
                told.append(
                    f"<Error><Key>{escape(key)}</Key><Code>AccessDenied</Code><Message>locked</Message></Error>"
                )
            else:
                self.objects.pop(key, None)
                told.append(f"<Deleted><Key>{escape(key)}</Key></Deleted>")
        return Reply(200, f"<DeleteResult>{''.join(told)}</DeleteResult>".encode(), _XML)

    def _refusal(self, request: Request) -> str | None:
        """Reckoned anew from the request as it came over the wire."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            return "not signed"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key, day, region, service, _ = parts["Credential"].split("/")
        if (key, region, service) != (ACCESS_KEY, REGION, "s3"):
            return "somebody else's credential"
        payload = headers["x-amz-content-sha256"]
        if payload != "UNSIGNED-PAYLOAD" and payload != hashlib.sha256(request.body).hexdigest():
            return "another payload than signed"
        names = parts["SignedHeaders"].split(";")
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
            return "too little is signed"
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(request.query.items()))
        path = quote(unquote(request.path), safe="/-_.~")
        lines = [*(f"{name}:{' '.join(headers[name].split())}" for name in names), ""]
        canonical = "\n".join([request.method, path, query, *lines, ";".join(names), payload])
        scope = f"{day}/{region}/{service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])
        secret = f"AWS4{SECRET_KEY}".encode()
        for step in (day, region, service, "aws4_request"):
            secret = hmac.digest(secret, step.encode(), "sha256")
        signature = hmac.new(secret, to_sign.encode(), "sha256").hexdigest()
        return None if hmac.compare_digest(signature, parts["Signature"]) else "the signature is another"
