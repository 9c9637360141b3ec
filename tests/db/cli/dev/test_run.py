"""`tidings dev` as a newcomer meets it: real stores, a real worker, and a sample order that arrives."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.fixtures.dev_process import DevProcess, left_over
from tidings.cli.embedded.folder import DataFolder
from tidings.cli.embedded.postgres import DATABASE, Postgres

pytestmark = [pytest.mark.journeys, pytest.mark.timeout(400)]

STEPS = (
    "order.placed",
    "payment.checked",
    "stock.checked",
    "processing.started",
    "issue.opened",
    "issue.resolved",
    "change.requested",
    "change.decided",
    "order.changed",
    "shipment.dispatched",
    "shipment.delivered",
    "order.closed",
    "order.cancelled",
    "refund.requested",
    "refund.settled",
)
LIVE_KEY = "td_live_of_the_tests_0001"
TEST_KEY = "td_test_of_the_tests_0001"
KEPT = "SELECT count(*) FILTER (WHERE met_at > due_at OR met_at IS NULL) || ' of ' || count(*) FROM deadlines"


@pytest.fixture
def data() -> Iterator[Path]:
    """Not pytest's own folder, whose parents are closed anew by every pytest that starts."""
    with tempfile.TemporaryDirectory(prefix="tidings-dev-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def processes() -> Iterator[list[DevProcess]]:
    started: list[DevProcess] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            one.process.wait(60)


def test_once_it_ends_by_itself_when_all_of_its_messages_have_arrived(data: Path, processes: list[DevProcess]):
    """In the folder of one that told others that it was there, and was killed."""
    first = DevProcess(data, "--port", "0", "--api-key", LIVE_KEY, "--api-key", TEST_KEY)
    processes.append(first)
    first.until("Everything goes on running.")
    _both_keys_may_do_everything(first)
    _others_are_told(first, data)
    _a_killed_worker_is_replaced(first)
    first.kill()

    second = DevProcess(data, "--once", "--port", "0")
    processes.append(second)
    second.until("Sample order")
    assert _order_of(first) in _orders(second)
    assert second.found(r"API key   (td_test_\S+)") == first.found(r"API key   (td_test_\S+)")
    _all_have_arrived(second)
    assert _order_of(second) != _order_of(first)
    assert left_over(data) == []
    with DataFolder(data), Postgres(data) as postgres:
        # The one of before, and five more.
        assert postgres.run_sql("SELECT count(*) FROM orders", DATABASE).strip() == "6"
        # Six orders, an issue, and two requests with two promises each.
        assert postgres.run_sql(KEPT, DATABASE).strip() == "0 of 11"
    assert left_over(data) == []


def _all_have_arrived(run: DevProcess) -> None:
    assert run.ended() == 0, run.said
    for channel in ("email", "sms", "push"):
        assert f"for a customer who prefers {channel}" in run.said
    assert run.said.count("has arrived, and so have its messages.") == 3
    assert run.said.count("is complete: every step was taken, every promise kept.") == 1
    assert run.said.count("is cancelled, and the money is back: every promise was kept.") == 1
    assert run.said.count("is whole: ") == 2
    # What the procedure's every step looks like in the timelines.
    for kind in STEPS:
        assert f"  {kind} " in run.said, kind
    for url in ("/docs", "/sandbox", "/timeline"):
        assert f"{run.address}" in run.said
        assert url in run.said


def test_stores_that_are_given_are_used_and_none_are_started(
    data: Path, postgres: Postgres, bare_database: str, valkey_url: str, processes: list[DevProcess]
):
    given = {
        "TIDINGS_DATABASE_URL": postgres.url("tidings_app", bare_database),
        "TIDINGS_DATABASE_WORKER_URL": postgres.url("tidings_worker", bare_database),
        "TIDINGS_DATABASE_MIGRATION_URL": postgres.url("tidings_owner", bare_database),
        "TIDINGS_REDIS_URL": valkey_url,
        # As compose files hand on what nobody has set.
        "TIDINGS_PUBLIC_URL": "",
        "TIDINGS_SECRETS_KEYS": "",
        "TIDINGS_RECORDS_KEYS": "",
    }
    run = DevProcess(data, "--port", "0", settings=given)
    processes.append(run)
    run.until("Everything goes on running.")
    assert len(_orders(run)) == 1
    assert run.stop(signal.SIGINT) == 0
    assert "Stopping" in run.said
    assert "Traceback" not in (data / "tidings.log").read_text()
    assert postgres.run_sql("SELECT count(*) FROM orders", bare_database).strip() == "1"
    assert postgres.run_sql(KEPT, bare_database).strip() == "0 of 1"
    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == []
    assert left_over(data) == []


def _both_keys_may_do_everything(run: DevProcess) -> None:
    for key in (LIVE_KEY, TEST_KEY):
        with httpx.Client(base_url=run.address, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client:
            for path in ("/v1/orders", "/v1/tasks", "/v1/connections"):
                assert client.get(path).status_code == 200, path
    assert httpx.get(f"{run.address}/readyz", trust_env=False).json()["status"] == "ready"
    assert httpx.get(f"{run.address}/docs", trust_env=False).status_code == 200
    assert httpx.get(f"{run.address}/sandbox", trust_env=False, follow_redirects=True).status_code == 200


def _others_are_told(run: DevProcess, data: Path) -> None:
    same_folder = DevProcess(data, "--port", "0")
    assert same_folder.ended() == 1
    assert f"is in use by the tidings with process id {run.process.pid} on {run.address}" in same_folder.said
    port = run.address.rpartition(":")[2]
    same_port = DevProcess(data.with_name("other"), "--port", port)
    assert same_port.ended() == 1
    assert f"tidings: port {port} on 127.0.0.1 is in use" in same_port.said


def _a_killed_worker_is_replaced(run: DevProcess) -> None:
    killed = run.worker()
    killed.kill()
    run.until("The worker has ended (code -9")
    psutil.wait_procs([killed], timeout=10)


def _order_of(run: DevProcess) -> str:
    return run.found(r"Sample order (\S+),")


def _orders(run: DevProcess) -> list[str]:
    key = run.found(r"API key   (td_test_\S+)")
    answer = httpx.get(f"{run.address}/v1/orders", headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    return [order["number"] for order in answer.json()["items"]]
