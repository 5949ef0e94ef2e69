"""Any order of publishing, claiming, sending, freezing and dying, by two workers, against a model.

The model knows what arrived and who holds what; it has no store to be wrong with.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sender_samples import ANNA, BORIS, LEASE, NEWSROOM, ORDINARY, START, TOPIC, poll
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.dispatcher import judge
from alertbot.dispatcher.times import plan
from alertbot.model import ChatId, Promise
from alertbot.ports import (
    Delivery,
    Digest,
    Mode,
    NotSent,
    QuietHours,
    SendOutcome,
    Sent,
    Throttled,
    Unknown,
)
from alertbot.store import Store, open_store
from alertbot.store.outbox import answers
from fakes.sqlite import fresh_file

#: two that are told at once, one of a digest each hour
CHATS = (ANNA, BORIS, NEWSROOM)
ALL_DAY = QuietHours(start=0, end=0)
#: what becomes of a request, and whether the message arrived
FATES: tuple[tuple[SendOutcome, bool], ...] = (
    (Sent(message_id=1), True),
    (Unknown(reason="read timeout"), True),
    (Unknown(reason="read timeout"), False),
    (NotSent(reason="connection refused"), False),
    (Throttled(retry_after=timedelta(seconds=20)), False),
)


@dataclass(frozen=True)
class Kind:
    urgent: bool
    at_most_once: bool


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(mkdtemp())
        self.now = START
        self.kinds: dict[str, Kind] = {}
        #: what each worker believes to be its own
        self.hands: dict[int, list[Delivery]] = defaultdict(list)
        #: whose it is in truth, by chat
        self.on_the_wire: dict[ChatId, tuple[str, int]] = {}
        self.arrived: Counter[tuple[ChatId, str]] = Counter()
        self.doubts: Counter[tuple[ChatId, str]] = Counter()
        self.closed_until = START
        #: whether Anna wants to hear nothing
        self.quiet = False

    @initialize()
    def open(self) -> None:
        async def opened() -> Store:
            store = await open_store(fresh_file(self.folder / "alertbot.db"))
            for chat in CHATS:
                await store.chats.subscribe(chat, TOPIC, START)
            await store.chats.set_mode(BORIS, Mode.HOURLY)
            return store

        self.store = self.runner.run(opened())
        for urgent, at_most_once in product([False, True], repeat=2):
            self.publish(urgent, at_most_once)

    @rule(urgent=st.booleans(), at_most_once=st.booleans())
    def publish(self, urgent: bool, at_most_once: bool) -> None:
        if len(self.kinds) < 6:
            key = str(len(self.kinds))
            self.kinds[key] = Kind(urgent, at_most_once)
            promise = Promise.AT_MOST_ONCE if at_most_once else Promise.AT_LEAST_ONCE
            topic = replace(ORDINARY, urgent=urgent, delivery=promise)
            self.runner.run(poll(self.store, [key], self.now, topic))

    @rule(worker=st.sampled_from([1, 2]), slots=st.integers(1, 3))
    def claim(self, worker: int, slots: int) -> None:
        claim = self.runner.run(self.store.outbox.claim(self.now, slots, LEASE, 1000))
        claimed = claim.deliveries
        assert len(claimed) <= slots
        assert not claimed or self.now >= self.closed_until, "sent in a pause"
        urgent = [delivery.urgent for delivery in claimed]
        assert urgent == sorted(urgent, reverse=True)
        for delivery in claimed:
            assert delivery.chat not in self.on_the_wire, "two on the wire to one chat"
            assert not (self.quiet and delivery.chat == ANNA), "sent in quiet hours"
            for pair in pairs(delivery):
                assert self.arrived[pair] <= self.doubts[pair], "again, though it had arrived"
                assert delivery.maybe_repeat or not self.arrived[pair], "again without the mark"
            self.on_the_wire[delivery.chat] = (delivery.token, delivery.id)
            self.hands[worker].append(delivery)

    @rule(worker=st.sampled_from([1, 2]), fate=st.sampled_from(FATES))
    def send_and_finish(self, worker: int, fate: tuple[SendOutcome, bool]) -> None:
        if self.hands[worker]:
            self._answer(self.hands[worker].pop(0), *fate)

    @rule(worker=st.sampled_from([1, 2]), arrived=st.booleans())
    def die(self, worker: int, arrived: bool) -> None:
        for delivery in self.hands.pop(worker, []):
            self._send(delivery, arrived=arrived)

    @rule()
    def release(self) -> None:
        async def released() -> None:
            while await self.store.holds.release(self.now, plan) is not None:
                pass

        self.runner.run(released())

    @rule(quiet=st.booleans())
    def hush(self, quiet: bool) -> None:
        hours = ALL_DAY if quiet else None
        change = self.store.chats.change_settings(
            ANNA, lambda old: replace(old, quiet=hours), self.now
        )
        self.runner.run(change)
        self.release()
        self.quiet = quiet

    @rule(seconds=st.sampled_from([0.05, 1, 3, 30, 3600]))
    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def recover(self) -> None:
        self.runner.run(self.store.outbox.recover(self.now))
        still = self._rows("sending")
        self.on_the_wire = {
            chat: held for chat, held in self.on_the_wire.items() if held[1] in still
        }

    @rule()
    def freeze(self) -> None:
        """Let every lease end while who holds it does not know."""
        self.now += 3 * LEASE
        self.recover()

    @rule(sleeper=st.sampled_from([1, 2]), fate=st.sampled_from(FATES))
    def answer_too_late(self, sleeper: int, fate: tuple[SendOutcome, bool]) -> None:
        """Freeze a worker until another may have taken over; then its first answer comes."""
        if not self.hands[sleeper]:
            self.claim(sleeper, 3)
        self.freeze()
        self.claim(3 - sleeper, 3)
        self.send_and_finish(sleeper, fate)

    @invariant()
    def what_the_model_has_on_the_wire_is_being_sent(self) -> None:
        if hasattr(self, "store"):
            assert {held[1] for held in self.on_the_wire.values()} == set(self._rows("sending"))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            try:
                self._drain()
                self._judge()
            finally:
                self.runner.run(self.store.close())
        self.runner.close()
        rmtree(self.folder)

    def _send(self, delivery: Delivery, *, arrived: bool, doubt: bool = True) -> None:
        for pair in pairs(delivery):
            self.arrived[pair] += arrived
            self.doubts[pair] += doubt

    def _answer(self, delivery: Delivery, outcome: SendOutcome, arrived: bool) -> None:
        ours = self.on_the_wire.get(delivery.chat) == (delivery.token, delivery.id)
        # an answer that comes too late is none: the delivery has been let go of as if it were lost
        doubt = isinstance(outcome, Unknown) or not ours
        self._send(delivery, arrived=arrived, doubt=doubt)
        verdict = judge(outcome, delivery, self.now, 0.5)
        held = self.runner.run(self.store.outbox.finish(delivery, verdict, self.now))
        assert held == ours, "a late answer counted" if held else "an answer in time did not count"
        if held and verdict.all_paused_until:
            self.closed_until = max(self.closed_until, verdict.all_paused_until)
        if held and not self._rows("sending", delivery.id):
            del self.on_the_wire[delivery.chat]

    def _drain(self) -> None:
        for worker in (1, 2):
            self.die(worker, arrived=False)
        self.hush(quiet=False)
        for _ in range(400):
            due = self.runner.run(self.store.outbox.next_due(self.now))
            if due is None and not self._rows("held"):
                return
            due = due or self.runner.run(self.store.holds.next_release())
            assert due is not None, "held for ever"
            self.now = max(self.now, due)
            self.release()
            self.recover()
            self.claim(1, 3)
            while self.hands[1]:
                self._answer(self.hands[1].pop(0), Sent(message_id=1), arrived=True)
        raise AssertionError("it never comes to an end")

    def _judge(self) -> None:
        states = self._states()
        assert set(states) == {(chat, key) for chat in CHATS for key in self.kinds}
        for pair, state in states.items():
            assert state in {"sent", "unknown", "dead"}
            if self.kinds[pair[1]].at_most_once:
                assert self.arrived[pair] <= 1
                assert state == ("unknown" if self.doubts[pair] else "sent")
            elif state == "sent":
                assert 1 <= self.arrived[pair] <= 1 + self.doubts[pair]
            else:
                assert state == "dead" and self.doubts[pair] >= 5

    def _rows(self, state: str, id_: int | None = None) -> list[int]:
        async def read() -> list[int]:
            async with self.store.database.reading() as connection:
                rows = await connection.exec_driver_sql(
                    "SELECT id FROM deliveries WHERE state = ? AND coalesce(?, id) = id",
                    (state, id_),
                )
                return [row[0] for row in rows]

        return self.runner.run(read())

    def _states(self) -> dict[tuple[ChatId, str], str]:
        async def read() -> dict[tuple[ChatId, str], str]:
            async with self.store.database.reading() as connection:
                rows = await connection.exec_driver_sql(
                    "SELECT chat_id, key, state FROM deliveries JOIN alerts ON alerts.id = alert_id"
                    " JOIN briefs ON briefs.id = brief_id"
                )
                return {(ChatId(row[0]), row[1]): row[2] for row in rows}

        return self.runner.run(read())


def pairs(delivery: Delivery) -> list[tuple[ChatId, str]]:
    """Return whom a message tells what."""
    content = delivery.content
    if isinstance(content, Digest):
        return [(delivery.chat, item.alert.brief.key) for item in content.items]
    return [(delivery.chat, content.brief.key)]


QUICK = settings(
    max_examples=4,
    stateful_step_count=20,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.timeout(180)
class TestTheOutbox(OutboxMachine.TestCase):
    settings = QUICK


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_store_that_takes_late_answers_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def held_by_id(
        connection: AsyncConnection, given: Sequence[answers.Answer]
    ) -> dict[answers.Answer, ChatId]:
        return {one: one.delivery.chat for one in given}

    monkeypatch.setattr(answers, "find_held", held_by_id)
    unshrunk = settings(
        QUICK,
        max_examples=50,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match="a late answer counted"):
        run_state_machine_as_test(OutboxMachine, settings=unshrunk)


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestTheOutboxAtLength(OutboxMachine.TestCase):
    settings = settings(QUICK, max_examples=300, stateful_step_count=50)
