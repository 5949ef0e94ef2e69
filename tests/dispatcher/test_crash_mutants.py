"""What would break a promise, on purpose: each must be seen, or the checks see nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crash_samples import AT_LEAST_ONCE, AT_MOST_ONCE, CHATS, DigestWorld, Rounds, World
from sender_samples import ANNA, LEASE, START, TOPIC, poll
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Brief, ChatId, FeedId, Topic
from alertbot.ports import Claim, Delivery, PolledFeed, Verdict
from alertbot.store import Store, open_store
from alertbot.store.outbox import answers, contents
from alertbot.store.polling import stories
from fakes.sqlite import fresh_file

PROMISES = pytest.mark.parametrize(
    "topic", [AT_LEAST_ONCE, AT_MOST_ONCE], ids=["at least once", "at most once"]
)


async def check_every_crash(
    told: Rounds, topic: Topic, kind: type[World] = World, *, step: int = 1
) -> None:
    """Judge a round for each moment, or one of `step`, at which a process of this kind may die."""
    moments = (await told((), topic=topic, kind=kind)).power.moment
    for cut in range(1, moments + 1, step):
        await (await told({cut}, topic=topic, kind=kind)).judge()


class SentBeforeItIs(World):
    """Records a message as sent, then sends it."""

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> Claim:
        claim = await super().claim(now, slots, lease, per_second)
        for delivery in claim.deliveries:
            await self.store.outbox.finish(delivery, Verdict(message_id=1), now)
        return claim

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        await self.look()
        return True


@dataclass
class RecordsInBatches(World):
    """Records answers when some have come together."""

    answers: list[tuple[Delivery, Verdict]] = field(default_factory=list)

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        self.answers.append((delivery, verdict))
        if len(self.answers) == len(CHATS):
            for each in self.answers:
                await super().finish(*each, now)
            self.answers.clear()
        return True

    async def live(self) -> None:
        self.answers.clear()
        await super().live()


class ForgetsTheAlerts(World):
    """Saves what makes the feed answer 304, then what it told."""

    async def save(self, polled: PolledFeed, now: datetime) -> None:
        await super().save(replace(polled, alerts=()), now)
        for due in await self.store.feeds.claim_feeds(now, 1, LEASE):
            await super().save(replace(polled, token=due.token), now)


class LocksForGood(World):
    """Marks what is being sent and, with no lease, never knows when nobody is sending it."""

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        return 0


@PROMISES
@pytest.mark.parametrize("mutant", [SentBeforeItIs, ForgetsTheAlerts, LocksForGood])
async def test_a_loss_is_seen(told: Rounds, topic: Topic, mutant: type[World]) -> None:
    with pytest.raises(AssertionError, match=r"lost|never arrived"):
        await check_every_crash(told, topic, mutant)


async def test_repeats_of_a_batch_are_seen(told: Rounds) -> None:
    with pytest.raises(AssertionError, match="came again without need"):
        await check_every_crash(told, AT_LEAST_ONCE, RecordsInBatches)


@PROMISES
async def test_a_second_alert_of_the_same_entry_is_seen(
    told: Rounds, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, count = stories.insert_brief, 0

    async def insert_with_no_unique_key(
        connection: AsyncConnection, feed: FeedId, brief: Brief, *more: object
    ) -> int | None:
        nonlocal count
        count += 1
        return await insert(connection, feed, replace(brief, key=f"{brief.key}#{count}"), *more)

    async def save_without_validators(self: World, polled: PolledFeed, now: datetime) -> None:
        await World.save(self, replace(polled, validators=None), now)

    class FeedWithout304(World):
        save = save_without_validators

    await check_every_crash(told, topic, FeedWithout304, step=4)
    monkeypatch.setattr(stories, "insert_brief", insert_with_no_unique_key)

    with pytest.raises(AssertionError, match=r"came again|came twice|asked for"):
        await check_every_crash(told, topic, FeedWithout304, step=4)


async def test_a_digest_that_forgets_what_it_carries_is_seen(
    told: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def carry_nothing(connection: AsyncConnection, carriers: object) -> dict[int, list[Any]]:
        return defaultdict(list)

    monkeypatch.setattr(contents, "_load_carried", carry_nothing)
    with pytest.raises(AssertionError, match="never arrived"):
        await check_every_crash(told, AT_LEAST_ONCE, DigestWorld)


async def check_frozen_worker(file: Path) -> None:
    """Freeze a worker past its lease; what it says when it wakes must change nothing."""
    store: Store = await open_store(fresh_file(file))
    try:
        await store.chats.subscribe(ANNA, TOPIC, START)
        await poll(store, ["a"], START)
        [frozen] = (await store.outbox.claim(START, 1, LEASE)).deliveries
        later = START + LEASE
        await store.outbox.recover(later)
        [taken_over] = (await store.outbox.claim(later, 1, LEASE)).deliveries
        assert not await store.outbox.finish(frozen, Verdict(retry_at=later), later)
        assert await store.outbox.claim(later + LEASE / 2, 1, LEASE) == Claim()
        assert await store.outbox.finish(taken_over, Verdict(message_id=1), later)
    finally:
        await store.close()


async def test_a_frozen_worker_changes_nothing_and_without_a_token_it_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await check_frozen_worker(tmp_path / "sound.db")

    async def held_by_id(
        connection: AsyncConnection, given: Sequence[answers.Answer]
    ) -> dict[answers.Answer, ChatId]:
        return {one: one.delivery.chat for one in given}

    monkeypatch.setattr(answers, "find_held", held_by_id)
    with pytest.raises(AssertionError):
        await check_frozen_worker(tmp_path / "mutant.db")
