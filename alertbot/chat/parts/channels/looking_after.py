"""Looks after channels, from the private chats of their admins.

Nobody speaks to us in a channel itself. All that is typed or tapped for one goes to the parts that
do the same for any chat, in the name of the channel and with its name at the head. Callback data is
`k<number>:<data>`: the person's number of the channel, then that of the other part, or `home`,
`do:<command>`, `clock`, `leave`, `leave:stay`, `leave:end`. Who may do it is asked at each tap.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from alertbot.chat.parts.channels import texts
from alertbot.chat.parts.channels.naming import read_channel
from alertbot.chat.parts.times.places import city_of
from alertbot.chat.talk import (
    Answer,
    ChatKind,
    Command,
    Desk,
    Part,
    Pressed,
    Speaker,
    Standing,
    Tap,
    bold,
    clip,
    common,
    say,
)
from alertbot.model import ChatId, Message
from alertbot.ports import Channel, Settings
from alertbot.words import msgid

#: channels that one person looks after
MOST = 20
_PRESS = re.compile(r"k(?P<number>[0-9]{1,6}):(?P<data>.+)", re.ASCII | re.DOTALL)


class ChannelsPart:
    """Has channels follow topics."""

    def __init__(self, desk: Desk, parts: Sequence[Part]) -> None:
        """Do for channels what the parts do, as far as `texts.LABELS` goes."""
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "channel": Command(handle=self._channel, menu=msgid("Look after a channel")),
            "channels": Command(handle=self._channels, menu=msgid("The channels you look after")),
        }
        self.buttons: Mapping[str, Tap] = {"k": Tap(handle=self._press)}
        self._does = {
            name: command.handle
            for part in parts
            for name, command in part.commands.items()
            if name in texts.LABELS
        }
        self._taps = {prefix: tap.handle for part in parts for prefix, tap in part.buttons.items()}

    async def _channel(self, speaker: Speaker, said: str) -> Answer:
        words, members = speaker.words, speaker.members
        if speaker.kind is not ChatKind.PRIVATE or members is None:
            return (say(words(texts.NOT_HERE)),)
        if not said:
            return (texts.usage(words),)
        name = read_channel(said)
        place = await members.find(name) if name else None
        if place is None:
            return (say(words(texts.UNKNOWN_CHANNEL)),)
        if not place.is_channel:
            return (say(words(texts.A_GROUP, place=bold(place.title))),)
        if refusal := await _refusal(speaker, place.chat):
            return (texts.about(words, refusal, place.title),)
        known = await self._desk.book.looked_after(speaker.chat)
        if len(known) >= MOST and all(one.chat != place.chat for one in known):
            return (say(words(texts.TOO_MANY, n=MOST)),)
        channel = await self._look_after(speaker, place.chat, place.title)
        return (await self._told_to(speaker, channel, "topics"),)

    async def _channels(self, speaker: Speaker, _: str) -> Answer:
        if speaker.kind is not ChatKind.PRIVATE or speaker.members is None:
            return (say(speaker.words(texts.NOT_HERE)),)
        return (await self._listing(speaker),)

    async def _listing(self, speaker: Speaker) -> Message:
        known = await self._desk.book.looked_after(speaker.chat)
        return texts.listing(speaker.words, known)

    async def _look_after(self, speaker: Speaker, chat: ChatId, title: str) -> Channel:
        """Take note of it; what has no clock or language of its own gets the person's."""
        book, now = self._desk.book, self._desk.clock.now()
        channel = await book.look_after(speaker.chat, chat, title, now)
        own = await book.settings(speaker.chat)
        if await book.settings(chat) == Settings():
            await book.change_settings(chat, lambda _: Settings(timezone=own.timezone), now)
        if not (await book.language(chat)).chosen:
            await book.choose_language(chat, speaker.words.language, now)
        return channel

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if found is None or speaker.kind is not ChatKind.PRIVATE:
            return None
        known = await self._desk.book.looked_after(speaker.chat)
        number = int(found["number"])
        channel = next((one for one in known if one.number == number), None)
        if channel is None:
            listing = texts.listing(speaker.words, known)
            return Pressed(notice=speaker.words(common.OUTDATED), message=listing)
        return await self._for(speaker, channel, found["data"])

    async def _for(self, speaker: Speaker, channel: Channel, data: str) -> Pressed | None:
        """Do what a button asks for a channel."""
        if data == "leave":
            return Pressed(message=texts.leaving(speaker.words, channel))
        if data == "leave:stay":  # always possible, whoever is an admin of it by now
            await self._desk.book.let_go(speaker.chat, channel.chat)
            return await self._left(speaker, channel, texts.LET_GO)
        if refusal := await _refusal(speaker, channel.chat):
            told = texts.about(speaker.words, refusal, channel.title)
            return Pressed(notice=told.text, popup=True)
        await self._desk.heard(_in_name_of(channel, speaker))
        if data == "leave:end":
            await self._desk.book.forget(channel.chat)
            return await self._left(speaker, channel, texts.ENDED)
        if data == "clock":
            return await self._take_clock(speaker, channel)
        if data == "home":
            return Pressed(message=await self._home(speaker, channel))
        does, _, command = data.partition(":")
        if does == "do" and command in self._does:
            return Pressed(message=await self._told_to(speaker, channel, command))
        return await self._tapped(speaker, channel, data)

    async def _left(self, speaker: Speaker, channel: Channel, told: str) -> Pressed:
        notice = texts.about(speaker.words, told, channel.title).text
        return Pressed(notice=notice, message=await self._listing(speaker))

    async def _home(self, speaker: Speaker, channel: Channel) -> Message:
        own = await self._desk.book.settings(speaker.chat)
        return texts.home(speaker.words, channel, city_of(own.timezone))

    async def _take_clock(self, speaker: Speaker, channel: Channel) -> Pressed:
        book = self._desk.book
        zone = (await book.settings(speaker.chat)).timezone
        await book.change_settings(
            channel.chat, lambda own: replace(own, timezone=zone), self._desk.clock.now()
        )
        notice = speaker.words("It goes by the clock in {city} now.", city=city_of(zone))
        return Pressed(notice=notice, message=await self._home(speaker, channel))

    async def _told_to(self, speaker: Speaker, channel: Channel, command: str) -> Message:
        answer = await self._does[command](_in_name_of(channel, speaker), "")
        return texts.headed(speaker.words, channel, answer[0])

    async def _tapped(self, speaker: Speaker, channel: Channel, data: str) -> Pressed | None:
        tap = self._taps.get(data.partition(":")[0])
        pressed = await tap(_in_name_of(channel, speaker), data) if tap else None
        if pressed is None:
            return None
        title = clip(channel.title, 30)
        return replace(
            pressed,
            notice=f"{title}: {pressed.notice}" if pressed.notice else "",
            message=pressed.message and texts.headed(speaker.words, channel, pressed.message),
        )


def _in_name_of(channel: Channel, speaker: Speaker) -> Speaker:
    """Return the person as one who speaks for the channel, still in the person's language."""
    return replace(
        speaker,
        chat=channel.chat,
        kind=ChatKind.CHANNEL,
        forum=False,
        thread=None,
        spoken=None,
    )


async def _refusal(speaker: Speaker, channel: ChatId) -> str:
    """Return why the person may do nothing for the channel, as a msgid; "" if they may."""
    if speaker.members is None or speaker.user is None:
        return texts.NOBODY_KNOWS
    ours = await speaker.members.our_standing(channel)
    theirs = Standing.UNKNOWN
    if ours is Standing.ADMIN:
        theirs = await speaker.members.standing(channel, speaker.user)
    elif ours is Standing.OTHER:
        return texts.WE_MAY_NOT
    if theirs is Standing.ADMIN:
        return ""
    return texts.YOU_MAY_NOT if theirs is Standing.OTHER else texts.NOBODY_KNOWS
