"""One client of the Bot API in a process of its own, as fast as it can, for bench/deliver.py.

    python bench/deliver_clients.py CLIENT ORIGIN [--in-flight 128] [--seconds 8]

Prints JSON: messages a second after a second of warming up, and milliseconds of CPU for each.
Every client sends the same formatted text with a link button.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

TOKEN = "123456789:FAKE_bot_api_token_for_benchmarks_00"
HTML = "<b>Houthis fire at ship</b>\n\n" + "Two missiles &amp; a drone missed their mark. " * 8
LINK = ("Read the brief", "https://www.example.org/brief")
WARM_UP = 1.0
TIMEOUT = 30.0

#: sends one message to a chat
Send = Callable[[int], Awaitable[object]]
#: and closes its connections
Client = tuple[Send, Callable[[], Awaitable[object]]]


def raw_aiohttp(origin: str, in_flight: int) -> Client:
    import aiohttp

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight))
    keyboard = json.dumps({"inline_keyboard": [[{"text": LINK[0], "url": LINK[1]}]]})
    form = {"text": HTML, "parse_mode": "HTML", "reply_markup": keyboard}

    async def send(chat: int) -> None:
        url = f"{origin}/bot{TOKEN}/sendMessage"
        async with session.post(url, data={"chat_id": str(chat), **form}) as answer:
            assert (await answer.json())["ok"]

    return send, session.close


def aiogram(origin: str, in_flight: int) -> Client:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    api = TelegramAPIServer.from_base(origin)
    bot = Bot(TOKEN, session=AiohttpSession(api=api, limit=in_flight))

    async def send(chat: int) -> None:
        rows = [[InlineKeyboardButton(text=LINK[0], url=LINK[1])]]
        markup = InlineKeyboardMarkup(inline_keyboard=rows)
        await bot.send_message(chat, HTML, parse_mode="HTML", reply_markup=markup)

    return send, bot.session.close


def ptb(origin: str, in_flight: int) -> Client:
    from telegram.request import HTTPXRequest

    waits = dict.fromkeys(
        ("read_timeout", "write_timeout", "connect_timeout", "pool_timeout"), TIMEOUT
    )
    return _through_ptb(origin, HTTPXRequest(in_flight, **waits))


def ptb_with_ours(origin: str, in_flight: int) -> Client:
    from alertbot.chat.wire.request import Answers

    wait = timedelta(seconds=TIMEOUT)
    return _through_ptb(origin, Answers(f"{origin}/bot", answer=wait, connect=wait))


def _through_ptb(origin: str, request: object) -> Client:
    from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

    bot = Bot(TOKEN, base_url=f"{origin}/bot", request=request)

    async def send(chat: int) -> None:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton(LINK[0], url=LINK[1])]])
        await bot.send_message(chat, HTML, parse_mode="HTML", reply_markup=markup)

    return send, request.shutdown


def messenger(origin: str, in_flight: int) -> Client:
    from telegram import Bot

    from alertbot.chat.wire.messenger import TelegramMessenger
    from alertbot.chat.wire.request import Answers
    from alertbot.model import Button, Message
    from alertbot.ports import Sent

    wait = timedelta(seconds=TIMEOUT)
    request = Answers(f"{origin}/bot", answer=wait, connect=wait)
    bot = Bot(TOKEN, base_url=f"{origin}/bot", request=request)
    ours = TelegramMessenger(bot, paid_broadcast=True)
    buttons = ((Button(label=LINK[0], url=LINK[1]),),)
    message = Message(html=HTML, text="Houthis fire at ship", buttons=buttons)

    async def send(chat: int) -> None:
        assert isinstance(await ours.send(chat, message), Sent)

    return send, request.shutdown


CLIENTS = {
    "raw aiohttp": raw_aiohttp,
    "aiogram": aiogram,
    "PTB": ptb,
    "PTB, our requests": ptb_with_ours,
    "alertbot's messenger": messenger,
}


async def measure(client: str, origin: str, in_flight: int, seconds: float) -> dict[str, float]:
    send, close = CLIENTS[client](origin, in_flight)
    sent = 0
    ended = False

    async def work(chat: int) -> None:
        nonlocal sent
        while not ended:
            await send(chat)
            sent += 1

    workers = [asyncio.create_task(work(chat)) for chat in range(1, in_flight + 1)]
    await asyncio.sleep(WARM_UP)
    before, begin, cpu = sent, time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    done, took, used = sent - before, time.perf_counter() - begin, time.process_time() - cpu
    ended = True
    await asyncio.gather(*workers)
    await close()
    return {"rate": done / took, "cpu_ms": 1000 * used / max(done, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("origin")
    parser.add_argument("--in-flight", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=8.0)
    told = parser.parse_args()
    print(json.dumps(asyncio.run(measure(told.client, told.origin, told.in_flight, told.seconds))))


if __name__ == "__main__":
    main()
