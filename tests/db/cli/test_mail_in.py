"""`tidings mail-in`: what the MTA is told by the exit code, and what becomes of the mail."""

import asyncio
import json

import pytest

from tests.fixtures.command_line import Tidings
from tests.fixtures.mailroom import Mailroom
from tidings.adapters.email.dsn import DsnReader
from tidings.adapters.email.verp import sealed
from tidings.kit.ids import new_id, wire
from tidings.kit.vault import Vault, new_vault_key

BOUNCE_KEY = "a key of the tests"

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {recipient}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b--
"""


@pytest.fixture
def key(settings_environment: pytest.MonkeyPatch) -> str:
    made = new_vault_key()
    settings_environment.setenv("TIDINGS_SECRETS_KEYS", made)
    return made


async def sent(mailroom: Mailroom, key: str) -> tuple[str, str]:
    """A mail that went out: the id of its connection, and where its bounces go."""
    secrets = Vault([key]).seal(json.dumps({"bounce_key": BOUNCE_KEY}).encode())
    origin = await mailroom.connect("email", provider="smtp", secrets=secrets)
    attempt = await mailroom.sent(origin)
    seal = sealed(wire("att", attempt.id), BOUNCE_KEY)
    return wire("con", origin.connection_id), f"bounce+{seal}@shop.example"


async def test_a_bounce_is_taken_and_the_message_known_to_have_failed(tidings: Tidings, mailroom: Mailroom, key: str):
    connection, recipient = await sent(mailroom, key)
    done = await asyncio.to_thread(
        tidings, "mail-in", "--connection", connection, input=REPORT.format(recipient=recipient)
    )
    assert done.exit_code == 0, done.stderr
    assert await mailroom.value("SELECT status FROM receipts") == "bounced"
    assert await mailroom.value("SELECT status FROM messages") == "failed"


async def test_the_recipient_may_come_in_the_mtas_environment(
    tidings: Tidings, mailroom: Mailroom, key: str, settings_environment: pytest.MonkeyPatch
):
    connection, recipient = await sent(mailroom, key)
    settings_environment.setenv("ORIGINAL_RECIPIENT", recipient)
    done = await asyncio.to_thread(
        tidings, "mail-in", "--connection", connection, input=REPORT.format(recipient="x@y.z")
    )
    assert done.exit_code == 0, done.stderr


async def test_a_forged_bounce_is_refused_for_good(tidings: Tidings, mailroom: Mailroom, key: str):
    connection, recipient = await sent(mailroom, key)
    forged = REPORT.format(recipient=recipient.replace(recipient.split(".")[1][:4], "0000"))
    done = await asyncio.to_thread(tidings, "mail-in", "--connection", connection, input=forged)
    assert done.exit_code == 65
    assert "does not bring back the seal" in done.stderr
    assert await mailroom.value("SELECT count(*) FROM receipts") == 0


async def test_a_mail_that_is_too_large_is_refused_for_good(tidings: Tidings, mailroom: Mailroom, key: str):
    connection, recipient = await sent(mailroom, key)
    large = REPORT.format(recipient=recipient) + "x" * 3_000_000
    assert (await asyncio.to_thread(tidings, "mail-in", "--connection", connection, input=large)).exit_code == 65


@pytest.mark.parametrize("depth", [100, 1000, 5000])
async def test_a_report_in_a_mail_in_a_mail_is_settled_however_deep(
    tidings: Tidings, mailroom: Mailroom, key: str, depth: int
):
    connection, recipient = await sent(mailroom, key)
    deep = f"To: {recipient}\n" + "Content-Type: message/rfc822\n\n" * depth + REPORT.format(recipient=recipient)
    done = await asyncio.to_thread(tidings, "mail-in", "--connection", connection, input=deep)
    assert done.exit_code == 0, done.stderr


async def test_what_its_reader_finds_too_deep_is_refused_for_good(
    tidings: Tidings, mailroom: Mailroom, key: str, monkeypatch: pytest.MonkeyPatch
):
    def bottomless(reader: DsnReader, *about: object) -> object:
        return bottomless(reader, *about)

    connection, recipient = await sent(mailroom, key)
    # How deep a mail may be before Python's parser gives up, and where it does, is its version's affair.
    monkeypatch.setattr(DsnReader, "parse", bottomless)
    done = await asyncio.to_thread(
        tidings, "mail-in", "--connection", connection, input=REPORT.format(recipient=recipient)
    )
    assert done.exit_code == 65
    assert "the mail cannot be read" in done.stderr


@pytest.mark.parametrize("connection", ["con_1", "con_" + "1" * 32])
def test_a_connection_that_is_not_there_is_no_user(tidings: Tidings, connection: str):
    assert tidings("mail-in", "--connection", connection, input="").exit_code == 67


async def test_when_secrets_cannot_be_opened_the_mail_is_kept_for_another_try(
    tidings: Tidings, mailroom: Mailroom, key: str, settings_environment: pytest.MonkeyPatch
):
    connection, recipient = await sent(mailroom, key)
    # As where an MTA runs its pipes without our environment.
    settings_environment.delenv("TIDINGS_SECRETS_KEYS")
    done = await asyncio.to_thread(
        tidings, "mail-in", "--connection", connection, input=REPORT.format(recipient=recipient)
    )
    assert done.exit_code == 75


def test_when_the_database_is_away_the_mail_is_kept_for_another_try(
    tidings: Tidings, settings_environment: pytest.MonkeyPatch
):
    settings_environment.setenv("TIDINGS_DATABASE_URL", "postgresql://tidings_app@127.0.0.1:1/tidings")
    assert tidings("mail-in", "--connection", wire("con", new_id()), input="").exit_code == 75
