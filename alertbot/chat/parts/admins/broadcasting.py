"""Tells all chats something, by a preview and a tap; callback data is `broadcast:<step>:<number>`.

The draft is kept, so that the button works after a restart, and works once.
"""

import re
from collections.abc import Mapping

from alertbot.chat.parts.admins.office import Office, act_of, log_act
from alertbot.chat.talk import (
    Answer,
    Command,
    Desk,
    Pressed,
    Speaker,
    Tap,
    Who,
    clip,
    plain,
    say,
    units,
)
from alertbot.model import Button, Message
from alertbot.ports import BroadcastId, Stage

#: UTF-16 units; the rest of Telegram's 4,096 is for a mark that it may come twice
LONGEST = 3_800
#: characters of it in the log of acts
NOTED = 60
NOBODY = "Nobody would receive it, as no chat can be reached now; nothing is sent."
_PRESS = re.compile(r"broadcast:(?P<step>send|cancel):(?P<number>[0-9]{1,15})", re.ASCII)
OVER = {
    Stage.UNDER_WAY: "It is on its way already; nothing more is sent.",
    Stage.MADE: "It has been sent already; nothing more is sent.",
    Stage.CANCELLED: "It was cancelled, so it is not sent.",
}


class Broadcasting:
    """Sends what an admin writes to every chat that can be reached."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office
        self.commands: Mapping[str, Command] = {
            "broadcast": Command(handle=self._draft, menu="Tell all chats", who=Who.ADMINS)
        }
        self.buttons: Mapping[str, Tap] = {"broadcast": Tap(handle=self._press, who=Who.ADMINS)}

    async def _draft(self, speaker: Speaker, said: str) -> Answer:
        if not said:
            hint = "/broadcast This bot rests on Sunday from 6 to 7 UTC."
            return (say(f"Write behind it what to tell all chats:\n<code>{hint}</code>"),)
        if (length := units(said)) > LONGEST:
            too_long = f"That is too long: {length:,} characters, and {LONGEST:,} can be sent."
            return (say(too_long),)
        reachable = await self._office.broadcasts.reachable()
        if not reachable:
            return (say(NOBODY),)
        message = plain(said)
        act = act_of(self._desk, speaker, "draft", f"broadcast: {clip(said, NOTED)}")
        number = await self._office.broadcasts.draft(message, act)
        log_act(act)
        chats = _chats(reachable)
        buttons = (
            (Button(label=f"Send to {chats}", data=f"broadcast:send:{number}"),),
            (Button(label="Cancel", data=f"broadcast:cancel:{number}"),),
        )
        question = (
            f"So it will look. {chats} can be reached. Alerts go first, and a chat in its quiet "
            "hours gets it when they end."
        )
        return message, say(question, buttons)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        draft = None
        if found:
            draft = await self._office.broadcasts.find(BroadcastId(int(found["number"])))
        if found is None or draft is None:
            return None
        sends = found["step"] == "send" and draft.stage is Stage.DRAFT
        if sends and not await self._office.broadcasts.reachable():
            return Pressed(notice=NOBODY)
        done = await self._decide(speaker, found["step"], draft.id, draft.message)
        if done is None:
            now = await self._office.broadcasts.find(draft.id)
            done = OVER.get(now.stage, "") if now else ""
        return Pressed(notice=done, message=say(done)) if done else None

    async def _decide(
        self, speaker: Speaker, step: str, number: BroadcastId, message: Message
    ) -> str | None:
        """Send or cancel a draft, and say so; None if it is none any more."""
        act = act_of(self._desk, speaker, step, f"broadcast: {clip(message.text, NOTED)}")
        if step == "cancel":
            done = await self._office.broadcasts.cancel(number, act)
            said = "Cancelled; nothing is sent."
        else:
            done = await self._office.broadcasts.approve(number, act)
            chats = _chats(await self._office.broadcasts.reachable())
            said = f"On its way to {chats}; /admin shows how far it is."
        if not done:
            return None
        log_act(act)
        return said


def _chats(number: int) -> str:
    return f"{number:,} chat{'' if number == 1 else 's'}"
