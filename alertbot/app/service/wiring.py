"""Opens what the config names, wires the workers, starts them and stops them well."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from random import Random
from typing import TextIO

from alertbot.app.health import complaints
from alertbot.app.service.admins import Admins, Announcer
from alertbot.app.service.edits.reload import Edits, Reloader
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.office import AdminOffice, Broadcaster
from alertbot.app.service.pruning import keep_pruning
from alertbot.app.service.pulse import Pulse, ServiceClock
from alertbot.app.service.pushing import open_orders, pushing
from alertbot.app.service.reader import UpdateReader
from alertbot.app.service.watches import PauseTeller, Watches
from alertbot.app.shortener import open_shortener
from alertbot.app.signals import on_hangup, stop_on_signals
from alertbot.chat import (
    Commands,
    ConsoleChat,
    Desk,
    FormerTopics,
    TelegramChat,
    open_commands,
)
from alertbot.config import Config, load_config
from alertbot.dispatcher import Releaser, Sender
from alertbot.errors import AlertbotError
from alertbot.feeds.pages import HttpPages
from alertbot.feeds.poll import HttpFeeds
from alertbot.model import Feed
from alertbot.scheduler import DroppedLines, Orders, Poller, Scheduler
from alertbot.store import Store, open_store
from alertbot.web import Health, WebServer

#: nobody wakes a sender when another process's poll has made deliveries
OTHERS_MAY_POLL = timedelta(seconds=1)

#: messages on the wire at a time that 1,000 a second take, if each answer takes a tenth of one
PAID_SLOTS = 128

Worker = Callable[[asyncio.Event], Awaitable[None]]


class Role(StrEnum):
    """Which part of the service a process does."""

    ALL = "all"
    POLL = "poll"
    SEND = "send"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where the console chat talks; nobody types when `typed` is None."""

    shown: TextIO
    typed: TextIO | None


class NobodyToTalkTo(AlertbotError):
    """Neither Telegram nor a terminal is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """All that runs, wired and ready."""

    store: Store
    chat: TelegramChat | ConsoleChat
    workers: Sequence[Worker]

    async def run(self, stop: asyncio.Event) -> None:
        """Run every worker until `stop`; if one fails, stop the others well and raise its error."""

        async def until_end(worker: Worker) -> None:
            try:
                await worker(stop)
            finally:
                stop.set()

        ends = await asyncio.gather(*map(until_end, self.workers), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end


@asynccontextmanager
async def open_service(
    config: Config, terminal: Terminal, role: Role = Role.ALL, edits: Edits | None = None
) -> AsyncIterator[Service]:
    """Open the store (migrating it) and wire the workers of `role`.

    edits: how to follow the config; None to keep to what it is now. Raises StoreError.
    """
    clock = ServiceClock()
    async with AsyncExitStack() as opened:
        store = await open_store(*config.store())
        opened.push_async_callback(store.close)
        await clock.correct(store)
        polls = role in (Role.ALL, Role.POLL)
        if polls:
            await store.feeds.register_feeds(config.feeds, clock.now())
        await store.recover(clock.now())
        in_force = InForce(take_snapshot(config))
        watches = Watches(source=store.watches, in_force=in_force)
        office = AdminOffice(store=store, in_force=in_force, clock=clock)
        commands = _commands(office)
        chat = _chat(config, terminal, store, commands)
        opened.push_async_callback(chat.aclose)
        sender = _sender(config, store, chat, in_force, clock)
        orders = await open_orders(config, opened, store, clock) if polls else None
        poller = _poller(config, opened, store, watches, clock, orders)
        scheduler = _scheduler(config, poller, sender)
        speaking = asyncio.Event()
        by_role: dict[Role, Worker] = {
            Role.POLL: scheduler.run,
            Role.SEND: sender.run,
            Role.CHAT: _answering(chat, store, clock, speaking),
        }
        workers = list(by_role.values()) if role is Role.ALL else [by_role[role]]
        if role in (Role.ALL, Role.SEND):
            workers += _filling_queue(store, clock, sender)
        if config.websub and orders:
            workers += pushing(config.websub, orders, poller, store, in_force.feed, sender.wake)
        admins = Admins(offer=in_force.offer, messenger=chat.messenger)
        workers += [
            *_keeping_house(config, store, chat, in_force, clock, role),
            Announcer(store.notices, admins, in_force.feed_names, clock).run,
            PauseTeller(
                watches, chat.messenger, partial(commands.words, spoken=None), speaking
            ).run,
        ]
        if edits:
            reloader = office.reloader = _reloader(
                edits, in_force, store, admins, scheduler if polls else None, speaking
            )
            workers += [reloader.run, reloader.watch]
        yield Service(store=store, chat=chat, workers=workers)


async def run(config: Config, terminal: Terminal, role: Role) -> None:
    """Run the service until SIGTERM, SIGINT or the end of the conversation, following the config.

    Raises NobodyToTalkTo where there is neither a token nor somebody at a terminal.
    """
    if config.token is None and terminal.typed is None:
        raise NobodyToTalkTo(
            "no Telegram token, and no terminal to talk in: set ALERTBOT_TELEGRAM_TOKEN, "
            "or token_file under [telegram] in the config"
        )
    stop = asyncio.Event()
    stop_on_signals(stop)
    edits = Edits(read=partial(load_config, config.path, os.environ))
    with on_hangup(edits.asked.set):
        async with open_service(config, terminal, role, edits) as service:
            await service.run(stop)


def _commands(office: AdminOffice) -> Commands:
    store = office.store
    desk = Desk(
        book=store.chats,
        archive=store.archive,
        watches=store.watches,
        offer=office.in_force.offer,
        clock=office.clock,
    )
    return open_commands(desk, office)


def _poller(
    config: Config,
    opened: AsyncExitStack,
    store: Store,
    watches: Watches,
    clock: ServiceClock,
    orders: Orders | None,
) -> Poller:
    source = HttpFeeds(allow_private=config.allow_private, contact=config.contact, clock=clock)
    pages = HttpPages(allow_private=config.allow_private, contact=config.contact)
    shortener = open_shortener(config)
    for one in (source, pages, shortener):
        if one:
            opened.push_async_callback(one.aclose)
    return Poller(
        source=source,
        store=store.feeds,
        understand=watches.in_force.understand,
        clock=clock,
        pages=pages,
        shortener=shortener,
        topics=watches.in_force.topics,
        prepare=watches.refresh,
        orders=orders,
    )


def _sender(
    config: Config,
    store: Store,
    chat: TelegramChat | ConsoleChat,
    in_force: InForce,
    clock: ServiceClock,
) -> Sender:
    sender = Sender(store.outbox, chat.messenger, in_force.write, clock, in_force.write_digest)
    if store.database.shared:
        sender.longest_rest = OTHERS_MAY_POLL
    if config.paid_broadcast:
        sender.per_second, sender.slots = config.paid_broadcast, PAID_SLOTS
    return sender


def _filling_queue(store: Store, clock: ServiceClock, sender: Sender) -> Sequence[Worker]:
    """Return what puts into the queue what waited for its time, or for its turn."""
    releaser = Releaser(store.holds, clock, sender.wake)
    return releaser.run, Broadcaster(store.broadcasts, clock, sender.wake).run


def _keeping_house(
    config: Config,
    store: Store,
    chat: TelegramChat | ConsoleChat,
    in_force: InForce,
    clock: ServiceClock,
    role: Role,
) -> Sequence[Worker]:
    """Return what every process does, whatever its role."""
    pulse = Pulse(store=store, clock=clock, role=role, silence=chat.silence)
    workers: list[Worker] = [pulse.run, partial(keep_pruning, store, in_force, clock)]
    if config.web_listen:
        health = partial(_health, store, clock, in_force.dropped)
        workers.append(WebServer(*config.web_listen, health).run)
    return workers


def _scheduler(config: Config, poller: Poller, sender: Sender) -> Scheduler:
    jitter = Random()  # noqa: S311 (spreads polls, guards nothing)
    return Scheduler(config.feeds, poller, on_deliveries=sender.wake, random=jitter)


def _reloader(
    edits: Edits,
    in_force: InForce,
    store: Store,
    admins: Admins,
    scheduler: Scheduler | None,
    speaking: asyncio.Event,
) -> Reloader:
    return Reloader(
        edits=edits,
        in_force=in_force,
        use_feeds=scheduler.use if scheduler else _poll_nothing,
        former=FormerTopics(store.chats, in_force.offer),
        admins=admins,
        speaking=speaking,
    )


async def _poll_nothing(_: Sequence[Feed]) -> None:
    """Leave the feeds to the processes that poll them."""


def _answering(
    chat: TelegramChat | ConsoleChat,
    store: Store,
    clock: ServiceClock,
    speaking: asyncio.Event,
) -> Worker:
    """Return what answers the chats, while that is this process's to do."""
    if isinstance(chat, TelegramChat):
        return UpdateReader(chat=chat.run, store=store, clock=clock, ours=speaking).run
    speaking.set()
    return chat.run


def _chat(
    config: Config, terminal: Terminal, store: Store, commands: Commands
) -> TelegramChat | ConsoleChat:
    if config.token:
        return TelegramChat(
            config.token.reveal(),
            config.telegram_base_url,
            commands,
            store.chats,
            paid_broadcast=config.paid_broadcast is not None,
        )
    return ConsoleChat(commands, terminal.shown, terminal.typed)


async def _health(store: Store, clock: ServiceClock, dropped: DroppedLines) -> Health:
    now = clock.now()
    status, ledger = await store.status.status(), await store.status.ledger(now)
    return Health(
        status=status,
        ledger=ledger,
        at=now,
        complaints=complaints(status, ledger, now),
        dropped_lines=dropped.count,
    )
