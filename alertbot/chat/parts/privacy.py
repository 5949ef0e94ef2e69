"""What is kept of a chat: said, shown in full, and deleted at once."""

import json
from collections.abc import Mapping
from datetime import datetime

from alertbot.chat.talk import Answer, ChatKind, Command, Desk, Speaker, Tap, Who, say
from alertbot.model import Document, Message
from alertbot.ports import ChatData
from alertbot.words import Words, msgid

FILE = "mydata.json"


class PrivacyPart:
    """Tells what is kept, and ends it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "privacy": Command(handle=self._privacy, menu=msgid("What I keep of this chat")),
            "mydata": Command(handle=self._my_data, menu=msgid("All that is kept of this chat")),
            "stop": Command(
                handle=self._stop,
                menu=msgid("End all alerts and delete your data"),
                who=Who.CHANGES,
                always=True,
            ),
        }
        self.buttons: Mapping[str, Tap] = {}

    async def _privacy(self, speaker: Speaker, _: str) -> Answer:
        return (_policy(speaker, self._desk.offer().alerts_kept.days),)

    async def _my_data(self, speaker: Speaker, _: str) -> Answer:
        kept = await self._desk.book.data_of(speaker.chat)
        return (_shown(speaker.words, kept),)

    async def _stop(self, speaker: Speaker, _: str) -> Answer:
        channels = await self._desk.book.looked_after(speaker.chat)
        await self._desk.book.forget(speaker.chat)
        goodbye = speaker.words(
            "Done: no more alerts, and all I knew of this chat is deleted. "
            "If you want me back, send /start."
        )
        if not channels:
            return (say(goodbye),)
        kept = speaker.words("The channels you looked after still get their alerts.")
        return (say(f"{goodbye}\n{kept}"),)


def _policy(speaker: Speaker, days: int) -> Message:
    words = speaker.words
    kept = words.plural(
        "Of this chat I keep its number at Telegram, its language and settings, what you follow, "
        "and for {n} day which alerts you were sent.",
        "Of this chat I keep its number at Telegram, its language and settings, what you follow, "
        "and for {n} days which alerts you were sent.",
        days,
    )
    rest = words(
        "I keep neither your name nor what you write to me, except rules that you save with "
        "/watch; those that you only try are kept for a day. "
        "Those who run this bot can see what is kept; it is given to nobody else.\n"
        "/mydata shows all of it, /stop deletes it at once."
    )
    if speaker.kind is ChatKind.PRIVATE:
        kept = f"{kept} {words('I also keep which channels you look after.')}"
    return say(f"{kept}\n{rest}")


def _shown(words: Words, kept: ChatData) -> Message:
    if not kept:
        return say(words("Nothing is kept of this chat."))
    watches = [watch for watch in kept.get("watches", ()) if watch["saved"]]
    told = words(
        "This file holds all that is kept of this chat. "
        "Topics followed: {topics}; watches: {watches}; alerts sent or waiting: {alerts}.\n"
        "/stop deletes it at once.",
        topics=len(kept.get("subscriptions", ())) - len(watches),
        watches=len(watches),
        alerts=sum("alert_id" in one for one in kept.get("deliveries", ())),
    )
    file = json.dumps(kept, default=_written, ensure_ascii=False, indent=2)
    said = say(told)
    return Message(
        html=said.html, text=said.text, document=Document(name=FILE, content=file.encode())
    )


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
