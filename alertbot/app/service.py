"""The running service: opens what the config names, starts the workers, stops them well."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from random import Random
from typing import TextIO

from alertbot.app.health import complaints
from alertbot.chat import CONSOLE, Commands, ConsoleChat, Offer, TelegramChat, TopicList
from alertbot.classifier import compile_topics
from alertbot.config import Config
from alertbot.dispatcher import Renderer, Sender
from alertbot.errors import AlertbotError, StoreError
from alertbot.feeds import HttpFeeds
from alertbot.model import ChatId, Message
from alertbot.ports import Delivery
from alertbot.scheduler import Poller, Scheduler, understand
from alertbot.store import Store, open_store
from alertbot.web import Health, WebServer

HEARTBEAT = timedelta(seconds=30)

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


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


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
    config: Config, terminal: Terminal, role: Role = Role.ALL
) -> AsyncIterator[Service]:
    """Open the store (migrating it) and wire the workers of `role`.

    Raises StoreError.
    """
    clock = SystemClock()
    async with AsyncExitStack() as opened:
        store = await open_store(config.store_url)
        opened.push_async_callback(store.close)
        await store.feeds.register_feeds(config.feeds, clock.now())
        await store.feeds.recover(clock.now())
        await store.outbox.recover(clock.now(), everything=True)
        source = HttpFeeds(allow_private=config.allow_private, contact=config.contact, clock=clock)
        opened.push_async_callback(source.aclose)
        renderer = Renderer(
            {topic.id: topic.name for topic in config.topics},
            {feed.id: feed.name for feed in config.feeds},
        )
        chat = _chat(config, terminal, store, renderer, clock)
        opened.push_async_callback(chat.aclose)
        sender = Sender(store.outbox, chat.messenger, partial(_write, renderer), clock)
        scheduler = _scheduler(config, store, source, clock, sender)
        by_role: dict[Role, Worker] = {
            Role.POLL: scheduler.run,
            Role.SEND: sender.run,
            Role.CHAT: chat.run,
        }
        workers = list(by_role.values()) if role is Role.ALL else [by_role[role]]
        workers.append(partial(_beat, store, clock))
        if config.web_listen:
            workers.append(WebServer(*config.web_listen, partial(_health, store, clock)).run)
        yield Service(store=store, chat=chat, workers=workers)


def _scheduler(
    config: Config, store: Store, source: HttpFeeds, clock: SystemClock, sender: Sender
) -> Scheduler:
    classifier = compile_topics(config.topics, config.terms)
    poller = Poller(
        source=source,
        store=store.feeds,
        understand=partial(understand, classifier=classifier),
        clock=clock,
    )
    jitter = Random()  # noqa: S311 (spreads polls, guards nothing)
    return Scheduler(config.feeds, poller, on_deliveries=sender.wake, random=jitter)


async def run(config: Config, terminal: Terminal, role: Role) -> None:
    """Run the service until SIGTERM, SIGINT or the end of the conversation.

    Raises NobodyToTalkTo where there is neither a token nor somebody at a terminal.
    """
    if config.token is None and terminal.typed is None:
        raise NobodyToTalkTo(
            "no Telegram token, and no terminal to talk in: set ALERTBOT_TELEGRAM_TOKEN, "
            "or token_file under [telegram] in the config"
        )
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_service(config, terminal, role) as service:
        await service.run(stop)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and SIGINT ask for a stop instead of killing what is under way."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _chat(
    config: Config, terminal: Terminal, store: Store, renderer: Renderer, clock: SystemClock
) -> TelegramChat | ConsoleChat:
    offer = Offer(
        topics=TopicList(config.topics),
        former_names={},
        show=renderer.message,
        max_subscriptions=config.max_subscriptions,
        admins=frozenset(map(ChatId, config.admins)) if config.token else frozenset({CONSOLE}),
    )
    commands = Commands(store.chats, lambda: offer, clock)
    if config.token:
        return TelegramChat(config.token.reveal(), config.telegram_base_url, commands, store.chats)
    return ConsoleChat(commands, terminal.shown, terminal.typed)


def _write(renderer: Renderer, delivery: Delivery) -> Message:
    return renderer.message(delivery.alert, delivery.topics, maybe_repeat=delivery.maybe_repeat)


async def _beat(store: Store, clock: SystemClock, stop: asyncio.Event) -> None:
    """Leave a sign of life for `alertbot status`; a store in trouble is the workers' to report."""
    while not stop.is_set():
        with suppress(StoreError):
            await store.status.alive(clock.now())
        try:
            await asyncio.wait_for(stop.wait(), HEARTBEAT.total_seconds())
        except TimeoutError:
            continue


async def _health(store: Store, clock: SystemClock) -> Health:
    status = await store.status.status()
    return Health(status=status, complaints=complaints(status, clock.now()))
