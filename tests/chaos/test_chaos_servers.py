"""The Bot API of chaos goes wrong as told, and writes down what it did."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.parts.ledger_server import Faults, LedgerServer

PROMPT = (0.0, 0.0)
GROUP, OTHER_GROUP, ANNA = -1, -2, 1


class Bot:
    """Somebody who sends to the server."""

    def __init__(self, server: LedgerServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self._session = session

    async def call(self, method: str, **form: Any) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self.server.port}/bot1:token/{method}"
        async with self._session.post(url, data=form) as answer:
            return answer.status, await answer.json(content_type=None) if answer.ok else {}

    async def send(self, chat: int) -> int:
        return (await self.call("sendMessage", chat_id=chat, text="Brief"))[0]

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        lines = map(json.loads, self.server.ledger.read_text().splitlines())
        return [line for line in lines if line["kind"] == kind]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    server = LedgerServer(tmp_path / "ledger.jsonl", seed=1)
    server.faults = Faults(before=PROMPT, after=PROMPT)
    await server.start()
    async with aiohttp.ClientSession() as session:
        yield Bot(server, session)
    await server.close()


async def test_what_is_accepted_is_in_the_ledger_as_people_read_it(bot: Bot) -> None:
    form = {"text": "<b>R&amp;D</b>\n\n2 &lt; 3", "parse_mode": "HTML"}
    status, answer = await bot.call(
        "sendMessage", chat_id=ANNA, disable_notification="true", **form
    )

    [message] = bot.ledger("message")
    assert (status, answer["result"]["message_id"]) == (200, message["message_id"])
    assert (message["chat"], message["text"]) == (ANNA, "R&D\n\n2 < 3")
    assert message["silent"]


@pytest.mark.parametrize(
    ("chat", "others"), [(GROUP, {GROUP: 429, OTHER_GROUP: 200, ANNA: 200}), (ANNA, {GROUP: 429})]
)
async def test_a_pause_holds_for_the_group_or_for_everyone(
    bot: Bot, chat: int, others: dict[int, int]
) -> None:
    bot.server.faults = Faults(before=PROMPT, throttle_group=1.0, throttle_all=1.0)
    assert await bot.send(chat) == 429
    bot.server.faults = Faults(before=PROMPT, after=PROMPT)

    assert {other: await bot.send(other) for other in others} == others
    [pause] = bot.ledger("pause")
    assert pause["chat"] == (GROUP if chat == GROUP else None)


async def test_of_the_server_errors_about_half_hide_a_message(bot: Bot) -> None:
    bot.server.faults = Faults(before=PROMPT, server_error=1.0)

    statuses = {await bot.send(ANNA) for _ in range(40)}

    assert statuses <= {500, 502, 503, 504}
    assert 10 < len(bot.ledger("message")) == bot.server.unanswered < 30


@pytest.mark.parametrize(("fault", "accepted"), [("lost_answer", 1), ("reset", 0)])
async def test_an_answer_gets_lost_after_the_message_was_accepted_or_before(
    bot: Bot, fault: str, accepted: int
) -> None:
    bot.server.faults = Faults(before=PROMPT, hang=0.0, **{fault: 1.0})

    with pytest.raises(aiohttp.ClientError):
        await bot.send(ANNA)

    assert len(bot.ledger("message")) == bot.server.unanswered == accepted


async def test_of_two_readers_of_updates_one_is_refused(bot: Bot) -> None:
    readers = [asyncio.create_task(bot.call("getUpdates")) for _ in range(2)]

    [refused], [reading] = await asyncio.wait(readers, return_when=asyncio.FIRST_COMPLETED)

    assert (await refused)[0] == 409
    reading.cancel()
