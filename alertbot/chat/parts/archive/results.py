"""What a search found, as one message: a title, a date and a line with the words for each brief."""

import html
from collections.abc import Mapping

from alertbot.chat.talk import Buttons, clip, date_of, say
from alertbot.classifier.search import Search
from alertbot.model import Brief, Button, FeedId, Message, Zone
from alertbot.ports import Found, FoundBrief
from alertbot.words import Words

SHOWN = 5
TITLE_LIMIT = 120
#: characters of the line with the words, and how many of them stand before the first
LINE_LIMIT = 140
BEFORE = 40
#: callback data, in bytes (Bot API, InlineKeyboardButton)
DATA_LIMIT = 64

_UNTOLD = frozenset({Zone.TITLE, Zone.BYLINE, Zone.RELATED})


def results(
    found: Found, typed: str, search: Search, feeds: Mapping[FeedId, str], words: Words
) -> Message:
    """Return the message: a number for each brief, which shows it, and the way to older ones."""
    entries = [
        f"{number}. {_titled(one.brief)}\n{_source(one, feeds)}\n{line(one.brief, search)}".strip()
        for number, one in enumerate(found.briefs, 1)
    ]
    numbers = tuple(
        Button(label=str(number), data=f"brief:{one.id}")
        for number, one in enumerate(found.briefs, 1)
    )
    rows: Buttons = (numbers,)
    if found.older is not None:
        data = f"find:{found.older}:{' '.join(typed.split())}"
        if len(data.encode(errors="replace")) <= DATA_LIMIT:
            rows = (*rows, (Button(label=words("Older"), data=data),))
        else:
            entries.append(words("There are older ones, too: ask with fewer words to leaf on."))
    return say("\n\n".join(entries), rows)


def line(brief: Brief, search: Search) -> str:
    """Return, as HTML, the words around those found in bold; the beginning where none are."""
    told = [block for block in brief.blocks if block.zone not in _UNTOLD and not block.heading]
    if not told:
        return ""
    texts = [brief.text[block.start : block.end] for block in told]
    text, spans = max(
        ((text, search.spans(text)) for text in texts),
        key=lambda each: len({term for _, _, term in each[1]}),
    )
    start = _opening(text, spans[0][0] if spans else 0)
    end = _closing(text, start + LINE_LIMIT)
    page, done = "…" if start else "", start
    for first, last, _ in spans:
        if done <= first and last <= end:
            page += f"{_plain(text[done:first])}<b>{_plain(text[first:last])}</b>"
            done = last
    return f"{page}{_plain(text[done:end]).rstrip()}{'…' if end < len(text) else ''}"


def _opening(text: str, found: int) -> int:
    """Return where the line begins: a little before what was found, at a word."""
    return 0 if found <= BEFORE else text.find(" ", found - BEFORE, found) + 1 or found


def _closing(text: str, end: int) -> int:
    """Return where the line ends: at a word, if there is one."""
    return len(text) if end >= len(text) else max(text.rfind(" ", end - BEFORE, end), end - BEFORE)


def _titled(brief: Brief) -> str:
    title = _plain(clip(brief.title, TITLE_LIMIT))
    return f'<a href="{html.escape(brief.link)}">{title}</a>' if brief.link else f"<b>{title}</b>"


def _source(one: FoundBrief, feeds: Mapping[FeedId, str]) -> str:
    name = feeds.get(one.brief.feed, one.brief.feed)
    return _plain(f"{date_of(one.brief.published or one.seen_at)} · {clip(name)}")


def _plain(text: str) -> str:
    return html.escape(text.replace("\n", " "), quote=False)
