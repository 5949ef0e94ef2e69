"""What a bot offers to share in any chat, read as Telegram reads it.

Literal errors: tdlib/telegram-bot-api, Client.cpp, and https://core.telegram.org/method/messages.setInlineBotResults.
"""

import json
from dataclasses import dataclass
from typing import Any

from fakes.bot_api_chats import Refused, check_length, read_buttons, read_text
from fakes.bot_api_faults import Fault, refusal

RESULTS_LIMIT = 50
#: of an id and of the next offset, in bytes
BYTES_LIMIT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One of the results: what is shown, and what is sent when it is chosen."""

    id: str
    title: str
    description: str
    text: str
    buttons: tuple[tuple[dict[str, Any], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An answer to an inline query."""

    articles: tuple[Article, ...]
    next_offset: str
    #: seconds
    cache_time: int
    is_personal: bool

    @property
    def titles(self) -> list[str]:
        """Return what is shown, in order."""
        return [article.title for article in self.articles]


def read_offered(form: dict[str, str]) -> Offered:
    """Accept an answer, or raise Refused."""
    results = json.loads(form["results"])
    if len(results) > RESULTS_LIMIT:
        raise Refused(refusal(400, "Bad Request: RESULTS_TOO_MUCH"))
    articles = tuple(map(_read_article, results))
    if len({article.id for article in articles}) < len(articles):
        raise Refused(refusal(400, "Bad Request: RESULT_ID_DUPLICATE"))
    next_offset = form.get("next_offset", "")
    if len(next_offset.encode()) > BYTES_LIMIT:
        raise Refused(refusal(400, "Bad Request: NEXT_OFFSET_INVALID"))
    return Offered(
        articles=articles,
        next_offset=next_offset,
        cache_time=int(form.get("cache_time", "300")),
        is_personal=form.get("is_personal") == "true",
    )


def too_old() -> Fault:
    """Return the refusal of an answer that comes late, or twice."""
    said = "query is too old and response timeout expired or query ID is invalid"
    return refusal(400, f"Bad Request: {said}")


def _read_article(result: dict[str, Any]) -> Article:
    if not 0 < len(result["id"].encode()) <= BYTES_LIMIT:
        raise Refused(refusal(400, "Bad Request: RESULT_ID_INVALID"))
    if not result["title"]:
        raise Refused(refusal(400, "Bad Request: ARTICLE_TITLE_EMPTY"))
    content = result["input_message_content"]
    text, _ = read_text({"text": content["message_text"], "parse_mode": content["parse_mode"]})
    check_length(text)
    markup = json.dumps(result.get("reply_markup", {}))
    return Article(
        id=result["id"],
        title=result["title"],
        description=result.get("description", ""),
        text=text,
        buttons=read_buttons({"reply_markup": markup}),
    )
