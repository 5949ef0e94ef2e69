"""Telegram's own text parser (TDLib's, through tdjson), offline.

Only `td_execute` is called: it runs in this process. A client, which would dial Telegram, is never
made.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import tdjson

#: TDLib's names of entities -> the Bot API's
ENTITY_TYPES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeUnderline": "underline",
    "textEntityTypeStrikethrough": "strikethrough",
    "textEntityTypeSpoiler": "spoiler",
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeMentionName": "text_mention",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What readers see of a text, and its formatting as Bot API entities (in UTF-16 units)."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()


class Unparsable(Exception):
    """Telegram refuses the text; the message is the Bot API's description."""


def parse_html(text: str) -> Parsed:
    """Parse a text sent with parse_mode HTML; raises Unparsable."""
    found = _execute(
        {
            "@type": "parseTextEntities",
            "text": text,
            "parse_mode": {"@type": "textParseModeHTML"},
        }
    )
    if found["@type"] == "error":
        # the Bot API server puts its prefix and makes the first letter small (Client.cpp, line 190)
        reason = found["message"]
        raise Unparsable(f"Bad Request: {reason[:1].lower()}{reason[1:]}")
    return Parsed(text=found["text"], entities=tuple(map(_entity, found["entities"])))


def is_web_address(url: str) -> bool:
    """Tell whether Telegram takes the address for a link (it drops the others silently)."""
    escaped = url.replace("&", "&amp;").replace('"', "&quot;")
    return bool(parse_html(f'<a href="{escaped}">x</a>').entities)


def utf16_length(text: str) -> int:
    """Return the length in the units Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def _entity(found: dict[str, Any]) -> dict[str, Any]:
    kind = found["type"]
    entity = {
        "type": ENTITY_TYPES[kind["@type"]],
        "offset": found["offset"],
        "length": found["length"],
    }
    for detail in ("url", "language"):
        if detail in kind:
            entity[detail] = kind[detail]
    return entity


def _execute(request: dict[str, Any]) -> dict[str, Any]:
    _silence()
    return json.loads(tdjson.td_execute(json.dumps(request).encode()))


@cache
def _silence() -> None:
    request = {"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}
    tdjson.td_execute(json.dumps(request).encode())
