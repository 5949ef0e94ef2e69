"""Headings, kickers and datelines: what opens a section, a bullet or a report.

`layout` asks here; the names of sections that briefs share are listed at the top.
"""

import re

from alertbot.briefs.plain import Line
from alertbot.model import Zone

_LEAD = r"""
    (?:the\ )?latest(?:\ developments?|\ news|\ updates?)? | (?:key|recent|new|main)\ developments?
    | what\ happened | what(?:'s|\ is)\ new | the\ news
"""
_EXPERTS = r"""
    (?:[\w.&'-]+\ ){0,2} experts?'?\ (?:analys[ie]s | responses? | commentary | comments?
    | reactions? | insights? | opinions? | views? | takes? | quotes? | perspectives?)
    | expert\ voices | what\ (?:(?:our|the)\ )?experts(?:\ are)?\ (?:say|saying|think)
    | experts\ (?:say|react|respond)
"""
_RELATED = r"""
    related(?:\ (?:analys[ie]s | articles? | content | reading | posts? | research | coverage
    | links? | stories | topics | publications? | materials? | briefs? | products? | work))?
    | read\ (?:more|next|also) | further\ reading | see\ also | also\ read
    | more\ (?:from|on)\ .{1,60}
    | recommended(?:\ reading)? | you\ (?:may|might)\ also\ like | in\ case\ you\ missed\ it
"""
_BYLINE = r"""
    about\ (?:us | fdd | the\ authors?) | authors? | contributors? | contacts?
    | (?:media|press)\ (?:contacts? | inquiries | enquiries)
"""
_SECTIONS = tuple(
    (zone, re.compile(names, re.VERBOSE))
    for zone, names in (
        (Zone.LEAD, _LEAD),
        (Zone.QUOTE, _EXPERTS),
        (Zone.RELATED, _RELATED),
        (Zone.BYLINE, _BYLINE),
    )
)
#: "Latest Developments: Iran …", with nothing bold about it
_RUN_IN = re.compile(
    r"(?:[\w.&’'-]+ )?(?:latest developments?|expert (?:analysis|response|commentary)"
    r"|related (?:analysis|articles?|reading|content))\s*(?::|\s[—–-]\s)",
    re.I,
)
#: "ADEN —", "KYIV, Ukraine (Reuters) –", "GENEVA, Jan. 9 -"
_DATELINE = re.compile(
    r"[A-Z][A-Z.’'-]{1,30}(?:[ /][A-Z][A-Z.’'-]{1,30}){0,3}(?:, [A-Z][\w.’' -]{1,30})?"
    r"(?: \([A-Z]\w{1,20}\))? ?(?:—|–|--| -)(?= ?[“\"‘]?[A-Z\d])"
)
_MAX_NAME = 80
_MAX_HEADING = 200
_PLAIN_HEADING_WORDS = 14
_MAX_KICKER_WORDS = 12
_PLAIN_KICKER = re.compile(r"[\"“‘']?[A-Z\d][^:.!?;]{2,80}:(?=\s\S)")
_SMALL = frozenset(
    "a an and as at but by for from in into of on or over the to vs via with".split()
)
_AROUND_NAME = " :.—–-|"


def section_zone(text: str) -> Zone | None:
    """Return the zone that a heading by this name opens; None for a heading with a message."""
    if len(text) > _MAX_NAME:
        return None
    name = text.casefold().replace("’", "'").strip(_AROUND_NAME)
    return next((zone for zone, names in _SECTIONS if names.fullmatch(name)), None)


def with_headings_apart(lines: tuple[Line, ...]) -> list[Line]:
    """Put headings that share a line with their text on lines of their own."""
    apart: list[Line] = []
    for line in lines:
        cut = _run_in_end(line)
        if cut:
            apart.append(Line(text=line.text[:cut].rstrip(_AROUND_NAME), heading=True))
            cut += len(line.text[cut:]) - len(line.text[cut:].lstrip(_AROUND_NAME))
        rest = line.cut(cut)
        if rest.text:
            apart.append(rest)
    return apart


def is_heading(line: Line, following: Line | None) -> bool:
    """Tell whether a line is a heading: marked up, all bold, or short with prose under it."""
    text = line.text
    if len(text) > _MAX_HEADING or (text[0] in '“"' and text[-1] in '”"'):
        return False
    if line.heading:
        return True
    words = len(text.split())
    if line.item or words > _PLAIN_HEADING_WORDS or text[-1] in '.,;!…”"':
        return False
    if bold_start(line) >= len(text.rstrip(" :")):
        return True
    prose = following is not None and len(following.text.split()) >= max(12, words + 4)
    return prose and text[0].isalnum() and (text[-1] not in "?:" or _title_case(text))


def kicker_end(line: Line) -> int:
    """Return where the kicker that opens a bullet or paragraph ends, 0 if there is none."""
    text = line.text
    end = bold_start(line)
    if end and text[end : end + 1] in (":", "."):
        end += 1
    if end and end < len(text):
        words = len(text[:end].split())
        if text[end - 1] in ":?!—–" and words <= _MAX_KICKER_WORDS:
            return end
        if text[end - 1] == "." and words <= _MAX_KICKER_WORDS // 2:
            return end
    found = _PLAIN_KICKER.match(text) if line.item else None
    return found.end() if found and _title_case(found[0]) else 0


def dateline_end(text: str) -> int:
    """Return where the dateline of a wire report ends, 0 if there is none."""
    found = _DATELINE.match(text)
    return found.end() if found else 0


def bold_start(line: Line) -> int:
    """Return where the bold type that a line starts with ends, 0 if it starts otherwise."""
    return line.strong[0][1] if line.strong and line.strong[0][0] == 0 else 0


def _run_in_end(line: Line) -> int:
    """Return where a heading ends that its text follows on the same line, 0 if there is none."""
    text = line.text
    end = bold_start(line)
    rest = text[end:].lstrip(_AROUND_NAME)
    if end and rest and (_opens_section(text[:end]) or _is_message(line, end)):
        return end
    found = _RUN_IN.match(text)
    return found.end() if found and _opens_section(found[0]) and found.end() < len(text) else 0


def _opens_section(name: str) -> bool:
    """Tell whether a section begins here, rather than a line such as "Read more: …"."""
    zone = section_zone(name)
    related = zone is Zone.RELATED and name.casefold().startswith("related ")
    return zone in (Zone.LEAD, Zone.QUOTE) or related


def _is_message(line: Line, end: int) -> bool:
    """Tell whether the bold start of a paragraph is a heading: title case, then a sentence."""
    name, rest = line.text[:end].rstrip(), line.text[end:].lstrip()
    titled = not line.item and len(name.split()) > 2 and _title_case(name)
    return titled and name[-1].isalnum() and rest[0].isupper() and rest[-1] in ".!?"


def _title_case(text: str) -> bool:
    """Tell whether every word but the small ones has a capital or a digit."""
    words = [word.strip("“”\"‘’'(),:;?!") for word in re.findall(r"[^\s—–-]+", text)]
    return len(words) <= _PLAIN_HEADING_WORDS and all(
        not word or not word[0].islower() or word in _SMALL for word in words
    )
