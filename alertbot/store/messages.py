"""Messages as rows: what an alert says to those who follow certain of its topics, written once.

Every chat of a language, every try and every process sends the same.
"""

from collections.abc import Collection
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, Button, Message
from alertbot.store.tables import messages, upsert

BUTTONS = TypeAdapter(tuple[tuple[Button, ...], ...])

#: an alert, those of its topics that a chat follows, sorted: "a,b", and the chat's language
Key = tuple[AlertId, str, str]


async def load_messages(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, Message]:
    """Return those of the messages that have been written."""
    key = tuple_(messages.c.alert_id, messages.c.topics, messages.c.language)
    rows = await connection.execute(select(messages).where(key.in_(list(keys))))
    return {(AlertId(row.alert_id), row.topics, row.language): _message(row) for row in rows}


async def keep_message(connection: AsyncConnection, key: Key, message: Message) -> Message:
    """Store a message unless there is one by now; return the one that counts."""
    alert, topics, language = key
    statement = (
        upsert(connection, messages)
        .values(
            alert_id=alert,
            topics=topics,
            language=language,
            html=message.html,
            text=message.text,
            buttons=BUTTONS.dump_json(message.buttons).decode(),
        )
        .on_conflict_do_nothing()
    )
    await connection.execute(statement)
    return (await load_messages(connection, [key]))[key]


def _message(row: Row[Any]) -> Message:
    return Message(html=row.html, text=row.text, buttons=BUTTONS.validate_json(row.buttons))
