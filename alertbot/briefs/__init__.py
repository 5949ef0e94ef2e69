"""Entry -> Brief: zones, quotes, publisher tags, one flat text with offsets.

The scheduler and `alertbot preview` call `make_brief`; the summarizer uses `sentences`.
"""

from alertbot.briefs.html import html_lines
from alertbot.briefs.layout import Layout, Piece, Saying, read_layout
from alertbot.briefs.margins import distinct, without_tail, without_title
from alertbot.briefs.plain import plain_lines, printable, squeeze
from alertbot.model import Block, Brief, Entry, Quote, Zone

__all__ = ["make_brief"]

#: what comes after is not read; a brief has about 4,000 characters in 30 paragraphs
_MAX_CONTENT = 500_000
_MAX_LINES = 5_000
_MAX_TITLE = 1_000


def make_brief(entry: Entry) -> Brief:
    """Understand an entry; never raises, whatever its text.

    Of the content the first 500,000 characters and 5,000 paragraphs are read.
    """
    title = squeeze(printable(entry.title[:_MAX_TITLE]))
    content = printable(entry.content[:_MAX_CONTENT])
    lines = html_lines(content) if entry.is_html else plain_lines(content)
    whole = len(lines) <= _MAX_LINES and len(entry.content) <= _MAX_CONTENT
    lines, truncated = without_tail(lines[:_MAX_LINES])
    layout = read_layout(without_title(lines, title))
    text, blocks, quotes = _assemble(title, layout)
    return Brief(
        feed=entry.feed,
        key=entry.key,
        title=title,
        link=entry.link,
        published=entry.published,
        authors=entry.authors,
        tags=distinct((*entry.tags, *layout.tags)),
        text=text,
        blocks=blocks,
        quotes=quotes,
        truncated=truncated or not whole,
    )


def _assemble(title: str, layout: Layout) -> tuple[str, tuple[Block, ...], tuple[Quote, ...]]:
    """Join the pieces, one line each, and turn their places into offsets."""
    pieces = (Piece(zone=Zone.TITLE, text=title), *layout.pieces)
    blocks: list[Block] = []
    quotes: list[Quote] = []
    texts: list[str] = []
    at = 0
    for piece in pieces:
        if not piece.text:
            continue
        end = at + len(piece.text)
        blocks.append(Block(zone=piece.zone, start=at, end=end, heading=piece.heading))
        if piece.saying:
            quotes.append(_quote(piece.text, piece.saying, at))
        texts.append(piece.text)
        at = end + 1
    return "\n".join(texts), tuple(blocks), tuple(quotes)


def _quote(text: str, saying: Saying, at: int) -> Quote:
    start, end = saying.words
    return Quote(
        words=text[start:end],
        start=at + start,
        end=at + end,
        speaker=saying.speaker.name,
        role=saying.speaker.role,
    )
