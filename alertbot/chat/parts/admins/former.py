"""Topics that left the config, and what admins decide about their subscriptions.

They are kept until an admin deletes them, by two taps. Callback data is `former:<step>:<topic>`
with the step `ask`, `drop` or `keep`; it holds all that is needed, so that a button works after a
restart, and the limit on ids keeps it under Telegram's 64 bytes.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Collection

from alertbot.chat.talk import Offer, Pressed, bold, clip, say
from alertbot.model import Button, Message, Topic, TopicId
from alertbot.ports import ChatBook

logger = logging.getLogger(__name__)

TOPICS_SHOWN = 8
_PRESS = re.compile(r"former:(?P<step>ask|drop|keep):(?P<topic>[a-z0-9-]{1,48})", re.ASCII)


class FormerTopics:
    """Topics that are no longer in the config, but still have subscribers."""

    def __init__(self, book: ChatBook, offer: Callable[[], Offer]) -> None:
        self._book = book
        self._offer = offer

    async def question(self, among: Collection[TopicId] | None = None) -> Message | None:
        """Ask whether their subscriptions are to be deleted; None if there are none.

        among: only these topics; None for all. Raises StoreError.
        """
        subscribers = await self._book.subscribers()
        asked = subscribers.keys() if among is None else subscribers.keys() & set(among)
        former = self._offer().former(asked)
        if not former:
            return None
        lines = [
            f"• {bold(topic.name)}: {_counted(subscribers[topic.id])}"
            for topic in former[:TOPICS_SHOWN]
        ]
        if (more := len(former) - TOPICS_SHOWN) > 0:
            lines.append(f"… and {more} more, which <code>alertbot status</code> names")
        head = (
            "No longer in the config. Subscriptions are kept, "
            "and go on when a topic of the same id comes back:"
        )
        buttons = tuple(
            (
                Button(
                    label=f"Delete subscriptions to {clip(topic.name, 40)}",
                    data=f"former:ask:{topic.id}",
                ),
            )
            for topic in former[:TOPICS_SHOWN]
        )
        return say("\n".join([head, *lines]), buttons)

    async def press(self, data: str, note: Callable[[str], Awaitable[None]]) -> Pressed | None:
        """Do what a button of ours asks for, which an admin has tapped; None if it is not ours.

        note: writes down what was deleted.
        """
        found = _PRESS.fullmatch(data)
        if not found:
            return None
        topic = TopicId(found["topic"])
        if offered := self._offer().topics.get(topic):
            return await self._done(f"{clip(offered.name)} is back, and its subscribers go on.")
        if found["step"] == "keep":
            return await self._done("The subscriptions are kept.")
        [former] = self._offer().former([topic])
        return await (self._ask(former) if found["step"] == "ask" else self._drop(former, note))

    async def _ask(self, topic: Topic) -> Pressed:
        subscribers = (await self._book.subscribers()).get(topic.id, 0)
        if not subscribers:
            return await self._done(_nobody(topic))
        question = (
            f"Delete {_counted(subscribers)} to {bold(topic.name)}? "
            "That cannot be undone: if the topic comes back, they have to subscribe again."
        )
        buttons = (
            (Button(label="Yes, delete", data=f"former:drop:{topic.id}"),),
            (Button(label="No, keep", data=f"former:keep:{topic.id}"),),
        )
        return Pressed(message=say(question, buttons))

    async def _drop(self, topic: Topic, note: Callable[[str], Awaitable[None]]) -> Pressed:
        dropped = await self._book.drop_topic(topic.id)
        if not dropped:
            return await self._done(_nobody(topic))
        await note(f"{_counted(dropped)} to topic {topic.id}")
        logger.info("an admin deleted %s to topic %s", _counted(dropped), topic.id)
        return await self._done(f"{_counted(dropped)} to {clip(topic.name)} deleted.")

    async def _done(self, words: str) -> Pressed:
        """Say what came of a tap, and show what is left to decide."""
        left = await self.question()
        rest = say("All topics that have subscribers are in the config.")
        return Pressed(notice=words, message=left or rest)


def _counted(subscriptions: int) -> str:
    return f"{subscriptions} subscription{'' if subscriptions == 1 else 's'}"


def _nobody(topic: Topic) -> str:
    return f"Nobody is subscribed to {clip(topic.name)} any more."
