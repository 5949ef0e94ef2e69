"""Says in plain words what is wrong with a text that is no TOML, for people who never heard of it.

Judges by what stands around the place where tomllib stopped, because its words differ between the
versions of Python and are hardly for newcomers. `document` asks.
"""

import re

from alertbot.config.toml.lines import BLANK, Halt, halt

#: a place in the file, counted from 0, and what is wrong there
Hint = tuple[int, str]

#: as much as may be quoted back
_SHORT = 40
_ROWS = frozenset({"feeds", "topics"})
_QUOTES = frozenset("\"'")
_CURLY = frozenset("“”„‟‘’‚‛«»")
#: its brackets and its name, however many brackets and however the name is written
_HEADING = re.compile(r"""(\[+)[ \t]*([^\[\]#\n"']*[^\[\]#\n"' \t])[ \t]*(\]*)""")
#: a name and its =
_SETTING = re.compile(r"""(?:[\w.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=""")
_ELEMENT = re.compile(r""""[^"\n]*"|'[^'\n]*'|[^\s,\];]+""")
_WORD = re.compile(r"""[^\s,\]}#"']+""")
_REST_OF_ELEMENT = re.compile(r"[^,\]#\n]+")
_REST_OF_LINE = re.compile(r"[^#\n]+")
_BEGINS_TEXT = re.compile(r"[ \t]*[\w-]+[ \t]*=[ \t]*'''")
#: how a line begins that is not TOML, and what may be said of it
_LINES = (
    (re.compile(r"()(?://|/\*|--|;)"), "a comment begins with #"),
    (re.compile(r"@(\w+)[ \t]*="), "a list is named without the @: {name}"),
    (
        re.compile(r"""(\w+):(?:[ \t]+\S|["'\[\d])"""),
        "write = between a name and its value, not a colon",
    ),
    (re.compile(r"""([a-z]\w*)[ \t]*["\[]"""), "an = is missing between {name} and its value"),
    (re.compile(r"(\w+(?:[ \t]+\w+)+)[ \t]*="), "a name is one word, such as {word}"),
    (re.compile(r"(\w+)[ \t]*="), 'this name needs quotes around it: "{name}"'),
    (
        re.compile("()"),
        "this is no setting (name = value), no heading ([name]), no comment (# ...)",
    ),
)


def explain_toml(text: str, at: int, reason: str) -> Hint:
    r"""Return where a text is no TOML, and what is wrong there in words for its writer.

    text: with `\n` as its only line end. at: where tomllib stopped. reason: what tomllib said,
    which is returned where nothing better is known.
    """
    before = halt(text[:at])
    return (
        _in_text(text, at, before)
        or _in_list(text, at, before)
        or _twice(text, reason, before)
        or _after_value(text, at, before)
        or _heading(text, at, before)
        or _no_value(text, at, before)
        or _no_setting(text, at, before)
        or (min(at, len(text.rstrip())), reason)
    )


def _in_text(text: str, at: int, before: Halt) -> Hint | None:
    if not before.unclosed:
        return None
    three = text[before.value] * 3
    if text[at : at + 1] in {"", "\n"} and text.startswith(three, before.value):
        return before.value, f"this text is never closed; {three} is missing at its end"
    if text[at : at + 1] in {"", "\n"}:
        return before.value, (
            "this quotation mark is never closed in its line; "
            "a text over several lines needs three single quotes: '''...'''"
        )
    if text[at - 2] == "\\":
        return at - 2, "a backslash begins an escape in double quotes; use single ones: '...'"
    return None


def _in_list(text: str, at: int, before: Halt) -> Hint | None:
    if not before.opened or text[before.opened[0]] != "[":
        return None
    begin = before.opened[0]
    line = _line_start(text, at)
    if at >= len(text.rstrip()) or (line > begin and _begins_something_else(text, line)):
        return begin, "this list is never closed; a ] is missing at its end"
    last = text[before.value : before.end].rstrip()
    end = before.value + len(last)
    if before.value < begin or not BLANK.fullmatch(text, end, at):
        return None
    if last[0] in _QUOTES and end == at and text[at] not in {*_QUOTES, ";"}:
        return _closed_early(text, at, before, "")
    following = _ELEMENT.match(text, at)
    between = f"between {last} and {following[0]}" if following else "here"
    is_short = len(between) <= 2 * _SHORT and "\n" not in between
    return end, f"a comma is missing {between if is_short else 'here'}"


def _begins_something_else(text: str, line: int) -> bool:
    at = line + _indentation(text, line)
    return bool(_SETTING.match(text, at) or _HEADING.match(text, at))


def _closed_early(text: str, at: int, before: Halt, key: str) -> Hint:
    following = _WORD.match(text, at)
    where = f"before {following[0]}" if following else "here"
    message = f"the text ends at the quotation mark {where}"
    if not text.startswith(("'''", '"""'), before.value):
        message += f"; to have such marks in it, put three single quotes around it: {key}'''...'''"
    return len(text[:at].rstrip()) - 1, message


def _twice(text: str, reason: str, before: Halt) -> Hint | None:
    if not reason.startswith("Cannot"):
        return None
    names = [part for part in before.path if isinstance(part, str)]
    earlier = halt(text[: before.start]).lines
    first = earlier.get(before.path) or earlier.get(tuple(names))
    if first is None:
        return None
    is_heading = text.startswith("[", before.start)
    thing = names[0].removesuffix("s") if names[0] in _ROWS else None
    if is_heading and thing:
        message = f"every {thing} begins with [[{names[0]}]], in two brackets"
        return before.start, f"{message}; the first is in line {first}"
    if is_heading:
        message = f"[{'.'.join(names)}] is there twice, first in line {first}"
        return before.start, f"{message}; put all of it in one place"
    sort = "the list " if names[0] == "terms" else ""
    message = f'{sort}"{names[-1]}" is there twice, first in line {first}'
    own = f"; every {thing} begins with its own [[{names[0]}]]" if thing else ""
    return before.start, message + own


def _after_value(text: str, at: int, before: Halt) -> Hint | None:
    """Return what is wrong with something that stands behind a whole setting or heading."""
    is_setting = before.value > before.start
    is_heading = text.startswith("[", before.start) and text[:at].rstrip().endswith("]")
    if (
        before.opened
        or before.unclosed
        or not (is_setting or is_heading)
        or not text[_line_start(text, at) : at].strip()
    ):
        return None
    if _SETTING.match(text, at):
        return at, "every setting stands on a line of its own"
    if is_heading or text[at : at + 1] in {"", "\n", "]", "}"}:
        return None
    if text[at] == ",":
        return _after_comma(text, at, before)
    if text[before.value] in _QUOTES:
        return _closed_early(text, at, before, f"{before.path[-1]} = ")
    if text[before.value] not in "[{" and (text[at].isalpha() or text[at] in ".:/"):
        return _needs_quotes(text, before.value, before)
    return None


def _after_comma(text: str, at: int, before: Halt) -> Hint:
    if _REST_OF_ELEMENT.match(text, at + 1 + _indentation(text, at + 1)):
        return before.value, f"a list stands in brackets: {before.path[-1]} = [...]"
    return at, "no comma goes here"


def _needs_quotes(text: str, at: int, before: Halt) -> Hint:
    rest = (_REST_OF_ELEMENT if before.opened else _REST_OF_LINE).match(text, at)
    words = rest[0].strip() if rest else ""
    quote = next((one for one in ('"', "'", "'''") if one not in words), "")
    example = f": {quote}{words}{quote}" if quote and 0 < len(words) <= _SHORT else ""
    return at, f"text needs quotes around it{example}"


def _heading(text: str, at: int, before: Halt) -> Hint | None:
    found = _HEADING.match(text, before.start)
    if not found or at <= before.start or "\n" in text[before.start : at]:
        return None
    name = "_".join(found[2].split())
    brackets = 2 if name in _ROWS else min(max(len(found[1]), len(found[3])), 2)
    written = "[" * brackets + name + "]" * brackets
    return None if written == found[0] else (before.start, f"this heading is written {written}")


def _no_value(text: str, at: int, before: Halt) -> Hint | None:
    previous, char = text[:at].rstrip()[-1:], text[at : at + 1]
    if char in _CURLY:
        return at, "this is a curly quotation mark; write a straight one, \" or '"
    if previous == "=" and char in {"", "\n", "#"}:
        return len(text[:at].rstrip()), "a value is missing after ="
    word = _WORD.match(text, at)
    if (
        previous not in {"=", "[", ","}
        or not word
        or char in "=[{"
        or char.isdecimal()
        or not char.isprintable()
    ):
        return None
    if word[0].lower() in {"true", "false"}:
        return at, f"write {word[0].lower()} in small letters"
    return _needs_quotes(text, at, before)


def _no_setting(text: str, at: int, before: Halt) -> Hint | None:
    """Return what is wrong with a line that begins as nothing TOML knows."""
    line = _line_start(text, at)
    begin = line + _indentation(text, line)
    if before.opened or "=" in text[begin:at] or text[at : at + 1] in {"", "#"}:
        return None
    if hint := _open_text_before(text, before):
        return hint
    tried = ((pattern.match(text, begin), message) for pattern, message in _LINES)
    name, message = next((found[1], message) for found, message in tried if found)
    return begin, message.format(name=name, word="_".join(name.split()))


def _open_text_before(text: str, before: Halt) -> Hint | None:
    """Return a text that only the beginning of the next one closed."""
    last = text[_line_start(text, before.end) : before.end]
    if "\n" not in text[before.value : before.end] or not _BEGINS_TEXT.fullmatch(last):
        return None
    line = text.count("\n", 0, before.end) + 1
    message = f"the ''' at the end of this text are missing, so those in line {line} end it"
    return before.value, message


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _indentation(text: str, line: int) -> int:
    return len(text[line:]) - len(text[line:].lstrip(" \t"))
