from tests.db.verification.store import Store, line
from tidings.kit.ids import wire
from tidings.verification.ports import QuestionLine
from tidings.verification.question import question_about


async def test_a_question_tells_what_was_ordered_and_how_it_is_paid(store: Store) -> None:
    payment = {"method": "card", "provider": "stripe", "reference": "pi_1"}
    order_id = await store.order(
        line("TEA", 2), line("POT"), line("TEA"), line("HELP", kind="service"), payment=payment
    )
    (errand,), order = await store.fetch(), await store.look(order_id)
    question = question_about(order, "payment", errand)
    assert (question.order_id, question.total, question.currency) == (wire("ord", order_id), 5000, "EUR")
    assert (question.payment_method, question.payment_provider, question.payment_reference) == (
        "card",
        "stripe",
        "pi_1",
    )
    assert question.lines == [QuestionLine("POT", 1), QuestionLine("TEA", 3)]


async def test_it_is_the_same_question_on_every_try_and_another_errand_is_another(store: Store) -> None:
    order_id = await store.order()
    await store.errand("check_stock", order_id)
    errands, order = await store.fetch(), await store.look(order_id)
    keys = [question_about(order, "stock", errand).key for errand in (*errands, *errands)]
    assert len(set(keys)) == 2
    assert keys[:2] == keys[2:]


async def test_about_an_order_that_has_changed_it_is_another_question(store: Store) -> None:
    order_id = await store.order(line("TEA"))
    (errand,) = await store.fetch()
    before = question_about(await store.look(order_id), "stock", errand)
    await store.relined(order_id, line("TEA", 2))
    after = question_about(await store.look(order_id), "stock", errand)
    assert before.key != after.key
    assert {before.key[:4], after.key[:4]} == {"chk_"}
