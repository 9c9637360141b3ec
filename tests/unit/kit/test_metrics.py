"""What Prometheus is told."""

import asyncio

from tidings.kit.metrics import Metrics, watch_loop


async def page(metrics: Metrics) -> str:
    return (await metrics.page()).decode()


async def test_requests_are_counted_by_template_and_status() -> None:
    metrics = Metrics()
    for _ in range(2):
        metrics.answered("POST", "/v1/orders", 201, 0.02)
    line = 'tidings_http_request_seconds_count{method="POST",route="/v1/orders",status="201"} 2.0'
    assert line in await page(metrics)


async def test_two_runtimes_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.answered("GET", "/healthz", 200, 0.001)
    assert "/healthz" not in await page(other)


async def test_what_waits_is_told_as_it_is_now() -> None:
    metrics = Metrics()
    metrics.outbox({("email", "due"): 3, ("sms", "held"): 1}, {"email": 12.5})
    metrics.outbox({("email", "due"): 2}, {"email": 1.5})
    told = await page(metrics)
    assert 'tidings_outbox_depth{queue="email",state="due"} 2.0' in told
    assert 'tidings_outbox_oldest_seconds{queue="email"} 1.5' in told
    assert "sms" not in told


async def test_events_are_counted_by_what_became_of_them_and_timed_when_they_were_taken() -> None:
    metrics = Metrics()
    metrics.posted("refused", 9000)
    metrics.posted("taken", 0.3)
    told = await page(metrics)
    assert 'tidings_events_posted_total{outcome="refused"} 1.0' in told
    assert "tidings_event_to_taken_seconds_count 1.0" in told
    assert "tidings_event_to_taken_seconds_sum 0.3" in told


async def test_deliveries_are_counted_by_provider_and_outcome() -> None:
    metrics = Metrics()
    metrics.attempted("sms", "twilio", "accepted", 0.3)
    metrics.accepted("sms", -0.1)
    metrics.receipt("sms", "twilio", "delivered")
    metrics.callback("twilio", "stored")
    metrics.due_unsent(4)
    metrics.loop_lag(0.25)
    told = await page(metrics)
    for line in (
        'tidings_attempts_total{channel="sms",outcome="accepted",provider="twilio"} 1.0',
        'tidings_send_seconds_count{channel="sms",provider="twilio"} 1.0',
        'tidings_commit_to_accepted_seconds_bucket{channel="sms",le="0.01"} 1.0',
        'tidings_receipts_total{channel="sms",provider="twilio",status="delivered"} 1.0',
        'tidings_callbacks_total{outcome="stored",provider="twilio"} 1.0',
        "tidings_due_unsent 4.0",
        'tidings_loop_lag_seconds_bucket{le="0.1"} 0.0',
        'tidings_loop_lag_seconds_bucket{le="0.25"} 1.0',
    ):
        assert line in told


async def test_what_is_read_from_the_database_is_read_at_each_scrape() -> None:
    metrics, reads = Metrics(), []

    async def refresh() -> None:
        reads.append(1)
        metrics.due_unsent(len(reads))

    metrics.on_scrape.append(refresh)
    await metrics.page()
    assert "tidings_due_unsent 2.0" in await page(metrics)


async def test_a_loop_that_is_held_up_is_late() -> None:
    metrics = Metrics()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch_loop(metrics, every_seconds=0.01))
        await asyncio.sleep(0)
        _hold_up(0.1)
        for _ in range(5):
            await asyncio.sleep(0)
        watching.cancel()
    assert metrics.registry.get_sample_value("tidings_loop_lag_seconds_sum") > 0.05


def _hold_up(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        pass
