"""Lines become pieces with a zone: the layouts of briefs, read from top to bottom.

Classic briefs (sections with headings), bullets with bold kickers, and flat text all take the same
walk; `make_brief` calls it.
"""

from dataclasses import dataclass

from alertbot.briefs.headings import (
    dateline_end,
    is_heading,
    kicker_end,
    section_zone,
    with_headings_apart,
)
from alertbot.briefs.margins import margin_of, tag_list, tags_in, tail_margin_of
from alertbot.briefs.plain import Line, Span
from alertbot.briefs.quotes import (
    Speaker,
    attributed,
    byline_span,
    opens_quotation,
    speaker_of,
    whole_quotation,
)
from alertbot.model import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """The words of an expert inside a piece, and who said them."""

    words: Span
    speaker: Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block to be, before it has offsets."""

    zone: Zone
    text: str
    heading: bool = False
    saying: Saying | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the lines of an entry turned out to be."""

    pieces: tuple[Piece, ...]
    #: from the "Issues:" line
    tags: tuple[str, ...]


def read_layout(lines: tuple[Line, ...]) -> Layout:
    """Give every line its zone; headings that only name a section are left out."""
    walk = _Walk(with_headings_apart(lines))
    for at in range(len(walk.lines)):
        walk.step(at)
    return Layout(pieces=tuple(walk.pieces), tags=tuple(walk.tags))


class _Walk:
    """One pass over the lines, and the section it is in."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.pieces: list[Piece] = []
        self.tags: list[str] = []
        following: list[Line | None] = [*lines[1:], None]
        self._headings = list(map(is_heading, lines, following))
        self._tail = _tail_start(lines)
        zones = [section_zone(line.text) for line in lines]
        self._named = Zone.LEAD in zones or Zone.QUOTE in zones
        self._lead_named = Zone.LEAD in zones
        #: the zone of the section; None before the first heading
        self._zone: Zone | None = None
        #: under an "Issues" label
        self._tagging = False
        #: some of the report was read
        self._begun = False
        #: an expert was quoted
        self._quoted = False
        #: an attribution that waits for its quotation
        self._speaker: Speaker | None = None

    def step(self, at: int) -> None:
        """Read the line at `at`; the first reading that fits it holds."""
        line = self.lines[at]
        expert = self._zone is Zone.QUOTE
        if section := section_zone(line.text):
            self._open(section)
        elif (expert and self._take_quotation(line)) or self._take_tags(line):
            return
        elif margin := margin_of(line) or (tail_margin_of(line) if at >= self._tail else None):
            self._add(margin, line.text)
        elif expert and self._take_attribution(at):
            return
        elif self._headings[at]:
            self._take_heading(at)
        elif expert or not self._take_attributed(line, expected=False):
            self._take_paragraph(line)

    def _add(self, zone: Zone, text: str, *, heading: bool = False) -> None:
        self.pieces.append(Piece(zone=zone, text=text, heading=heading))
        self._begun = self._begun or (not heading and zone not in (Zone.BYLINE, Zone.RELATED))

    def _open(self, zone: Zone) -> None:
        self._zone, self._tagging, self._speaker = zone, False, None

    def _take_heading(self, at: int) -> None:
        """Open the section of a heading with a message; the first of several has the lead."""
        text = self.lines[at].text
        if self._zone in (Zone.RELATED, Zone.BYLINE):
            self._add(self._zone, text)
            return
        first = self._zone is None and not self._begun and any(self._headings[at + 1 :])
        if first and not self._lead_named:
            zone = Zone.LEAD
        else:
            zone = Zone.BACKGROUND if self._named else Zone.BODY
        self._open(zone)
        self._add(zone, text, heading=True)

    def _take_tags(self, line: Line) -> bool:
        """Take the tags of an "Issues:" line, or of a line under that label."""
        tags = tag_list(line)
        if tags is None and self._tagging:
            tags = tags_in(line) or None
        if tags is None:
            self._tagging = False
            return False
        self._tagging = self._tagging or not tags
        self.tags += tags
        self._add(Zone.BYLINE, line.text)
        return True

    def _take_paragraph(self, line: Line) -> None:
        zone = self._paragraph_zone(line)
        told = zone not in (Zone.QUOTE, Zone.RELATED, Zone.BYLINE)
        cut = kicker_end(line) if told else 0
        if zone is Zone.LEAD and not cut:
            cut = dateline_end(line.text)
        if cut:
            self._add(zone, line.text[:cut].rstrip(), heading=True)
        self._add(zone, line.text[cut:].strip())

    def _paragraph_zone(self, line: Line) -> Zone:
        if self._zone is Zone.QUOTE and not opens_quotation(line.text):
            return Zone.BACKGROUND if self._quoted else Zone.QUOTE
        if self._zone:
            return self._zone
        return Zone.BODY if self._begun and not self._named else Zone.LEAD

    def _take_quotation(self, line: Line) -> bool:
        """Read a quotation in an expert section, with its attribution or on its own."""
        if self._take_attributed(line, expected=True):
            return True
        words = whole_quotation(line.text)
        if words is None:
            return False
        self._add_quotation(line.text, words, self._speaker)
        self._speaker = None
        return True

    def _take_attributed(self, line: Line, *, expected: bool) -> bool:
        found = attributed(line, expected=expected)
        if found is None:
            return False
        byline = line.text[slice(*found.byline)]
        start, end = found.quoted
        if found.byline < found.quoted:
            self._add(Zone.BYLINE, byline)
        words = (found.words[0] - start, found.words[1] - start)
        self._add_quotation(line.text[start:end], words, found.speaker)
        if found.quoted < found.byline:
            self._add(Zone.BYLINE, byline)
        return True

    def _add_quotation(self, text: str, words: Span, speaker: Speaker | None) -> None:
        saying = Saying(words=words, speaker=speaker) if speaker else None
        self.pieces.append(Piece(zone=Zone.QUOTE, text=text, saying=saying))
        self._quoted = self._quoted or saying is not None

    def _take_attribution(self, at: int) -> bool:
        """Read a line that only says who speaks, after a quotation or ahead of one."""
        line = self.lines[at]
        span = byline_span(line)
        speaker = speaker_of(line, span) if span else None
        if not span or not speaker:
            return False
        last = self.pieces[-1] if self.pieces else None
        if last and last.zone is Zone.QUOTE and not last.saying and not line.heading:
            words = whole_quotation(last.text) or (0, len(last.text))
            self.pieces.pop()
            self._add_quotation(last.text, words, speaker)
        elif at + 1 < len(self.lines) and whole_quotation(self.lines[at + 1].text):
            self._speaker = speaker
        else:
            return False
        self._add(Zone.BYLINE, line.text[slice(*span)])
        return True


def _tail_start(lines: list[Line]) -> int:
    """Return where the margin at the end begins; the first line never belongs to it."""
    at = len(lines)
    while at > 1 and (tail_margin_of(lines[at - 1]) or tag_list(lines[at - 1]) is not None):
        at -= 1
    return at
