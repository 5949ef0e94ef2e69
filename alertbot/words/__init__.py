"""What alertbot says, in the languages of those who read it: one catalogue, English in the code.

`chat` and `dispatcher` write through `Words`. The catalogues are gettext's (`locale/`), brought up
to date by `make words`; a text without a translation stays English. What a brief says, its figures,
names and dates are never translated.
"""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

DOMAIN = "alertbot"
LOCALE = Path(__file__).parent / "locale"
#: the languages there are, each by its own name
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "ar": "العربية", "fa": "فارسی", "he": "עברית"}
)
DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
#: codes that were renamed (ISO 639-1), or that stand for a language of ours
_OTHER_CODES = {"iw": "he", "prs": "fa"}

#: first strong isolate, its end, and the mark that makes a line run from the right (Unicode TR 9)
ISOLATE, END, RIGHT = "\u2068", "\u2069", "\u200f"
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: what is written from left to right in any language
_LEFT_TO_RIGHT = re.compile(r"<code>[^<]*</code>|(?<![\w/<>])/[a-z]+")
_BEGINS_ISOLATED = re.compile(f"^(?=(?:• |– )?{ISOLATE})", re.MULTILINE)


class Words:
    """All texts in one language: `words("You follow {topic}.", topic=bold(name))`.

    Values come escaped for where they go. In a language that runs from right to left each is
    isolated, so that an English name leaves the order of the sentence around it alone.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.right_to_left = language in RIGHT_TO_LEFT
        self._catalogue = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)

    def __call__(self, msgid: str, /, **values: object) -> str:
        """Return the text in this language with its values put in."""
        return self._filled(self._catalogue.gettext(msgid), values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form that the number asks for; it is put in for {n}."""
        return self._filled(self._catalogue.ngettext(one, many, n), {"n": n, **values})

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        if not self.right_to_left:
            return text.format(**values)
        marked = _LEFT_TO_RIGHT.sub(lambda found: isolated(found[0]), text)
        told = {
            name: isolated(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        return _BEGINS_ISOLATED.sub(RIGHT, marked.format(**told))


@cache
def words_in(language: str | None) -> Words:
    """Return the words of a language; English for None and for one we have none of."""
    return Words(language if language and language in LANGUAGES else DEFAULT)


ENGLISH = words_in(DEFAULT)


def known_language(code: str | None) -> str | None:
    """Return the language of ours that an IETF tag such as "ar-EG" asks for, if there is one."""
    primary = (code or "").lower().replace("_", "-").partition("-")[0]
    found = _OTHER_CODES.get(primary, primary)
    return found if found in LANGUAGES else None


def isolated(value: str) -> str:
    """Return the value set apart from the direction of the words around it."""
    return f"{ISOLATE}{_MARKS.sub('', value)}{END}"


def msgid(text: str) -> str:
    """Return the text: it is of the catalogue, and looked up later."""
    return text
