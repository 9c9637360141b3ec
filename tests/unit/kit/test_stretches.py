"""Long work lets others in."""

import asyncio

from tidings.kit.stretches import AT_A_STRETCH, in_stretches, let_others_in


async def test_others_get_their_turn_after_each_stretch_and_nothing_is_left_out() -> None:
    seen: list[int | str] = []

    async def other() -> None:
        for _ in range(2):
            seen.append("other")
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        async for n in in_stretches(range(5), at_a_stretch=2):
            seen += [n]
    assert seen == [0, 1, "other", 2, 3, "other", 4]


async def test_a_short_list_is_done_at_once() -> None:
    assert [n async for n in in_stretches([])] == []
    assert [n async for n in in_stretches([1, 2, 3])] == [1, 2, 3]


async def test_others_are_let_in_after_a_long_step_only() -> None:
    seen: list[str] = []

    async def other() -> None:
        seen.append("other")

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        await let_others_in(AT_A_STRETCH)
        assert seen == []
        await let_others_in(AT_A_STRETCH + 1)
        assert seen == ["other"]
