"""Reads a brief once for all rules: its words by position, and the places of every literal.

One per brief, shared by all rules. Bylines and related links are never looked at.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import groupby

from alertbot.classifier.engine.literals import Checked, Literals, Place
from alertbot.classifier.language.nodes import Word
from alertbot.classifier.normalise import Folded, with_case
from alertbot.model import Brief, Zone

#: zones that a rule never looks at
HIDDEN = frozenset({Zone.BYLINE, Zone.RELATED})
#: how many words of the lead, headings left out, belong to the opening
OPENING_WORDS = 80
#: stands between two blocks, so that no phrase reaches across
_GAP = "\n"
_BLANKS = re.compile("  +")


class Scan:
    """A brief as its words, numbered from 0 through all blocks."""

    def __init__(self, brief: Brief, literals: Literals) -> None:
        self._text = brief.text
        self._folded = Folded(brief.text)
        #: by block: the position of its first word, its zone, the last position of the opening
        self._firsts: list[int] = []
        self._zones: list[Zone] = []
        self._opening: list[int] = []
        self._bounds: list[tuple[int, int]] = []
        #: no place that ends behind this one is in the opening
        self.opening_end = -1
        self._cached: dict[object, list[Place]] = {}
        self._line = self._read(brief)
        #: where each literal stands that stands anywhere
        self.found = literals.find(self._line.encode())

    def _read(self, brief: Brief) -> str:
        """Return the words of all blocks, each between two blanks, and note where they belong."""
        blocks = [block for block in brief.blocks if block.zone not in HIDDEN]
        shadow = self._folded.shadow
        line = f" {_GAP} ".join([shadow(block.start, block.end) for block in blocks])
        line = _BLANKS.sub(" ", f" {line} ")
        first, left = 0, OPENING_WORDS
        for block, words in zip(blocks, line.split(_GAP), strict=False):
            size = words.count(" ") - 1
            opening = size if block.zone is Zone.TITLE else 0
            if block.zone is Zone.LEAD:
                opening = min(size, left)
                left -= 0 if block.heading else opening
            if opening:
                self.opening_end = first + opening - 1
            self._firsts.append(first)
            self._zones.append(block.zone)
            self._opening.append(first + opening - 1)
            self._bounds.append((block.start, block.end))
            first += size + 1
        self._size = first - len(blocks)
        return line

    def __len__(self) -> int:
        return self._size

    def block(self, position: int) -> int:
        """Return the number of the block that holds the position."""
        return bisect_right(self._firsts, position) - 1

    def zone(self, position: int) -> Zone:
        """Return the zone of the block that holds the position."""
        return self._zones[bisect_right(self._firsts, position) - 1]

    def in_opening(self, place: Place) -> bool:
        """Return whether the place is in the title or in the first words of the lead."""
        return place[1] <= self._opening[bisect_right(self._firsts, place[0]) - 1]

    def spans(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the offsets into the brief's text of the words at these positions.

        places: first and last position, in order, each in one block.
        """
        spans: list[tuple[int, int]] = []
        for block, several in groupby(places, key=lambda place: self.block(place[0])):
            begin = self._firsts[block]
            ends = [position - begin for place in several for position in place]
            found = self._folded.nth_spans(*self._bounds[block], ends)
            spans += [(one[0], two[1]) for one, two in zip(found[::2], found[1::2], strict=True)]
        return spans

    def once(self, key: object, find: Callable[["Scan"], list[Place]]) -> list[Place]:
        """Return what `find` finds, which is asked once per brief."""
        if key not in self._cached:
            self._cached[key] = find(self)
        return self._cached[key]

    def checked(self, term: Checked) -> list[Place]:
        """Return the places of a term that its literal only suggests."""
        more = len(term.rest)
        return [
            (place[0], place[1] + more)
            for place in self.found.get(term.literal, ())
            if self._holds(term, place[0])
        ]

    def _holds(self, term: Checked, first: int) -> bool:
        return self._goes_on(term.rest, first + term.covered + 1) and all(
            self._written(at).startswith(exact) for at, exact in enumerate(term.exact, first)
        )

    def _goes_on(self, rest: Sequence[Word], behind: int) -> bool:
        # the end of the line is an empty word, so the first that is missing is another
        return not rest or all(
            key.startswith(word.key) if word.prefix else key == word.key
            for key, word in zip(self._keys[behind : behind + len(rest)], rest, strict=True)
        )

    @cached_property
    def _keys(self) -> list[str]:
        return self._line.split(" ")[1:]

    def _written(self, position: int) -> str:
        [(start, end)] = self.spans([(position, position)])
        return _with_case(self._text[start:end])


_with_case = lru_cache(maxsize=4096)(with_case)
