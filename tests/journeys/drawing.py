"""Draws a conversation as it looks in a chat, as SVG: bubbles, buttons, and what was tapped."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fakes.bot_api import Posted
from journeys.letters import Line, broken, cut, runs_backwards, width_of
from journeys.transcript import (
    Changed,
    Event,
    Heading,
    Noticed,
    Offered,
    Run,
    Said,
    Shown,
    Tapped,
    runs,
)

WIDTH, EDGE, GAP = 480, 16, 8
SIZE, LEADING, SMALL = 14, 20, 12
BUBBLE, PADDING, QUOTE = 400, 12, 12
TEXT = BUBBLE - 2 * PADDING
BUTTON = 32
#: the height of the mark of an edited message
EDITED = 12
#: the narrow one of those that are wider than Helvetica
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"
GROUND, PAPER, OWN, INK, LINK = "#dfe8d6", "#ffffff", "#e3f7c9", "#111111", "#2a78b8"
#: what Telegram itself makes a link of
LINKS = re.compile(r"((?<![\w/<>])/[a-z]+|https?://\S+)")
#: a thumb and its hand around the origin, and which way up it is
THUMB = (
    "M-10-1h4v10h-4z M-4 9v-10l4-8c2 0 3 1 2.6 3l-.6 3h4.5c1.5 0 2.3 1.2 2 2.5l-1.7 7"
    "c-.3 1.5-1.3 2.5-2.8 2.5z"
)
THUMBS = {"👍": 1, "👎": -1}
BUTTONS, TAPPED, TOAST = "#8aa07c", "#4f6a3e", "#3c4a36"


@dataclass
class Sheet:
    """What is drawn so far, from the top down."""

    y: float = EDGE
    drawn: list[str] = field(default_factory=list)
    #: what is tapped next, by message
    tapped: dict[int, str] = field(default_factory=dict)
    #: the text of each message so far
    shown: dict[int, str] = field(default_factory=dict)

    def add(self, *pieces: str) -> None:
        self.drawn.extend(pieces)


def draw(title: str, events: Sequence[Event]) -> str:
    """Return the picture of the events; title: for those who cannot see it."""
    sheet = Sheet()
    for number, event in enumerate(events):
        sheet.tapped = _next_taps(events[number + 1 :])
        _draw(sheet, event)
    height = round(sheet.y - GAP + EDGE)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family={quoteattr(FONT)} '
        f'font-size="{SIZE}" fill="{INK}">'
    )
    ground = f'<rect width="{WIDTH}" height="{height}" rx="12" fill="{GROUND}"/>'
    return "\n".join([head, f"<title>{_safe(title)}</title>", ground, *sheet.drawn, "</svg>\n"])


def _next_taps(events: Iterable[Event]) -> dict[int, str]:
    """Return the data tapped next on each message, before it changes."""
    taps: dict[int, str] = {}
    over: set[int] = set()
    for event in events:
        if isinstance(event, Changed):
            over.add(event.message.message_id)
        if isinstance(event, Tapped) and event.message not in over:
            taps.setdefault(event.message, event.data)
    return taps


def _draw(sheet: Sheet, event: Event) -> None:
    match event:
        case Heading():
            _pill(sheet, event.text)
        case Said():
            _caption(sheet, event.where and f"{event.who}, {event.where}", WIDTH - EDGE, "end")
            _own(sheet, event.text)
        case Noticed(popup=True):
            _popup(sheet, event.text)
        case Noticed():
            _toast(sheet, event.text)
        case Shown():
            _caption(sheet, event.where, EDGE, "start")
            _message(sheet, event.message, changed=False)
        case Changed():
            _message(sheet, event.message, changed=True)
        case Offered():
            _offered(sheet, event)
        case Tapped():
            pass  # marked on its button


def _caption(sheet: Sheet, text: str, x: float, anchor: str) -> None:
    """Say above a bubble where it is; "" for a private chat."""
    if not text:
        return
    look = f'text-anchor="{anchor}" font-size="{SMALL}" fill="{TAPPED}"'
    sheet.add(f'<text x="{x:g}" y="{sheet.y + SMALL:g}" {look}>{_safe(text)}</text>')
    sheet.y += SMALL + 4


def _message(sheet: Sheet, message: Posted, *, changed: bool) -> None:
    """Draw it in a bubble; what has changed by its buttons alone, with its first line only."""
    parts = list(runs(message.text, message.entities))
    if sheet.shown.get(message.message_id) == message.text and "\n" in message.text:
        parts = [*_first_line(parts), Run(text=" …", looks=frozenset())]
    sheet.shown[message.message_id] = message.text
    if message.document:
        parts.insert(0, Run(text=f"📎 {message.document[0]}\n", looks=frozenset({"bold"})))
    lines = list(broken(_linked(parts), SIZE, TEXT, TEXT - QUOTE))
    _bubble(sheet, lines, EDGE, BUBBLE, PAPER, edited=changed)
    for row in message.buttons:
        _row(sheet, row, sheet.tapped.get(message.message_id))
    sheet.y += GAP


def _first_line(parts: Iterable[Run]) -> list[Run]:
    line = []
    for part in parts:
        text, end, _ = part.text.partition("\n")
        line.append(Run(text=text, looks=part.looks, url=part.url))
        if end:
            break
    return line


def _linked(parts: Iterable[Run]) -> list[Run]:
    """Make links of what Telegram makes links of."""
    return [
        Run(text=piece, looks=part.looks, url=part.url or (piece if number % 2 else None))
        for part in parts
        for number, piece in enumerate(LINKS.split(part.text))
        if piece
    ]


def _own(sheet: Sheet, text: str) -> None:
    parts = _linked([Run(text=text, looks=frozenset())])
    lines = list(broken(parts, SIZE, TEXT, TEXT))
    width = max(width_of("".join(p.text for p in line.parts), SIZE) for line in lines)
    width += 2 * PADDING
    _bubble(sheet, lines, WIDTH - EDGE - width, width, OWN)
    sheet.y += GAP


def _offered(sheet: Sheet, event: Offered) -> None:
    for article in event.articles:
        parts = [
            Run(text=f"{article.title}\n", looks=frozenset({"bold"})),
            Run(text=article.description, looks=frozenset()),
        ]
        _bubble(sheet, list(broken(parts, SIZE, TEXT, TEXT)), EDGE, BUBBLE, PAPER)
    sheet.y += GAP


def _bubble(
    sheet: Sheet,
    lines: Sequence[Line],
    x: float,
    width: float,
    fill: str,
    *,
    edited: bool = False,
) -> None:
    """Draw a text in a bubble; edited: it stands where there was another before."""
    height = len(lines) * LEADING + PADDING + EDITED * edited
    sheet.add(_box(x, sheet.y, width, height, fill, radius=12))
    if edited:
        mark = f'text-anchor="end" font-size="{EDITED - 1}" fill="#8a8a8a"'
        at = f'x="{x + width - PADDING:g}" y="{sheet.y + height - 6:g}"'
        sheet.add(f"<text {at} {mark}>edited</text>")
    for number, line in enumerate(lines):
        top = sheet.y + PADDING / 2 + number * LEADING
        left, right = x + PADDING, x + width - PADDING
        if line.quoted:
            bar = right - 3 if line.right_to_left else left
            sheet.add(_box(bar, top, 3, LEADING, LINK, radius=0))
            left, right = left + QUOTE, right - QUOTE * line.right_to_left
        sheet.add(_line(line, right if line.right_to_left else left, top + LEADING * 0.72))
    sheet.y += height + 4


def _row(sheet: Sheet, buttons: Sequence[dict[str, Any]], tapped: str | None) -> None:
    width = (BUBBLE - 4 * (len(buttons) - 1)) / len(buttons)
    for number, button in enumerate(buttons):
        x, hit = EDGE + number * (width + 4), button.get("callback_data") == tapped is not None
        sheet.add(
            _box(x, sheet.y, width, BUTTON, TAPPED if hit else BUTTONS, radius=8),
            _label(button, x + width / 2, sheet.y, width - 12),
        )
        if hit:
            ring = 'r="9" fill="#ffffff" fill-opacity=".35" stroke="#ffffff" stroke-width="1.5"'
            sheet.add(f'<circle cx="{x + width - 15:g}" cy="{sheet.y + BUTTON / 2:g}" {ring}/>')
    sheet.y += BUTTON + 4


def _label(button: dict[str, Any], middle: float, top: float, room: float) -> str:
    """Write on a button; a thumb is drawn, as not everybody has a font for it."""
    if button["text"] in THUMBS:
        way = THUMBS[button["text"]]
        at = f"translate({middle:g} {top + BUTTON / 2:g}) scale(.8 {0.8 * way:g})"
        return f'<path transform="{at}" d="{THUMB}" fill="#ffffff"/>'
    text = button["text"] + (" ↗" if "url" in button else "")
    return _text(cut(text, SIZE, room), middle, top + 21, "#ffffff", bold=True)


def _pill(sheet: Sheet, text: str) -> None:
    _centered(sheet, text, SMALL, "#8fa283", "#ffffff")


def _toast(sheet: Sheet, text: str) -> None:
    _centered(sheet, text, SIZE, TOAST, "#ffffff")


def _centered(sheet: Sheet, text: str, size: int, fill: str, ink: str) -> None:
    lines = list(broken([Run(text=text, looks=frozenset())], size, TEXT, TEXT))
    texts = ["".join(part.text for part in line.parts) for line in lines]
    width = max(width_of(each, size) for each in texts) + 2 * PADDING
    height = len(lines) * LEADING + 6
    sheet.add(_box((WIDTH - width) / 2, sheet.y, width, height, fill, radius=13))
    for number, each in enumerate(texts):
        at = sheet.y + 3 + number * LEADING + LEADING * 0.72
        sheet.add(_text(each, WIDTH / 2, at, ink, size=size))
    sheet.y += height + GAP


def _popup(sheet: Sheet, text: str) -> None:
    room = TEXT - 2 * PADDING
    lines = list(broken([Run(text=text, looks=frozenset())], SIZE, room, room))
    x, height = EDGE + 40, (len(lines) + 1) * LEADING + 2 * PADDING
    edge = f'stroke="{INK}" stroke-opacity=".25"'
    sheet.add(_box(x, sheet.y, TEXT, height, PAPER, radius=10, more=edge))
    for number, line in enumerate(lines):
        at = sheet.y + PADDING + number * LEADING + LEADING * 0.72
        side = x + TEXT - PADDING if line.right_to_left else x + PADDING
        sheet.add(_line(line, side, at))
    ok = sheet.y + height - PADDING
    sheet.add(_text("OK", x + TEXT - 2 * PADDING, ok, LINK, bold=True))
    sheet.y += height + GAP


def _line(line: Line, x: float, y: float) -> str:
    way = ' direction="rtl"' if line.right_to_left else ""
    spans = "".join(f"<tspan{_look(part)}>{_safe(part.text)}</tspan>" for part in line.parts)
    return f'<text x="{x:g}" y="{y:g}" xml:space="preserve"{way}>{spans}</text>'


def _look(part: Run) -> str:
    looks = ""
    if "bold" in part.looks:
        looks += ' font-weight="bold"'
    if "italic" in part.looks:
        looks += ' font-style="italic"'
    if "code" in part.looks:
        looks += ' font-family="monospace"'
    if part.url:
        looks += f' fill="{LINK}"'
    return looks


def _text(text: str, x: float, y: float, ink: str, *, size: int = SIZE, bold: bool = False) -> str:
    way = ' direction="rtl"' if runs_backwards(text) else ""
    weight = ' font-weight="bold"' if bold else ""
    look = f'text-anchor="middle" font-size="{size}" fill="{ink}"{weight}{way}'
    return f'<text x="{x:g}" y="{y:g}" {look}>{_safe(text)}</text>'


def _box(
    x: float, y: float, width: float, height: float, fill: str, *, radius: int, more: str = ""
) -> str:
    size = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {size} rx="{radius}" fill="{fill}" {more}/>'


def _safe(text: str) -> str:
    """Return the text as XML 1.0 can have it."""
    fit = (letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cs", "Cn"})
    return escape("".join(fit))
