"""The whole conversation on a stage: bot, store, sender and digests, in a time of their own.

Only Telegram's servers are played, by `fakes.bot_api`; people type and tap, briefs are published,
and the hours go by. What comes of it is written into a transcript.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alertbot.app.service.edits.reload import Reloader
from alertbot.app.service.edits.snapshot import InForce
from alertbot.app.service.watches import Watches
from alertbot.chat import Commands
from alertbot.demo import CONFIG as DEMO
from alertbot.dispatcher import Releaser, Sender
from alertbot.model import Entry, FeedId
from alertbot.ports import PolledFeed, ServiceProcess
from alertbot.store import Store
from fakes.bot_api import FakeBotApi, Posted
from fakes.clock import HeldClock
from journeys.transcript import Changed, Heading, Noticed, Offered, Said, Shown, Tapped, Transcript

#: a Tuesday, a little before the demo's third brief comes out
START = datetime(2024, 1, 23, 19, 58, tzinfo=UTC)
#: between the publication of a brief and the poll that finds it
READ = timedelta(minutes=2)
FEED = FeedId("meridian")
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
BRIEFS: dict[str, dict[str, Any]] = {
    item["id"].rstrip("/").rpartition("/")[2]: item
    for item in json.loads((DEMO.parent / "briefs.json").read_text("utf-8"))["items"]
}
ADA, BEN, CHIEF = 42, 43, 99
GROUP, NEWS = -1_001_234_567_890, -1_009_876_543_210
#: a thread of the group, which is a forum
MISSILES = 5
PLACES = {
    (GROUP, None): "in the group",
    (GROUP, MISSILES): "in the group's thread Missiles",
    (NEWS, None): "in the channel",
}
TOKEN = "ALERTBOT_TELEGRAM_TOKEN"


@dataclass
class Stage:
    """What a journey does, and where it is written down."""

    telegram: FakeBotApi
    store: Store
    commands: Commands
    in_force: InForce
    watches: Watches
    reloader: Reloader
    config: Path
    clock: HeldClock
    sender: Sender
    releaser: Releaser
    transcript: Transcript
    names: dict[int, str] = field(
        default_factory=lambda: {ADA: "Ada", BEN: "Ben", CHIEF: "An admin"}
    )
    _seen: dict[str, int] = field(default_factory=dict)

    async def says(
        self,
        text: str,
        chat: int = ADA,
        *,
        who: int | None = None,
        thread: int | None = None,
        **more: object,
    ) -> None:
        """Let somebody type, and wait for all that follows; who, thread: in a group."""
        said = text or "(a place on the map)"
        where = PLACES.get((chat, thread), "")
        self.transcript.add(Said(who=self.names[who or chat], text=said, where=where))
        self.telegram.user_sends(chat, text, who=who, thread=thread, **more)
        await self.settle()

    async def taps(self, label: str, chat: int = ADA, *, who: int | None = None) -> None:
        """Let somebody tap the newest button of this label, and wait for all that follows."""
        message = self._newest_with(label, chat)
        found = next(name for name in message.labels if _is(name, label))
        data = message.data_of(found)
        self.transcript.add(
            Tapped(who=self.names[who or chat], label=found, data=data, message=message.message_id)
        )
        self.telegram.user_taps(message, data=data, who=who)
        await self.settle()

    async def looks_for(self, query: str, chat: int = ADA) -> None:
        """Let somebody type behind the bot's name in another chat."""
        typed = f"@FlashBriefBot {query}"
        self.transcript.add(Said(who=self.names[chat], text=typed, where="in another chat"))
        self.telegram.user_looks_for(chat, query)
        await self.settle()

    async def publish(self, *briefs: str) -> None:
        """Let the feed bring these briefs of the demo, in their time, understood by the rules."""
        entries = [_entry(BRIEFS[name]) for name in briefs]
        now = max(self.clock.now(), *(entry.published + READ for entry in entries))
        await self._live_until(now)
        await self.watches.refresh()
        [due] = await self.store.feeds.claim_feeds(now, 1, timedelta(minutes=1))
        polled = PolledFeed(
            feed=FEED,
            token=due.token,
            next_poll_at=now,
            alerts=tuple(map(self.in_force.understand, entries)),
            topics=self.in_force.topics(),
        )
        titles = "; ".join(f"“{entry.title}”" for entry in entries)
        self.transcript.add(Heading(text=f"{_shown(now)}, published: {titles}"))
        await self.store.feeds.save_poll(polled, now)
        await self.settle()

    async def edit(self, what: str, old: str, new: str) -> None:
        """Let whoever runs the bot edit the config, which is read when somebody asks for it."""
        self.transcript.add(Heading(text=what))
        text = self.config.read_text("utf-8")
        assert text.count(old) == 1
        self.config.write_text(text.replace(old, new), "utf-8")

    async def drop(self, topic: str) -> None:
        """Let a topic leave the config, which the service follows."""
        table = re.search(
            rf'\[\[topics\]\]\nid = "{topic}"\n(?:.+\n)+', self.config.read_text("utf-8")
        )
        assert table
        await self.edit(f"the config no longer has {topic}", table[0], "")
        await self.reloader.reload()
        await self.settle()

    async def wait_until(self, when: datetime) -> None:
        """Let the time go by, with whatever becomes due on the way."""
        self.transcript.add(Heading(text=_shown(when)))
        await self._live_until(when)

    async def _live_until(self, when: datetime) -> None:
        while (ends := await self.store.holds.next_release()) and ends <= when:
            self.clock.time = max(ends, self.clock.time)
            await self.settle()
        self.clock.time = when
        await self.leave_sign_of_life()
        await self.settle()

    async def leave_sign_of_life(self) -> None:
        """Let the service be seen at work, as its own pulse would."""
        now = self.clock.now()
        here = ServiceProcess(
            id="stage", host="stage", pid=1, role="all", started_at=START, alive_at=now
        )
        await self.store.status.alive(now)
        await self.store.processes.alive(here)
        await self.store.status.telegram_answered(now)

    async def settle(self) -> None:
        """Wait until nothing moves, moving the clock on by what messages have to wait for."""
        await self.telegram.settled()
        await self.releaser.release()
        while await self._something_to_send():
            await self._sent()
        self._write_down()

    async def _something_to_send(self) -> bool:
        """Look for what is due next, which moves the clock on, or make a handful of a broadcast."""
        due = await self.store.outbox.next_due(self.clock.now())
        if due is not None:
            self.clock.time = max(due, self.clock.time)
            return True
        return await self.store.broadcasts.go_on(self.clock.now()) is not None

    async def _sent(self) -> None:
        async with asyncio.timeout(30):
            while await self._under_way():
                self.sender.wake()
                await asyncio.sleep(0)

    async def _under_way(self) -> bool:
        # in this order: what is claimed in between is found as being sent
        due = await self.store.outbox.next_due(self.clock.now())
        if due is not None and due <= self.clock.now():
            return True
        return bool((await self.store.status.status()).deliveries.get("sending", 0))

    def _write_down(self) -> None:
        """Add what is new: what was shown for a moment, what changed, what was posted."""
        fake, note = self.telegram, self.transcript.add
        popups = set(self._new("popups", fake.popups))
        for notice in self._new("notices", fake.notices):
            if notice:
                note(Noticed(text=notice, popup=notice in popups))
        for offered in self._new("offered", fake.offered):
            note(Offered(articles=offered.articles))
        for changed in self._new("edits", fake.edits):
            note(Changed(message=changed))
        for posted in self._new("ledger", fake.ledger):
            note(Shown(message=posted, where=PLACES.get((posted.chat, posted.thread), "")))

    def _new(self, what: str, so_far: list[Any]) -> list[Any]:
        seen = self._seen.get(what, 0)
        self._seen[what] = len(so_far)
        return so_far[seen:]

    def _newest_with(self, label: str, chat: int) -> Posted:
        newest_first = {
            posted.message_id: self.telegram.shown(posted)
            for posted in reversed(self.telegram.ledger)
            if posted.chat == chat
        }
        for message in newest_first.values():
            if any(_is(name, label) for name in message.labels):
                return message
        labels = [message.labels for message in newest_first.values()]
        raise AssertionError(f"no button {label!r}, only {labels}")


Journey = Callable[[Stage], Any]


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        feed=FEED,
        key=item["id"],
        title=item["title"],
        link=item["url"],
        published=datetime.fromisoformat(item["date_published"]).astimezone(UTC),
        content=item["content_html"],
        is_html=True,
        tags=tuple(item["tags"]),
        authors=tuple(author["name"] for author in item["authors"]),
    )


def _is(label: str, wanted: str) -> bool:
    return label.removeprefix("✓ ") == wanted


def _shown(when: datetime) -> str:
    utc = when.astimezone(UTC)
    return f"{utc:%A, %B} {utc.day}, {utc:%H:%M} UTC"
