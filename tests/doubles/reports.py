"""Mails that mail systems write about mails: bounces and spam complaints."""

from email import message_from_bytes


def bounce_of(
    envelope_sender: str,
    recipient: str,
    original: bytes,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 user unknown",
) -> bytes:
    """A delivery status notification (RFC 3464) about a mail."""
    return _report(
        envelope_sender,
        "delivery-status",
        "Reporting-MTA: dns; mx.shop.example\n"
        "Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000\n"
        "\n"
        f"Final-Recipient: rfc822; {recipient}\n"
        f"Action: {action}\n"
        f"Status: {status}\n"
        f"Diagnostic-Code: {diagnostic}\n"
        "Last-Attempt-Date: Mon, 23 Nov 2026 10:00:05 +0000\n",
        original,
    )


def complaint_of(address: str, original: bytes, *, kind: str = "abuse", mail_from: str = "") -> bytes:
    """A spam complaint (ARF, RFC 5965), sent to the address that takes them."""
    fields = (
        f"Feedback-Type: {kind}\nUser-Agent: Mailbox/1.0\nVersion: 1\nArrival-Date: Mon, 23 Nov 2026 11:00:00 +0000\n"
    )
    return _report(address, "feedback-report", fields + f"Original-Mail-From: <{mail_from}>\n", original)


def _report(to: str, kind: str, fields: str, original: bytes) -> bytes:
    headers = "".join(f"{name}: {value}\n" for name, value in message_from_bytes(original).items())
    return (
        "Return-Path: <>\n"
        f"To: {to}\n"
        "From: MAILER-DAEMON@mx.shop.example\n"
        "Subject: about your mail\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="=_b"\n'
        "\n"
        "--=_b\nContent-Type: text/plain\n\nThis is about a mail of yours.\n"
        f"--=_b\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--=_b\nContent-Type: text/rfc822-headers\n\n{headers}\n"
        "--=_b--\n"
    ).encode()
