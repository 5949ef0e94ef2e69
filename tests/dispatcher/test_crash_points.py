"""Kill the process before and after each effect; the ledger of what arrived is kept outside.

Random kills hit a window that takes a thousandth of the time once in a thousand rounds; this hits
every window every time. `test_crash_mutants` shows that it would see what it is there to see.
"""

import itertools

import pytest
from crash_samples import AT_LEAST_ONCE, AT_MOST_ONCE, CHATS, WANTED, DigestWorld, Rounds

from alertbot.model import Topic

PROMISES = pytest.mark.parametrize(
    "topic", [AT_LEAST_ONCE, AT_MOST_ONCE], ids=["at least once", "at most once"]
)


@PROMISES
async def test_without_a_crash_everything_arrives_once(told: Rounds, topic: Topic) -> None:
    world = await told((), slots=2, topic=topic)

    assert await world.judge() == 0


@pytest.mark.parametrize("slots", [1, 2])
async def test_case_88_a_crash_at_any_moment_loses_nothing_and_repeats_only_what_was_on_the_wire(
    told: Rounds, slots: int
) -> None:
    moments = (await told((), slots)).power.moment
    assert moments >= 6 * len(WANTED)

    repeated = [await (await told({cut}, slots)).judge() for cut in range(1, moments + 1)]

    # the window cannot be closed, so a test that never sees it would see nothing
    assert sum(repeated) > 0


@pytest.mark.parametrize("slots", [1, 2])
async def test_at_most_once_no_crash_repeats_anything_and_what_is_lost_is_known_to_be(
    told: Rounds, slots: int
) -> None:
    moments = (await told((), slots, AT_MOST_ONCE)).power.moment
    lost = 0
    for cut in range(1, moments + 1):
        world = await told({cut}, slots, AT_MOST_ONCE)
        await world.judge()
        lost += len(WANTED) - len(world.ledger)

    assert lost > 0


@PROMISES
async def test_a_crash_at_any_moment_of_a_digest_breaks_no_promise(
    told: Rounds, topic: Topic
) -> None:
    whole = await told((), topic=topic, kind=DigestWorld)
    assert await whole.judge() == 0
    assert sorted(whole.ledger) == sorted(WANTED)
    moments = whole.power.moment
    assert moments >= 6 * len(CHATS)
    broken = 0
    for cut in range(1, moments + 1):
        world = await told({cut}, topic=topic, kind=DigestWorld)
        broken += await world.judge() + len(WANTED - set(world.ledger))

    # the window cannot be closed: with these promises something comes twice, or not at all
    assert broken > 0


#: that the pairs of crashes come in, so that processes can share them; `.ci/run` takes three
PARTS = 8


def pairs(moments: int) -> list[tuple[int, int]]:
    # after a crash there are more moments than without
    both = itertools.combinations(range(1, moments + 9), 2)
    return [(first, second) for first, second in both if first <= moments]


@PROMISES
async def test_two_crashes_break_no_promise(told: Rounds, topic: Topic) -> None:
    moments = (await told((), topic=topic)).power.moment

    for cuts in pairs(moments)[::37]:
        await (await told(cuts, topic=topic)).judge()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS), ids="part{}".format)
@PROMISES
async def test_no_two_crashes_break_a_promise(told: Rounds, topic: Topic, part: int) -> None:
    moments = (await told((), topic=topic)).power.moment

    for cuts in pairs(moments)[part::PARTS]:
        await (await told(cuts, topic=topic)).judge()
