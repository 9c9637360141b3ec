"""A document's file as an answer: with its digest (RFC 9530), and for ever the same under its tag."""

import base64
from collections.abc import Mapping

from fastapi import Request, Response

from tidings.documents.queries import Held
from tidings.documents.schemas import file_name


def pdf_response(request: Request, held: Held, content: bytes, more: Mapping[str, str]) -> Response:
    """The file, or 304 to whoever has it.

    Args:
        request: what `If-None-Match` it has.
        held: a document whose file is made.
        content: its bytes, checked against its hash.
        more: further headers.
    """
    if held.file is None:
        raise AssertionError
    tag = f'"{held.file.sha256.hex()}"'
    headers = {
        **more,
        "ETag": tag,
        "Repr-Digest": f"sha-256=:{base64.b64encode(held.file.sha256).decode()}:",
        "Content-Disposition": f'inline; filename="{file_name(held)}"',
    }
    known = request.headers.get("if-none-match", "")
    if tag in (each.strip() for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=held.file.media_type, headers=headers)
