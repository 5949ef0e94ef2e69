"""What stands around a report: bylines, author blurbs, press contacts, links, issue tags, tails.

`make_brief` and `layout` ask here what a line is; no rule may fire on any of it.
"""

import re
from collections.abc import Iterable

from alertbot.briefs.plain import Line, squeeze
from alertbot.model import Zone

_NAME = r"[A-Z][\w.’'-]+(?: (?:[a-z]{2,3} ){0,2}(?:\([A-Z]\w+\.\)|[A-Z][\w.’'-]*)){1,5}"
_NAMES = rf"{_NAME}(?:, {_NAME})*(?:,? and {_NAME})?"
_BY = re.compile(rf"(?:Written |Posted )?[Bb][Yy]:? {_NAMES}(?: ?[|,–—-].{{0,80}})?\Z")
#: "X is a senior fellow at …"; posts that statesmen hold too need more to count
_BLURB = re.compile(
    rf"(?:{_NAMES}|The authors?)(?:, [^.]{{1,120}},)? (?:is|are|serves? as|works? as)"
    r" (?:an? |the |both )?[^.]{0,80}?\b(?:fellows?|(?:research |policy )?analysts?|researchers?"
    r"|scholars?|interns?|columnists?|contributors?|(?P<post>directors?|editors?|advis[eo]rs?"
    r"|associates?|managers?|professors?|correspondents?|chair(?:man)?|president))\b"
)
_HOUSE = re.compile(
    r"[A-Z][^.]{0,80} is an? [^.]{0,80}?\b(?:non-?partisan|non-?profit|independent)\b[^.]{0,60}"
    r"\b(?:institute|institution|think tank|organization)\b"
)
_FOLLOW = re.compile(
    r"\b[Ff]ollow (?:him|her|them|us|the authors?|[A-Z]\w+(?: [A-Z]\w+)?)\b.{0,80}?"
    r"(?:\bon (?:X|Twitter|LinkedIn|Bluesky)\b|@\w)"
    r"|\bFor more (?:analysis|from)\b.{0,120}\bsubscribe\b|\b[Ss]ubscribe (?:here|HERE|to)\b"
)
_PRESS = re.compile(
    r"(?:for )?(?:(?:media|press)\b(?: \w+){0,2}? (?:inquir|enquir|contact|quer|relations|office)"
    r"|to (?:arrange|schedule|request) (?:an )?interview|contact(?:s| us)?\s*:)",
    re.I,
)
_CONTACT = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w+|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")
_DATE = (
    r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, \d{4}"
    r"|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{4}"
    r"|\d{4}-\d\d-\d\d)"
)
_KIND = (
    r"(?:[\w&.’'-]+ )?(?:flash brief|policy brief|brief|analysis|press release|news|insight|memo"
    r"|op-ed|statement|update|commentary)"
)
#: "January 23, 2024 | Flash Brief"
_META = re.compile(
    rf"(?:(?:Published|Posted|Updated)(?: on)?:? )?(?:{_DATE}|{_KIND})"
    rf"(?:\s*[|·•,–—-]?\s*(?:{_DATE}|{_KIND}|\d{{1,2}}:\d\d(?: ?[ap]\.?m\.?)?))*\Z",
    re.I,
)
_RELATED = re.compile(
    r"(?:related|read (?:more|also|next)|further reading|see also|also read|more)\s*[:|»→]"
    r"\s*(?=\S)",
    re.I,
)
_BESIDE_LINKS = re.compile(r"[\W\d]*(?:by\b[^.]*)?[\W\d]*")

_LABEL = re.compile(r"(?:issues?|tags?|topics?|filed under|tagged)\s*(?P<colon>:?)\s*", re.I)
_MAX_TAG_WORDS = 8
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.!?]\Z")
#: FDD's names of issues, to take a list without separators apart, longest name first
_ISSUES = sorted(
    (
        "Afghanistan|Al Qaeda|Arab Politics|Belarus|China|Cyber|Disinformation|Egypt|Energy|"
        "European Union|Gulf States|Hamas|Hezbollah|Houthis|India|Indo-Pacific|"
        "International Organizations|Iran|Iran Global Threat Network|Iran Human Rights|"
        "Iran Missiles|Iran Nuclear|Iran Politics and Economy|Iran Sanctions|"
        "Iran in Latin America|Iran-backed Terrorism|Iraq|Islamic State|Israel|Israel at War|"
        "Jihadism|Jordan|Kurds|Latin America|Lebanon|Libya|Military and Political Power|"
        "Muslim Brotherhood|Nonproliferation|North Korea|Pakistan|Palestinian Politics|Qatar|"
        "Russia|Sanctions and Illicit Finance|Saudi Arabia|Somalia|South Korea|Sudan|Syria|"
        "Taiwan|The Long War|Turkey|U.S. Defense Policy and Strategy|Ukraine|United Nations|"
        "Venezuela|Yemen"
    ).split("|"),
    key=len,
    reverse=True,
)
_ISSUE = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _ISSUES))})(?!\w)", re.I)

#: WordPress ends the texts of its feeds with this
_FOOTER = re.compile(
    r"The (?:post|article|entry) .{0,400} (?:appeared first|first appeared) on .+\Z"
)
_MORE = re.compile(
    r"(?:\A|(?<=[\s.…\])]))[(\[]?(?:(?:continue|keep) reading|read (?:more|on|full"
    r"|the (?:full|whole|rest))|(?:view|see) (?:the )?full (?:article|post|story))\b"
    r"[^.!?:]{0,300}[.…&#\])]*\s*\Z",
    re.I,
)
_ELLIPSIS = re.compile(r"(?:\[\s*(?:…|\.{3})\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3,})[\s”\"’'»→>]*\Z")
_TAIL = 600
_MAX_MARGIN = 1_500
_WORDS = re.compile(r"\w+")


def margin_of(line: Line) -> Zone | None:
    """Return the zone of a line that is marginal wherever it stands; None for the report's own."""
    text = line.text
    if len(text) > _MAX_MARGIN:
        return None
    words = len(text.split())
    if _RELATED.match(text) and words <= 40 and text[-1] not in ".!?":
        return Zone.RELATED
    if words <= 25 and (_is_byline(line) or _META.match(text) or _is_contact(text)):
        return Zone.BYLINE
    if _PRESS.match(text) or (_BLURB.match(text) and _FOLLOW.search(text)):
        return Zone.BYLINE
    return None


def tail_margin_of(line: Line) -> Zone | None:
    """Return the zone of a line that is marginal where nothing of the report follows it."""
    if len(line.text) > _MAX_MARGIN:
        return None
    blurb = _BLURB.match(line.text)
    if (blurb and not blurb["post"]) or _HOUSE.match(line.text) or _FOLLOW.search(line.text):
        return Zone.BYLINE
    return Zone.RELATED if _only_links(line) else margin_of(line)


def _is_byline(line: Line) -> bool:
    """Tell whether a line is "By Name"; a marked heading, "By Land and Sea", is not."""
    return not line.heading and _BY.match(line.text) is not None


def _is_contact(text: str) -> bool:
    return bool(_CONTACT.search(text)) and len(_CONTACT.sub("", text).split()) <= 8


def _only_links(line: Line) -> bool:
    """Tell whether a line is links alone, or one with its authors: “Title,” by Name."""
    if not line.links or line.links[0][0] > 3:
        return False
    beside, at = "", 0
    for start, end in line.links:
        beside += line.text[at:start]
        at = end
    return _BESIDE_LINKS.fullmatch(beside + line.text[at:]) is not None


def tag_list(line: Line) -> tuple[str, ...] | None:
    """Return the tags of an "Issues:" line: none for the label alone, None for another line."""
    label = _LABEL.match(line.text)
    if label is None:
        return None
    if label.end() == len(line.text):
        return ()
    linked = bool(line.links) and line.links[0][0] == label.end()
    return (tags_in(line.cut(label.end())) or None) if label["colon"] or linked else None


def tags_in(line: Line) -> tuple[str, ...]:
    """Return the tags that a line lists, by its links, its commas or the names it runs together."""
    if line.links:
        found = [line.text[start:end] for start, end in line.links]
    elif _SENTENCE_END.search(line.text):
        return ()
    else:
        found = re.split(r"\s*[,;|•·]\s*", line.text)
        found = found if len(found) > 1 else _run_on(line.text)
    tags = [tag.strip(" ,;") for tag in found]
    listed = all(len(tag.split()) <= _MAX_TAG_WORDS for tag in tags)
    return tuple(tag for tag in tags if tag) if listed else ()


def _run_on(text: str) -> list[str]:
    """Split a list without separators at the issue names in it; what is left is a tag too."""
    found: list[str] = []
    at = 0
    for issue in _ISSUE.finditer(text):
        found += [text[at : issue.start()].strip(), issue[0]]
        at = issue.end()
    return [tag for tag in (*found, text[at:].strip()) if tag]


def distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags, each on one line, without those that differ from another only in case."""
    kept: dict[str, str] = {}
    for tag in map(squeeze, tags):
        if tag:
            kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


def without_tail(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], bool]:
    """Drop "Read more" and "appeared first on"; tell whether the text is only a beginning.

    An ellipsis at the end stays: it tells the reader that the sentence goes on. The footer alone
    says nothing about length: full texts carry it as well.
    """
    kept = list(lines)
    more = False
    while kept:
        footer = _FOOTER.search(kept[-1].text[-_TAIL:])
        tail = footer or _more(kept[-1])
        if tail is None:
            break
        more = more or footer is None
        rest = kept[-1].cut(0, len(kept[-1].text) - len(tail[0]))
        kept[-1:] = [rest] if rest.text else []
    return tuple(kept), bool(kept) and (more or _breaks_off(kept[-1].text))


def _breaks_off(text: str) -> bool:
    """Tell whether a text ends in an ellipsis, or prose stops in the middle of a sentence."""
    unended = len(text.split()) >= 25 and (text[-1].isalnum() or text[-1] == ",")
    return unended or _ELLIPSIS.search(text[-_TAIL:]) is not None


def _more(line: Line) -> re.Match[str] | None:
    """Find "Read more …" at the end: as the whole line, as a link, or after an ellipsis."""
    tail = line.text[-_TAIL:]
    found = _MORE.search(tail)
    if found is None:
        return None
    start = len(line.text) - len(tail) + found.start()
    linked = any(a <= start + 1 and b >= len(line.text) - 3 for a, b in line.links)
    elided = _ELLIPSIS.search(tail[: found.start()]) is not None
    return found if start == 0 or linked or elided else None


def without_title(lines: tuple[Line, ...], title: str) -> tuple[Line, ...]:
    """Drop those of the first lines that only say the title again."""
    wanted = _bare(title)
    return tuple(
        line for i, line in enumerate(lines) if i > 2 or not wanted or _bare(line.text) != wanted
    )


def _bare(text: str) -> list[str]:
    return _WORDS.findall(text.casefold().replace("’", "").replace("'", ""))
