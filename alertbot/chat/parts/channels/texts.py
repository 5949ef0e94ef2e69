"""What is said of channels and of looking after them."""

from collections.abc import Sequence
from dataclasses import replace

from alertbot.chat.talk import Buttons, bold, clip, plain, say
from alertbot.model import Button, Message
from alertbot.ports import Channel
from alertbot.words import Words, msgid

NOT_HERE = msgid("Channels are looked after from a private chat with me on Telegram.")
UNKNOWN_CHANNEL = msgid(
    "I see no such channel. Make me an admin there with the right to post, then send me its @name, "
    "or forward a post of it to me."
)
A_GROUP = msgid("{place} is a group. Add me to it and send /topics there.")
TOO_MANY = msgid("You look after {n} channels, and that is the limit. Let one go first: /channels")
LET_GO = msgid("You no longer look after {channel}; its alerts go on.")
ENDED = msgid("No more alerts come to {channel}.")
#: why nothing may be done; pop-ups of at most 200 characters
WE_MAY_NOT = msgid(
    "I may not post in {channel}. Make me an admin there with the right to post, and try again."
)
YOU_MAY_NOT = msgid("Only admins of {channel} can look after it, and you are not one.")
NOBODY_KNOWS = msgid(
    "I could not find out who is an admin of {channel}. Please try again in a while."
)

#: what a channel can be told to do, by the command that does it
LABELS = {
    "topics": msgid("Topics"),
    "digest": msgid("Digests"),
    "quiet": msgid("Quiet hours"),
    "mute": msgid("Mute"),
    "unmute": msgid("Unmute"),
    "language": msgid("Language"),
}


def data_for(channel: Channel, data: str) -> str:
    """Return callback data as it means the channel."""
    return f"k{channel.number}:{data}"


def listing(words: Words, channels: Sequence[Channel]) -> Message:
    """List what a person looks after."""
    how = words("To add one: {example}", example="<code>/channel @name</code>")
    if not channels:
        return say("\n".join([words("You look after no channel yet."), how]))
    rows = tuple(
        (
            _button(channel, clip(channel.title, 40), "home"),
            _button(channel, words("Let go"), "leave"),
        )
        for channel in channels
    )
    return say("\n".join([words("The channels you look after:"), how]), rows)


def usage(words: Words) -> Message:
    """Say how a channel is named."""
    return say(
        words(
            "Which channel? Write its name behind the command: {example}, or forward a post of it "
            "to me. I have to be an admin there, with the right to post.",
            example="<code>/channel @name</code>",
        )
    )


def home(words: Words, channel: Channel, city: str) -> Message:
    """Show what can be set for a channel; city: that of the person's clock."""
    labels = [_button(channel, words(label), f"do:{does}") for does, label in LABELS.items()]
    pairs = tuple(tuple(labels[at : at + 2]) for at in range(0, len(labels), 2))
    clock = _button(channel, words("Go by my clock, in {city}", city=city), "clock")
    leave = _button(channel, words("Let go"), "leave")
    asked = words("What do you want to change?")
    return say(f"{bold(channel.title)}\n{asked}", (*pairs, (clock,), (leave,)))


def leaving(words: Words, channel: Channel) -> Message:
    """Ask what is to become of a channel that is let go."""
    asked = words("You let go of {channel}. Shall its alerts go on?", channel=bold(channel.title))
    return say(
        asked,
        (
            (_button(channel, words("They go on"), "leave:stay"),),
            (_button(channel, words("End its alerts"), "leave:end"),),
            (_button(channel, words("Back"), "home"),),
        ),
    )


def headed(words: Words, channel: Channel, message: Message) -> Message:
    """Return a message of another part as one about the channel, its buttons, too."""
    head = say(bold(channel.title))
    rows: Buttons = tuple(
        tuple(
            replace(button, data=data_for(channel, button.data)) if button.data else button
            for button in row
        )
        for row in message.buttons
    )
    back = _button(channel, words("Back"), "home")
    return replace(
        message,
        html=f"{head.html}\n{message.html}",
        text=f"{head.text}\n{message.text}",
        buttons=(*rows, (back,)),
    )


def about(words: Words, told: str, channel: str) -> Message:
    """Say something about a channel by its title."""
    return plain(words(told, channel=clip(channel)))


def _button(channel: Channel, label: str, data: str) -> Button:
    return Button(label=label, data=data_for(channel, data))
