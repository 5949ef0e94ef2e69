"""Picks the sentences to tell: the lead, then at most two more that carry the best figures.

All are slices of the brief, in its order, 600 characters together; never an opinion, a heading,
or a sentence that leans on one that is not told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from alertbot.model import Brief, Sentence, Zone
from alertbot.summarizer.places import Place

#: characters of all sentences together
LIMIT = 600
_MORE = 2
_DATELINE = re.compile(
    r"[A-Z][A-Z .,'’/-]{2,40}(?:,\s[A-Z][\w. ]{2,30})?(?:\s\([\w .]{2,30}\))?\s[—–-]{1,2}\s"
)
_DANGLING = re.compile(
    r"(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its|But|And|So|Yet|Or|However|Meanwhile"
    r"|Also|Both|Neither|Another|Others?|Such|Instead|Then|Still|Nor|Each|All\sbut|One\sof\sthem"
    r"|Some\sof\sthem|Most\sof\sthem|None\sof\sthem|In\s(?:return|turn|response|addition|exchange)"
    r"|As\sa\sresult|Among\sthem|Of\s(?:those|these|them)|(?:Ten|Nine|Eight|Seven|Six|Five|Four"
    r"|Three|Two|\d+)\s(?:others|more|of\sthem|of\sthe)|The\s(?:other|others|latter|former|same|two"
    r"|three|move|decision|announcement|statement|incident|figure|total|count|toll))\b"
)
#: "The intruders", whom another sentence has to name first; "The army" needs none
_DEFINITE = re.compile(
    r"The\s(?!(?:army|navy|military|government|president|prime|ministry|minister|defense|foreign"
    r"|interior|parliament|police|central|air|coast|country|nation|state|capital|war|world|economy"
    r"|city|supreme|high|opposition|first|last|next|only|most|number|price|value)\b)"
    r"([a-z][\w’-]*(?:\s[a-z][\w’-]*)?)(?!\s(?:of|that|who|which|in|at|on|for|from|between|near)\s)\b"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_CLAUSE = re.compile(
    r"[,;:—–]\s(?!\d|(?:Jr|Sr|II|III|Inc|Ltd)\b)|\s(?=(?:but|while|after|which|who|when)\s|and\s(?=[a-z]))"
)
#: between two words of which neither is a number or part of a name
_GAP = re.compile(
    r"(?<![\d.,$€£])\s(?=[a-z])(?!(?:al|bin|de|van|von|percent|per|hundred|thousand|million|billion"
    r"|trillion|dozen|of|and|or)\b)"
)


def pick(brief: Brief, places: Sequence[Place], worth: Mapping[int, float]) -> tuple[Sentence, ...]:
    """Return the sentences to tell, in document order.

    worth: what telling each place would add, by its index in `places`.
    """
    lead = _lead(places)
    if lead is None:
        return ()
    chosen = {lead: _slice(brief, places[lead], opening=True)}
    candidates = sorted(_candidates(brief, places, lead), key=lambda i: (-worth.get(i, 0), i))
    for index in candidates:
        if len(chosen) > _MORE or worth.get(index, 0) <= 0:
            break
        sentence = _slice(brief, places[index])
        length = sum(len(told.text) + 1 for told in chosen.values()) + len(sentence.text)
        if length <= LIMIT and _stands(brief, places, index, chosen):
            chosen[index] = sentence
    return tuple(chosen[index] for index in sorted(chosen))


def _lead(places: Sequence[Place]) -> int | None:
    """Return the first sentence of the lead, or the best there is."""
    for zones in ((Zone.LEAD,), (Zone.BODY,), (Zone.BACKGROUND,)):
        told = [i for i, place in enumerate(places) if place.zone in zones and not place.heading]
        finished = [i for i in told if not places[i].unfinished]
        if told:
            return (finished or told)[0]
    return None


def _candidates(brief: Brief, places: Sequence[Place], lead: int) -> Iterator[int]:
    for index, place in enumerate(places):
        told = place.zone in {Zone.LEAD, Zone.BODY} and not place.heading and index != lead
        if told and not place.unfinished and not _opinion(brief.text[place.start : place.end]):
            yield index


def _opinion(text: str) -> bool:
    """Tell whether more than a third of a sentence stands between quotation marks."""
    quoted = sum(len(match[0]) for match in re.finditer(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)", text))
    closing = text.endswith("”") and text.count("”") > text.count("“")
    return closing or 3 * quoted > len(text)


def _stands(
    brief: Brief, places: Sequence[Place], index: int, chosen: Mapping[int, Sentence]
) -> bool:
    """Tell whether a sentence can be understood with those chosen so far."""
    place = places[index]
    definite = _DEFINITE.match(brief.text, place.start, place.end)
    known = " ".join([brief.title, *(sentence.text for sentence in chosen.values())]).lower()
    unnamed = definite and not any(
        word.removesuffix("s") in known for word in _WORD.findall(definite[1])
    )
    if not unnamed and not _DANGLING.match(brief.text, place.start, place.end):
        return True
    follows = index > 0 and places[index - 1].end == place.start - 1
    return follows and index - 1 in chosen


def _slice(brief: Brief, place: Place, *, opening: bool = False) -> Sentence:
    start, end = place.start, place.end
    if opening and (dateline := _DATELINE.match(brief.text, start, end)):
        start = dateline.end()
    if end - start > LIMIT:
        end = _cut(brief.text, start, start + LIMIT)
    return Sentence(text=brief.text[start:end], start=start, end=end)


def _cut(text: str, start: int, end: int) -> int:
    """Return the last clause boundary before `end`, else the last gap between plain words.

    Neither is inside a quotation, a bracket, a number or a name.
    """
    for pattern in (_CLAUSE, _GAP):
        cuts = [match.start() for match in pattern.finditer(text, start + 1, end)]
        outside = [cut for cut in cuts if not _enclosed(text, start, cut)]
        if outside and (pattern is _GAP or outside[-1] > start + LIMIT // 3):
            return outside[-1]
    space = text.rfind(" ", start + 1, end)
    return space if space > 0 else end


def _enclosed(text: str, start: int, at: int) -> bool:
    pairs = any(
        text.count(opening, start, at) > text.count(closing, start, at)
        for opening, closing in ("“”", "()", "[]")
    )
    return pairs or text.count('"', start, at) % 2 == 1
