"""Who said what: a paragraph of expert quotation taken apart into words, speaker and role.

`layout` calls it for the lines of an expert section, and for lines elsewhere whose markup leaves
no doubt.
"""

import re
from dataclasses import dataclass

from alertbot.briefs.plain import Line, Span

_OPEN = '“"„«'
_CLOSE = '”"“»'
_MAX_LINE = 5_000
_MAX_TAIL = 200
_MAX_TAIL_WORDS = 20
_OPENING = re.compile(f"[{_OPEN}]")
_SEPARATORS = " \t,;:|~—–―‒-"
_DASH = re.compile(r"\s*[—–―‒|~-]")
_SAID = re.compile(r"(?:said|says|writes|wrote|notes|noted|adds|added|argued|argues|per)\s+", re.I)
_SAID_LAST = re.compile(r"\s+(?:said|says|writes|wrote|notes|noted|adds|added|told \w+)\s*[.,:]?\Z")
_SAYS = re.compile(r"\b(?:said|says|told|wrote|asked|added|tweeted)\b", re.I)
#: where a name ends and a role begins: a separator outside parentheses
_NAME_END = re.compile(r"(?:\([^()]*\)|[^(),;:|—–―])*?(?=\s+-\s|\s*[,;:|—–―])")
_SUFFIX = re.compile(r",\s*(?:Jr|Sr|II|III|IV|Ph\.?\s?D|M\.?D|Esq)\b\.?,?", re.I)
_RETIRED = re.compile(r"\(\s*(?:ret|res|retired|reserve)\b", re.I)
_ROLE_WORD = re.compile(
    r"(?<=\s)(?:(?:senior|junior|visiting|adjunct|nonresident|non-resident|distinguished|associate|"
    r"assistant|deputy|vice|managing|executive|acting|founding|former|chief|research|policy|"
    r"military|national|international|center|fdd)\b[\w ,’'&-]*?\b)?"
    r"(?:fellow|director|analyst|chair(?:man|woman)?|president|editor|adviser|advisor|manager|"
    r"professor|counsel|scholar|economist|researcher|associate|head|founder|ceo|coo|officer|"
    r"correspondent|contributor|board|coordinator|expert|specialist|lead|ambassador at large)\b",
    re.I,
)
_DOTTED_END = re.compile(r"\b(?:Jr|Sr|Esq|[A-Z])\.\Z")
_PARTICLES = frozenset(
    "al and bin bint da dal de del della den der di dos du el ibn la le of ten ter van von "
    "y".split()
)
_NOT_A_NAME = frozenset("The A An He She It They This That These But And In On".split())
_MAX_NAME_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A named expert, and what he or she is."""

    name: str
    role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """A quotation with its attribution; all spans are into the line."""

    #: the words with their quotation marks
    quoted: Span
    #: the words alone
    words: Span
    #: who said so, without the dash
    byline: Span
    speaker: Speaker


def attributed(line: Line, *, expected: bool) -> Attributed | None:
    """Take apart a line that is a quotation with its attribution before or after it.

    With `expected` (the line stands in an expert section) plain text is enough; otherwise the
    name must be bold, or set off with a dash.
    """
    if len(line.text) > _MAX_LINE:
        return None
    if opens_quotation(line.text):
        return _words_first(line, expected=expected)
    return _name_first(line, expected=expected)


def whole_quotation(text: str) -> Span | None:
    """Return the span of the words if the text is one quotation and nothing else."""
    text = text.rstrip()
    if len(text) > 2 and text[0] in _OPEN and text[-1] in _CLOSE:
        return _without_marks(text, 0, len(text))
    return None


def opens_quotation(text: str) -> bool:
    """Tell whether the text begins with a quotation mark."""
    return _OPENING.match(text) is not None


def byline_span(line: Line) -> Span | None:
    """Return the attribution if the line may be one and nothing else: “— Name, Role”."""
    text = line.text
    if len(text) > _MAX_TAIL or _OPENING.search(text):
        return None
    start, end = _stripped(text, 0, len(text))
    if start == end or not text[start].isupper():
        return None
    marked = start > 0 or (bool(line.strong) and line.strong[0][0] == 0)
    plain = len(text.split()) <= _MAX_TAIL_WORDS and text[-1] not in ".!?:"
    return (start, end) if marked or plain else None


def speaker_of(line: Line, span: Span) -> Speaker | None:
    """Split an attribution into a name and a role; None if it names nobody."""
    start, end = span
    bold = [(a, b) for a, b in line.strong if start <= a and b <= end]
    text = line.text[start:end]
    if bold and bold[0][0] == start and bold[0][1] < end:
        return _split_name(line.text[start : bold[0][1]], line.text[bold[0][1] : end])
    return _split_name(text, "")


def _words_first(line: Line, *, expected: bool) -> Attributed | None:
    text = line.text
    for close in range(len(text) - 1, max(1, len(text) - _MAX_TAIL), -1):
        if text[close] not in _CLOSE:
            continue
        tail = _stripped(text, close + 1, len(text))
        if tail[0] < tail[1] and _plausible(line, close, tail, expected=expected):
            return _attribution(line, (0, close + 1), tail)
    return None


def _plausible(line: Line, close: int, tail: Span, *, expected: bool) -> bool:
    """Tell whether what follows the closing mark names a speaker and says nothing else."""
    said = line.text[tail[0] : tail[1]]
    if any(mark in said for mark in _OPEN):
        return False
    if expected and _SAID.match(said):
        return True
    bold = any(tail[0] <= start < tail[0] + 3 for start, _ in line.strong)
    if expected:
        return bold or said[0].isupper()
    dashed = _DASH.match(line.text, close + 1) is not None
    alone = len(said.split()) <= _MAX_TAIL_WORDS and not _SAYS.search(said)
    return (bold or (dashed and said[0].isupper())) and alone


def _name_first(line: Line, *, expected: bool) -> Attributed | None:
    text = line.text
    mark = _OPENING.search(text, 0, _MAX_TAIL)
    if not mark or not text[0].isupper() or not whole_quotation(text[mark.start() :]):
        return None
    bold = bool(line.strong) and line.strong[0][0] == 0
    head = text[: mark.start()].rstrip(" ,")
    separated = head.endswith(tuple(":—–―-|")) or _SAID_LAST.search(head) is not None
    if not bold and not (separated and expected):
        return None
    byline = _stripped(text, 0, mark.start())
    found = _attribution(line, (mark.start(), len(text)), byline)
    return found if found and (expected or found.speaker.role) else None


def _attribution(line: Line, quoted: Span, byline: Span) -> Attributed | None:
    text = line.text
    verb = _SAID.match(text, *byline)
    start = verb.end() if verb else byline[0]
    verb = _SAID_LAST.search(text, start, byline[1])
    byline = _stripped(text, start, verb.start() if verb else byline[1])
    speaker = speaker_of(line, byline)
    words = _without_marks(text, *quoted)
    if speaker is None or words is None:
        return None
    return Attributed(quoted=quoted, words=words, byline=byline, speaker=speaker)


def _split_name(name: str, role: str) -> Speaker | None:
    if not role:
        name, role = _cut_role(name)
    name, role = name.strip(_SEPARATORS), role.strip(_SEPARATORS)
    name = name if _DOTTED_END.search(name) else name.removesuffix(".")
    if not _is_name(name):
        return None
    role = role.removesuffix(".") if role.count(".") == 1 else role
    if role.startswith("(") and role.endswith(")"):
        role = role[1:-1]
    return Speaker(name=name, role=role or None)


def _is_name(text: str) -> bool:
    """Tell whether the text may name a person: capitals, no digits, and not a sentence."""
    words = text.split()
    return (
        0 < len(words) <= _MAX_NAME_WORDS
        and words[0] not in _NOT_A_NAME
        and not any(map(str.isdigit, text))
        and any(map(str.isalpha, text))
        and all(not word[0].islower() or word in _PARTICLES or "-" in word for word in words)
    )


def _cut_role(text: str) -> tuple[str, str]:
    """Cut an attribution in two: at a separator, at a parenthesis, or before a word like Fellow."""
    found = _NAME_END.match(text)
    if found:
        suffix = _SUFFIX.match(text, found.end())
        cut = suffix.end() if suffix else found.end()
        return text[:cut], text[cut:]
    bracket = text.find("(")
    if bracket > 0 and text.endswith(")") and not _RETIRED.match(text, bracket):
        return text[:bracket], text[bracket:]
    role = _ROLE_WORD.search(text)
    if role and role.start() > 0:
        return text[: role.start()], text[role.start() :]
    return text, ""


def _stripped(text: str, start: int, end: int) -> Span:
    """Return the span without spaces and separators at its ends."""
    while start < end and text[start] in _SEPARATORS:
        start += 1
    while end > start and text[end - 1] in _SEPARATORS:
        end -= 1
    return start, end


def _without_marks(text: str, start: int, end: int) -> Span | None:
    start, end = start + 1, end - 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
