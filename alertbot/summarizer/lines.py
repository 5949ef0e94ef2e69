"""Cuts the line that tells a key figure: a clause of the source of at most 90 characters.

Sentences are cut into clauses first, so that two figures of one clause share a line and lines of
different clauses never overlap.
"""

import re
from collections.abc import Iterator, Sequence

from alertbot.model import Brief, KeyFigure
from alertbot.summarizer.figures import Found
from alertbot.summarizer.places import Place, place_at

#: characters of a line
LIMIT = 90
ING = r"[^\W\d_]{2,}ing"
VERB = (
    r"(?:is|are|was|were|has|have|had|will|would|could|can|may|said|says|put|hit|left|lost|took"
    r"|ran|fell|rose|sent|struck|shot|set|made|kept|held|cut|came|went|sank|paid|brought|caught"
    r"|bought|sought|fought|taught|found|told|sold|won|led|met|built|lent|spent|flew|drew|grew"
    r"|threw|blew|drove|broke|stole|wrote|began|stood|gave|saw|got|bore|beat|hid|dug|hung|spun"
    r"|laid|lay|read|spread|overran|withdrew|overtook|[^\W\d_]{3,}ed)"
)
#: a clause ends before these
_CLAUSE = re.compile(
    rf"[;:]\s|\s[—–]\s|,\s(?=(?:{ING}|which|who|whose|where|when|while"
    r"|after|before|but|as|although|though|because|if|including|up|down|according)\b"
    rf"|(?:and|or)\s(?:{ING}|{VERB}|the|a|an|it|they|he|she|some|only|that)\b"
    r"|[^,;]{2,70}\s(?:said|says)\b)"
    rf"|\s(?=(?:and|but)\s(?:{ING}|{VERB}|that)\b|(?:while|after|when|because|although|which"
    r"|according)\s|that\s(?:it|they|he|she)\s(?:said|says)\b)"
)
#: where a clause that is too long may be cut
_JOINT = re.compile(
    r",\s(?!\d)|\s(?=(?:in|on|at|for|from|with|by|to|under|near|toward|towards|since|during|over"
    r"|through|across|against|into|off|than|that|who|as|along|outside|inside|within|between"
    r"|before|until|among|via)\s)"
)
_RELATIVE = re.compile(r"(?:which|who|whose|where|that)\s")
#: the verb nearest to a figure, with its auxiliaries
_GOVERNING = re.compile(
    rf"(?<![\w-])(?:(?:has|have|had|was|were|is|are|will|would|could|can|may|might|not|been|be"
    rf"|[^\W\d_]+ly)\s)*(?!said|says)(?:{ING}|{VERB})(?![\w-])"
)
#: what a line does not begin with: joining words, "(3)", "officials said,", "said that"
_LEADING = re.compile(
    r"(?:[\s,;:—–)”\"’]|\(\w{1,2}\)\s|[^,;]{2,60}\s(?:said|says),\s"
    r"|(?:said|says|reported|confirmed)\sthat\s|(?:and|or|but|while|which|who|that|as|when|after"
    r"|where|because|although|though|if|whose|so)\s)+",
    re.IGNORECASE,
)
#: a subject that an earlier sentence names: "It has since sent 9,000 soldiers"
_PRONOUN = re.compile(
    rf"(?:(?:it|they|he|she|we)\s|(?:this|that|these|those)\s(?={VERB}\s))"
    r"(?:(?:has|have|had)\s(?!been\b|not?\b|never\b))?(?:(?:also|since|now|then|later|already)\s)*",
    re.IGNORECASE,
)
#: what a line that would be too long gives up first: "By one count, "
_INTRODUCTION = re.compile(
    r"(?:by|in|on|at|after|before|under|with|for|during|since|amid|despite|according)\s[^,;]{2,60},\s",
    re.IGNORECASE,
)
#: what a line does not end with
_TRAILING = re.compile(
    r"(?:[\s,;:!—–(“‘]|\[?(?:…|\.\.\.)\]?|(?<!\.\w)\.|,\s(?-i:[a-z])[\w’'-]*"
    r"|\s(?:a|an|the|of|in|on|at|to|for|from|with|by|and|or|but|as"
    r"|than|that|its|their|his|her|this|these|those|is|are|was|were|has|have|had|will|would|who"
    r"|which|while|under|near|over|into|about|some|more|at\sleast|up|between|within|first|last"
    r"|next|past|other|another|all|none|no|not|only|just|nearly|almost|roughly|against|among))+$",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would)\b")
#: the words that a bracket explains
_BRACKETED = re.compile(r"(?:[\w.,$€£’'-]+\s){1,4}\($")
_SAYING = re.compile(r"(?:it|they|he|she)\s(?:said|says)\b")
Span = tuple[int, int]


def key_figures(
    brief: Brief, places: Sequence[Place], found: Sequence[Found], best: Sequence[int]
) -> tuple[KeyFigure, ...]:
    """Return a line for each of the figures `best` (indexes into `found`), in that order.

    Figures of one clause get the same line; other lines do not overlap.
    """
    spans: dict[int, Span] = {}
    for clause, members in _by_clause(brief, places, found, sorted(best)):
        low = clause[0]
        for group in _groups(found, members):
            later = [found[i].figure.start for i in members if i > group[-1]]
            room = (low, min((clause[1], *later)))
            stops = [found[i].figure.start for i in range(group[-1] + 1, len(found))[:4]]
            span = _window(brief.text, room, [found[i] for i in group], stops)
            spans.update(dict.fromkeys(group, span))
            low = span[1]
    return tuple(_key_figure(brief.text, found[index], index, spans[index]) for index in best)


def _key_figure(text: str, each: Found, index: int, span: Span) -> KeyFigure:
    start, end = span
    return KeyFigure(
        figure=index,
        text=text[start:end],
        start=start,
        end=end,
        bold_start=each.figure.start - start,
        bold_end=each.number_end - start,
    )


def _by_clause(
    brief: Brief, places: Sequence[Place], found: Sequence[Found], best: Sequence[int]
) -> Iterator[tuple[Span, list[int]]]:
    clauses: dict[Span, list[int]] = {}
    guarded = [(each.figure.start, each.number_end) for each in found]
    for index in best:
        place = places[place_at(places, found[index].figure.start)]
        clause = _clause(brief.text, (place.start, place.end), guarded[index])
        clauses.setdefault(clause, []).append(index)
    yield from clauses.items()


def _clause(text: str, sentence: Span, core: Span) -> Span:
    start, end = sentence
    for cut in _CLAUSE.finditer(text, start, end):
        if cut.end() <= core[0]:
            start = cut.end()
        elif cut.start() >= core[1]:
            return start, cut.start()
    return start, end


def _groups(found: Sequence[Found], members: Sequence[int]) -> Iterator[list[int]]:
    """Yield runs of figures that fit one line."""
    group: list[int] = []
    for index in members:
        if group and found[index].figure.end - found[group[0]].figure.start > LIMIT:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _window(text: str, room: Span, group: Sequence[Found], stops: Sequence[int]) -> Span:
    """Return the line for a group inside `room`; `stops` are the figures that follow."""
    core_start = group[0].figure.start
    core_end = max(each.number_end for each in group)
    if bracket := _BRACKETED.search(text, max(room[0], core_start - 40), core_start):
        core_start = bracket.start()
    whole_end = max(each.figure.end for each in group)
    if whole_end - core_start <= LIMIT and whole_end <= room[1]:
        core_end = whole_end
    start = _start(text, room, core_start, core_end)
    end = _end(text, (start, room[1]), core_end, stops)
    return _balanced(text, (start, end), (core_start, core_end))


def _start(text: str, room: Span, core_start: int, core_end: int) -> int:
    """Return where the line begins: the clause, else the governing verb, else the figure."""
    low = room[0]
    relative = _RELATIVE.match(text, low, core_start)
    if relative and (comma := text.rfind(", ", low, core_start)) > 0:
        low = comma + 2
    while leading := _LEADING.match(text, low, core_start):
        low = leading.end()
    saying = _SAYING.match(text, low) is not None
    if not saying and (pronoun := _PRONOUN.match(text, low, core_start)):
        low = pronoun.end()
    new_clause = text[low:core_start].endswith((", and ", ", but "))
    if new_clause and _FINITE.search(text, core_end, min(room[1], core_end + LIMIT)):
        return core_start
    introduction = _INTRODUCTION.match(text, low, core_start)
    if introduction and core_end - low > LIMIT:
        low = introduction.end()
    if core_end - low <= LIMIT and not saying:
        return low
    verbs = [verb.start() for verb in _GOVERNING.finditer(text, low, core_start)]
    near = [verb for verb in verbs if core_end - verb <= LIMIT]
    return near[-1] if near else core_start


def _end(text: str, room: Span, core_end: int, stops: Sequence[int]) -> int:
    """Return where the line ends: with the clause, else at the last joint that fits."""
    start, high = room
    if high - start <= LIMIT:
        return _trimmed(text, core_end, high)
    joints = [joint.start() for joint in _JOINT.finditer(text, core_end, start + LIMIT + 1)]
    fitting = [at for at in (*joints, *stops) if core_end < at <= start + LIMIT]
    return _trimmed(text, core_end, max(fitting)) if fitting else core_end


def _trimmed(text: str, core_end: int, end: int) -> int:
    trailing = _TRAILING.search(text, core_end, end)
    return trailing.start() if trailing else end


def _balanced(text: str, span: Span, core: Span) -> Span:
    """Leave no bracket or quotation mark without its other half."""
    start, end = span
    for opening, closing in (("(", ")"), ("“", "”")):
        while text.count(opening, start, end) > text.count(closing, start, end):
            at = text.rfind(opening, start, end)
            if at >= core[1]:
                end = _trimmed(text, core[1], at)
            elif at < core[0]:
                start = at + 1
            else:
                break
        while text.count(closing, start, end) > text.count(opening, start, end):
            at = text.find(closing, start, end)
            if at < core[0]:
                start = at + 1
            else:
                end = max(core[1], at)
                break
    return start, end
