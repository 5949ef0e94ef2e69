"""What admins are told of config and feeds; `app` sends it, in English as the log.

It speaks of config keys and quotes mistakes, which are English wherever they are read.
"""

import html
from collections.abc import Mapping, Sequence
from datetime import datetime

from alertbot.chat.talk import bold, escaped, fit, say
from alertbot.errors import Problem
from alertbot.log import HIDDEN, TOKEN
from alertbot.model import FeedId, Message
from alertbot.ports import Event, Notice

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
#: what a page of them holds at most
CHECKED = 12


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
    lines = [f"• {escaped(change, PROBLEM_LENGTH)}" for change in changes]
    if waiting:
        lines.append(f"Waiting for a restart: {html.escape(', '.join(waiting), quote=False)}")
    said = say("\n".join([head, *lines]))
    return Message(html=said.html, text=said.text, silent=True)


def config_kept(file: str) -> Message:
    """Say that a config is as it was when it was last read."""
    return say(f"{bold(file)} is in force; nothing has changed since it was last read.")


def config_checked(file: str, problems: Sequence[Problem], verdict: str) -> Message:
    """Say what is wrong with a config as it stands, mistakes before warnings.

    verdict: all of that in a few words.
    """
    ordered = sorted(problems, key=lambda problem: problem.warning)
    lines = [f"{bold(file)}: {html.escape(verdict, quote=False)}"]
    lines += [_one_line(problem) for problem in ordered[:CHECKED]]
    if (more := len(problems) - CHECKED) > 0:
        lines.append(f"… and {more} more; <code>alertbot check</code> shows all")
    return say(fit(lines))


def feed_notice(notice: Notice, names: Mapping[FeedId, str]) -> Message:
    """Say what happened to a feed and what is to be done; names: of the feeds, by id."""
    feed = bold(names.get(notice.feed, notice.feed))
    match notice.event:
        case Event.MOVED:
            address = escaped(notice.detail, PROBLEM_LENGTH)
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


def _alarm(notice: Notice) -> tuple[str, str]:
    """Return what is wrong with a feed, and what is to be done."""
    began, _, error = notice.detail.partition(" ")
    since = _since(began)
    match notice.event:
        case Event.QUIET:
            told = f"has brought nothing new{since}, which is unusually long for it."
            return told, "Please see whether its page has news; if so, its url may have changed."
        case Event.FAILING:
            reason = escaped(error, PROBLEM_LENGTH)
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
    key = f"warning: {key}" if problem.warning else key
    message = TOKEN.sub(HIDDEN, problem.message.partition("\n")[0])
    return f"• {escaped(f'{where}{key}{message}', PROBLEM_LENGTH)}"
