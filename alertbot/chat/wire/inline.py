"""Answers inline queries: what was typed behind the bot's name, in any chat of anybody's."""

from collections.abc import Sequence
from datetime import timedelta

from telegram import InlineQuery, InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from alertbot.chat.talk import Article, Shared
from alertbot.chat.wire.messenger import NO_PREVIEW, keyboard

#: for how long Telegram may give the same answer to anybody who types the same
CACHED = timedelta(minutes=1)


async def answer_inline(query: InlineQuery, shared: Shared) -> None:
    """Offer the articles; raises what PTB does."""
    await query.answer(
        _results(shared.articles),
        cache_time=CACHED,
        is_personal=False,
        next_offset=shared.next_offset,
    )


def _results(articles: Sequence[Article]) -> list[InlineQueryResultArticle]:
    return [
        InlineQueryResultArticle(
            id=article.id,
            title=article.title,
            description=article.description,
            input_message_content=InputTextMessageContent(
                article.message.html,
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
            ),
            reply_markup=keyboard(article.message.buttons),
        )
        for article in articles
    ]
