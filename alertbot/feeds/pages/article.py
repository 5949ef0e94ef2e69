"""Where the article is on a page: trafilatura judges, and our own reader keeps its structure.

trafilatura knows menus, cookie banners and teasers when it sees them, but on pages without telling
names it loses headings and lists and takes in what surrounds the article. So a line of the page, as
`briefs` reads it, stays if trafilatura kept its words or if it belongs to lines that stay; and the
title above and the issue tags below bound the whole. docs/feeds.md has the measurements.
"""

import logging
import re
from collections.abc import Collection, Sequence
from html import escape
from itertools import groupby

from alertbot.briefs.html import html_lines
from alertbot.briefs.margins import tag_list, tags_in
from alertbot.briefs.plain import Line, Span

# what it says of pages is of no use to an operator
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

#: sites put the "Issues:" line, or the whole page, into these, which `html_lines` leaves out
_UNWRAPPED = re.compile(r"<(/?)(?:form|footer)\b", re.IGNORECASE)
_NOT_TOLD = re.compile(r"[\W_]+")
#: letters from which on words are known wherever they stand; a shorter line must be one of its own
_TELLING = 20
#: words that make a bullet prose rather than a link of a menu
_PROSE = 10
#: lines below the article in which its "Issues:" line may come
_TAGS_BELOW = 10
#: lines of a teaser, its heading included, at most
_TEASER = 5
#: what ends an article has at least this part of what is known above it; a menu has none
_SHARE_ABOVE = 5
_MAX_LINES = 5_000


def article_of(markup: str, titles: Collection[str]) -> str:
    """Return the HTML of the article: headings, paragraphs and bullets; "" if there is no text.

    markup: a page without comments and declarations. titles: what the page calls itself; such a
    line is left out, and so is all above it.
    """
    import trafilatura  # noqa: PLC0415 (only the process that reads pages has a use for it)

    judged = trafilatura.extract(
        f"<html>{markup}",  # what does not begin like a page is refused
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_links=True,
    )
    lines = html_lines(_UNWRAPPED.sub(r"<\1div", markup))[:_MAX_LINES]
    said = html_lines(judged) if judged else lines
    known = _known(lines, said)
    if 2 * _length(lines, known) < _length(said, [True] * len(said)):
        return written(said)  # a menu that nothing closes can hide the article from us
    prose = [not _is_link(line) for line in lines]
    kept = [a and b for a, b in zip(known, prose, strict=True)]
    told = set(map(_told, titles)) - {""}
    return written(_chosen(lines, kept if any(kept) else prose, told))


def _chosen(lines: Sequence[Line], known: list[bool], titles: Collection[str]) -> list[Line]:
    """Return the lines of the article. known: of each line, whether it is one for sure."""
    if not any(known):
        return []
    first = _first(lines, known, titles)
    last = max(at for at in range(len(lines)) if known[at]) + 1
    last = min(last, _teasers_at(lines, known, first))
    tags = _tags_at(lines, known, first, last + _TAGS_BELOW)
    last = tags.start if tags else last
    chosen: list[Line] = []
    below_kept = False
    for at in reversed(range(first, last)):
        below_kept = known[at] or _belongs(lines[at], below_kept=below_kept)
        if below_kept and (chosen or not _is_heading(lines[at])):
            chosen.append(lines[at])
    return chosen[::-1] + [lines[at] for at in tags or ()]


def _known(lines: Sequence[Line], said: Sequence[Line]) -> list[bool]:
    """Tell of each line whether trafilatura has its words."""
    each = [_told(line.text) for line in said]
    whole, alone = "".join(each), set(each)
    told = [_told(line.text) for line in lines]
    return [text in alone or (len(text) >= _TELLING and text in whole) for text in told]


def _is_link(line: Line) -> bool:
    """Tell whether a line is little more than a link, as those of menus and teasers are."""
    return _covered(line.links) * 10 >= len(line.text) * 9


def _belongs(line: Line, *, below_kept: bool) -> bool:
    """Tell whether a line trafilatura left out is of the article: a heading, a bullet of prose."""
    linked = _covered(line.links)
    if line.item:
        return len(line.text.split()) >= _PROSE and linked * 2 < len(line.text)
    return below_kept and not linked and _is_heading(line)


def _is_heading(line: Line) -> bool:
    return line.heading or _covered(line.strong) >= len(line.text.rstrip(" :"))


def _covered(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)


def _first(lines: Sequence[Line], known: Sequence[bool], titles: Collection[str]) -> int:
    """Return where the article begins: under its title, if most of what is known stands there.

    Else with the first line that is known, or with what belongs to it above.
    """
    total = _length(lines, known)
    passed, first = 0, known.index(True)
    while first and _belongs(lines[first - 1], below_kept=True):
        first -= 1
    for at, line in enumerate(lines):
        if passed * 2 > total:
            break
        if _told(line.text) in titles:
            first = at + 1
        passed += len(line.text) * known[at]
    return first


def _teasers_at(lines: Sequence[Line], known: Sequence[bool], first: int) -> int:
    """Return where teasers of other articles begin: headings close together that are links."""
    least = _length(lines[first:], known[first:]) / _SHARE_ABOVE
    passed, before = 0, -_TEASER
    for at in range(first, len(lines)):
        if passed >= least and lines[at].heading and _is_link(lines[at]):
            if at - before < _TEASER:
                return before
            before = at
        passed += len(lines[at].text) * (known[at] and not _is_link(lines[at]))
    return len(lines)


def _tags_at(lines: Sequence[Line], known: Sequence[bool], first: int, end: int) -> range | None:
    """Return where the "Issues:" line is, with the tags below it if it is only a label.

    It ends the article; one in a menu or above the text has nothing of that before it.
    """
    least = _length(lines[first:], known[first:]) / _SHARE_ABOVE
    passed = 0
    for at in range(first, min(end, len(lines))):
        tags = tag_list(lines[at])
        below = at + 1
        while tags == () and below < len(lines) and _is_tag(lines[below]):
            below += 1
        if (tags or below > at + 1) and passed >= least:
            return range(at, below)
        passed += len(lines[at].text) * known[at]
    return None


def _is_tag(line: Line) -> bool:
    return bool(line.links) and line.links[0][0] == 0 and bool(tags_in(line))


def _told(text: str) -> str:
    """Return the letters and digits of a text: what is left whatever spaces and markup do."""
    return _NOT_TOLD.sub("", text).casefold()


def _length(lines: Sequence[Line], counted: Sequence[bool]) -> int:
    return sum(len(line.text) for line, counts in zip(lines, counted, strict=True) if counts)


def written(lines: Sequence[Line]) -> str:
    """Return lines as the HTML from which `html_lines` reads them again."""
    parts: list[str] = []
    for in_list, group in groupby(lines, key=lambda line: line.item):
        written = [_element(line) for line in group]
        parts += ["<ul>", *written, "</ul>"] if in_list else written
    return "\n".join(parts)


def _element(line: Line) -> str:
    tag = "h2" if line.heading else "li" if line.item else "p"
    parts: list[str] = []
    at = 0
    for start, end in line.links:
        parts += [_bold(line, at, start), f"<a>{_bold(line, start, end)}</a>"]
        at = end
    return f"<{tag}>{''.join(parts)}{_bold(line, at, len(line.text))}</{tag}>"


def _bold(line: Line, start: int, end: int) -> str:
    """Return the text from start to end, what is bold of it marked up."""
    parts: list[str] = []
    at = start
    for bold_start, bold_end in line.strong:
        a, b = max(bold_start, start), min(bold_end, end)
        if a < b:
            parts.append(f"{_escaped(line.text[at:a])}<b>{_escaped(line.text[a:b])}</b>")
            at = b
    return "".join(parts) + _escaped(line.text[at:end])


def _escaped(text: str) -> str:
    return escape(text, quote=False)
