"""In which thread of a forum a chat is told of its topics, in words."""

from collections.abc import Mapping

from alertbot.chat.talk import Speaker
from alertbot.model import ChatId, TopicId
from alertbot.ports import Subscription
from alertbot.words import msgid

#: Telegram's own name for what is in no other thread
GENERAL = msgid("General")
HERE = msgid("this thread")
#: before the id of a supergroup, of which links have the rest
#: (https://core.telegram.org/api/bots/ids#bot-api-dialog-ids)
SUPERGROUP = "-100"


def places(speaker: Speaker, following: Mapping[TopicId, Subscription]) -> Mapping[TopicId, str]:
    """Return, in HTML, where each topic goes; nothing where there are no threads."""
    threads = {how.thread for how in following.values()} | {speaker.thread}
    if threads == {None} and not speaker.forum:
        return {}
    return {topic: place(speaker, how.thread) for topic, how in following.items()}


def place(speaker: Speaker, thread: int | None) -> str:
    """Return, in HTML, what to call a thread of the speaker's chat; None: General."""
    if thread is None:
        return speaker.words(GENERAL)
    if thread == speaker.thread:
        return speaker.words(HERE)
    another = speaker.words("another thread")
    link = _link(speaker.chat, thread)
    return f'<a href="{link}">{another}</a>' if link else another


def _link(chat: ChatId, thread: int) -> str | None:
    """Return the address of a thread, which opens for those who are in the group."""
    number = str(chat)
    if not number.startswith(SUPERGROUP):
        return None
    return f"https://t.me/c/{number.removeprefix(SUPERGROUP)}/{thread}"
