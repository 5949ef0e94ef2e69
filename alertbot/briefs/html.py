"""HTML as lines: an event stream with no tree, so that depth costs nothing.

Called by `make_brief` for entries whose content is HTML.
"""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

from alertbot.briefs.plain import BLANK_LINE, Line, Span, plain_lines, squeeze

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | frozenset(
    "address article blockquote body caption center dd details div dl dt fieldset figure head "
    "header hgroup hr html li main ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
#: their content is not part of the report
_DROPPED = frozenset(
    "aside audio button canvas figcaption footer form iframe math nav noscript object script "
    "select style svg template textarea title video".split()
)
_LISTS = frozenset({"ol", "ul"})
_ENDS_HEADING = frozenset({"p", "li", "table", *_LISTS})
_ENDS_INLINE = frozenset({"p", "li", "td", "th", *_HEADINGS})
#: boxes that publishing software puts into the text: captions, share buttons, related posts
_BOX = re.compile(r"(?:wp-caption|caption|sharedaddy|jp-relatedposts|addtoany)(?:[-_]\w+)*\Z", re.I)
_BULLET = re.compile(r"[•‣▪●◦·]\s*(?=\S)")
_DECLARATION = re.compile("<!--|<[!?]")
_TAG = re.compile(r"<[a-zA-Z!?/]")
_BLOCK_TAG = re.compile(rf"<(?:br|{'|'.join(sorted(_BLOCKS))})\b", re.I)


def html_lines(markup: str) -> tuple[Line, ...]:
    """Return the paragraphs, bullets and headings of an HTML text, entities decoded.

    Text without a tag is read as plain text, and without block tags its blank lines part
    paragraphs: feeds declare much as HTML that was never made into paragraphs.
    """
    if not _TAG.search(markup):
        return plain_lines(unescape(markup))
    if not _BLOCK_TAG.search(markup):
        markup = BLANK_LINE.sub("<p>", markup)
    reader = _Reader()
    reader.feed(_tame(markup))
    reader.close()
    reader.flush()
    return tuple(map(_without_bullet, reader.lines))


def _tame(markup: str) -> str:
    """Return the markup without declarations and comments, nor tags that nothing closes.

    `HTMLParser` raises for some of the first ("<![x") and takes quadratic time for the second
    (CPython issues 77057 and 135462).
    """
    kept: list[str] = []
    at = 0
    while found := _DECLARATION.search(markup, at):
        kept.append(markup[at : found.start()])
        mark = "-->" if found[0] == "<!--" else ">"
        end = markup.find(mark, found.end())
        at = end + len(mark) if end >= 0 else len(markup)
    kept.append(markup[at:])
    markup = "".join(kept)
    last = markup.rfind(">") + 1
    return markup[:last] + markup[last:].replace("<", "&lt;")


class _Reader(HTMLParser):
    """Collects lines from the stream of tags and texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._length = 0
        self._space = False
        self._broken = False
        self._strong_spans: list[Span] = []
        self._link_spans: list[Span] = []
        self._dropped: str | None = None
        self._drop_depth = 0
        self._heading = False
        self._lists = 0
        self._strong = 0
        self._link = False
        self._link_fresh = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped:
            self._drop_depth += tag == self._dropped
        elif tag in _DROPPED or (tag in _BLOCKS and _is_box(attrs)):
            self.flush()
            self._dropped, self._drop_depth = tag, 1
        elif tag == "br":
            self._break()
        elif tag in _BLOCKS:
            self._open_block(tag)
        elif tag in ("strong", "b"):
            self._strong += 1
        elif tag == "a":
            self._link = self._link_fresh = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat <br/> as <br>, and an empty element of any other kind as its two tags."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._drop_depth -= tag == self._dropped
            if not self._drop_depth:
                self._dropped = None
        elif tag in _BLOCKS:
            self._close_block(tag)
        elif tag in ("strong", "b"):
            self._strong = max(0, self._strong - 1)
        elif tag == "a":
            self._link = False

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        text = squeeze(data)
        if not text:
            self._space = self._space or bool(data)
            return
        if self._broken and not text[0].islower():
            self.flush()
        space = self._space or self._broken or data[0].isspace()
        if space and self._length:
            self._parts.append(" ")
            self._length += 1
        self._append(text)
        self._space, self._broken = data[-1].isspace(), False

    def flush(self) -> None:
        """End the line, if one is open."""
        if self._parts:
            self.lines.append(
                Line(
                    text="".join(self._parts),
                    heading=self._heading,
                    item=self._lists > 0,
                    strong=tuple(self._strong_spans),
                    links=tuple(self._link_spans),
                )
            )
        self._parts, self._length = [], 0
        self._strong_spans, self._link_spans = [], []
        self._space = self._broken = False
        self._link_fresh = self._link

    def _append(self, text: str) -> None:
        span = (self._length, self._length + len(text))
        self._parts.append(text)
        self._length = span[1]
        if self._strong:
            _extend(self._strong_spans, span)
        if self._link and self._link_fresh:
            self._link_spans.append(span)
            self._link_fresh = False
        elif self._link:
            _extend(self._link_spans, span)

    def _break(self) -> None:
        if self._broken:
            self.flush()
        self._broken = self._length > 0

    def _open_block(self, tag: str) -> None:
        self.flush()
        if tag in _HEADINGS:
            self._heading = True
        elif tag in _ENDS_HEADING:
            self._heading = False
        self._lists += tag in _LISTS

    def _close_block(self, tag: str) -> None:
        self.flush()
        if tag in _HEADINGS:
            self._heading = False
        if tag in _ENDS_INLINE:
            self._strong, self._link = 0, False
        if tag in _LISTS:
            self._lists = max(0, self._lists - 1)


def _without_bullet(line: Line) -> Line:
    """Make an item of a paragraph that starts with a typed bullet."""
    bullet = _BULLET.match(line.text)
    return replace(line.cut(bullet.end()), item=True) if bullet else line


def _is_box(attrs: list[tuple[str, str | None]]) -> bool:
    names = " ".join(value or "" for name, value in attrs if name == "class")
    return any(map(_BOX.match, names.split()))


def _extend(spans: list[Span], span: Span) -> None:
    """Add a span, joined to the last one if at most a space lies between."""
    if spans and span[0] - spans[-1][1] <= 1:
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)
