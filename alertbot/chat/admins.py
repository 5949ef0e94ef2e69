"""What admins are told of config and feeds, and what they decide in chat: who is let go.

A topic that leaves the config keeps its subscriptions until an admin deletes them, by two taps.
`app` sends these messages; `commands` passes on the taps. Callback data is `former:<step>:<topic>`
with the step `ask`, `drop` or `keep`; it holds all that is needed, so that a button works after a
restart, and the limit on ids keeps it under Telegram's 64 bytes.
"""

import html
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from alertbot.chat import texts
from alertbot.chat.texts import bold, clip, say
from alertbot.chat.topics import Offer, Pressed
from alertbot.errors import Problem
from alertbot.log import HIDDEN, TOKEN
from alertbot.model import Button, ChatId, FeedId, Message, Topic, TopicId
from alertbot.ports import ChatBook, Event, Notice

logger = logging.getLogger(__name__)

#: how a feed can end
ENDED = {
    Event.GONE: "is gone for good, its publisher says (HTTP 410)",
    Event.MISSING: "has not been there for a week (HTTP 404)",
    Event.EXPIRED: "has ended, as it says itself",
}
#: how an alarm is over
OVER = {
    Event.NEWS_AGAIN: "brings news again.",
    Event.READ_AGAIN: "can be read again.",
    Event.TAGGED_AGAIN: "carries tags again.",
}
PROBLEMS_SHOWN = 3
PROBLEM_LENGTH = 300
TOPICS_SHOWN = 8
_PRESS = re.compile(r"former:(?P<step>ask|drop|keep):(?P<topic>[a-z0-9-]{1,48})", re.ASCII)


def config_refused(file: str, problems: Sequence[Problem]) -> Message:
    """Say why a config was not taken: its first mistakes, in its words; warnings are left out."""
    errors = [problem for problem in problems if not problem.warning]
    lines = [_one_line(problem) for problem in errors[:PROBLEMS_SHOWN]]
    if (more := len(errors) - PROBLEMS_SHOWN) > 0:
        lines.append(f"… and {more} more; <code>alertbot check</code> shows all")
    head = f"{bold(file)} has mistakes, so nothing has changed:"
    return say("\n".join([head, *lines]))


def config_in_force(
    file: str, changes: Sequence[str], waiting: Sequence[str], *, again: bool = False
) -> Message:
    """Say that a config is in force, what changed by it, and which keys wait for a restart.

    again: the one before it was refused.
    """
    head = f"{bold(file)} is in force {'again' if again else 'now'}."
    lines = [f"• {html.escape(clip(change, PROBLEM_LENGTH), quote=False)}" for change in changes]
    if waiting:
        lines.append(f"Waiting for a restart: {html.escape(', '.join(waiting), quote=False)}")
    said = say("\n".join([head, *lines]))
    return Message(html=said.html, text=said.text, silent=True)


def feed_notice(notice: Notice, names: Mapping[FeedId, str]) -> Message:
    """Say what happened to a feed and what is to be done; names: of the feeds, by id."""
    feed = bold(names.get(notice.feed, notice.feed))
    match notice.event:
        case Event.MOVED:
            address = html.escape(clip(notice.detail, PROBLEM_LENGTH), quote=False)
            told = f"has moved for good and is read at its new address: {address}"
            wanted = "Please change its url in the config."
        case Event.TWIN:
            other = bold(names.get(FeedId(notice.detail), notice.detail))
            told = f"leads to {other} by now, which is a feed of the config too."
            wanted = "Nothing is told twice; please remove one of the two."
        case Event.QUIET | Event.FAILING | Event.UNTAGGED:
            told, wanted = _alarm(notice)
        case over if over in OVER:
            return say(f"{feed} {OVER[over]}")
        case ended:
            told = f"{ENDED[ended]}, so it is not asked any more."
            wanted = "Please change its url in the config, or remove it."
    return say(f"{feed} {told}\n{wanted}")


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

    async def press(self, chat: ChatId, data: str) -> Pressed | None:
        """Do what a button of ours asks for, if it is an admin's tap; None if it is not ours."""
        found = _PRESS.fullmatch(data)
        if not found:
            return None
        if chat not in self._offer().admins:
            return Pressed(notice=texts.OUTDATED)
        topic = TopicId(found["topic"])
        if offered := self._offer().topics.get(topic):
            return await self._done(f"{clip(offered.name)} is back, and its subscribers go on.")
        if found["step"] == "keep":
            return await self._done("The subscriptions are kept.")
        [former] = self._offer().former([topic])
        return await (self._ask(former) if found["step"] == "ask" else self._drop(former))

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
        return Pressed(notice="", message=say(question, buttons))

    async def _drop(self, topic: Topic) -> Pressed:
        dropped = await self._book.drop_topic(topic.id)
        if not dropped:
            return await self._done(_nobody(topic))
        logger.info("an admin deleted %s to topic %s", _counted(dropped), topic.id)
        return await self._done(f"{_counted(dropped)} to {clip(topic.name)} deleted.")

    async def _done(self, words: str) -> Pressed:
        """Say what came of a tap, and show what is left to decide."""
        left = await self.question()
        rest = say("All topics that have subscribers are in the config.")
        return Pressed(notice=words, message=left or rest)


def _alarm(notice: Notice) -> tuple[str, str]:
    """Return what is wrong with a feed, and what is to be done."""
    began, _, error = notice.detail.partition(" ")
    since = _since(began)
    match notice.event:
        case Event.QUIET:
            told = f"has brought nothing new{since}, which is unusually long for it."
            return told, "Please see whether its page has news; if so, its url may have changed."
        case Event.FAILING:
            reason = html.escape(clip(error, PROBLEM_LENGTH), quote=False)
            told = f"could not be read{since}: {reason}"
            return told, "It is asked on; please check its url in the config."
    told = f"has carried no tags{since}."
    return told, "Topics that go by its tags alone miss its briefs; please give them rules."


def _since(began: str) -> str:
    try:
        at = datetime.fromisoformat(began)
    except ValueError:
        return " for some time"
    return f" since {at:%B} {at.day}, {at:%H:%M} UTC"


def _one_line(problem: Problem) -> str:
    """Return where and what, without the rule and caret below it, which a chat would garble."""
    where = "" if problem.line is None else f"line {problem.line}: "
    key = f"{problem.about}: " if problem.key else ""
    message = TOKEN.sub(HIDDEN, problem.message.partition("\n")[0])
    return f"• {html.escape(clip(f'{where}{key}{message}', PROBLEM_LENGTH), quote=False)}"


def _counted(subscriptions: int) -> str:
    return f"{subscriptions} subscription{'' if subscriptions == 1 else 's'}"


def _nobody(topic: Topic) -> str:
    return f"Nobody is subscribed to {clip(topic.name)} any more."
