"""Turns a brief into an index of its words, and finds the places of terms in it.

One per brief, shared by all rules: each list is looked up once.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alertbot.classifier.language.nodes import Term
from alertbot.classifier.normalise import Token, tokens, with_case
from alertbot.model import Brief, Zone

#: zones that a rule never looks at
HIDDEN = frozenset({Zone.BYLINE, Zone.RELATED})
#: how many words of the lead, headings left out, belong to the opening
OPENING_WORDS = 80
#: positions between the first words of two blocks: no phrase and no NEAR reaches so far
_STRIDE = 1 << 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: from the position of its first word to that of its last."""

    first: int
    last: int
    #: (first, last) of the words found, without what stands between them
    words: tuple[tuple[int, int], ...]


class TermTable:
    """The terms of a list by their first word, so that a brief is asked for its own words only."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.by_word: dict[str, list[Term]] = {}
        self.by_stem: list[Term] = []
        for term in terms:
            first = term.words[0]
            if first.prefix:
                self.by_stem.append(term)
            else:
                self.by_word.setdefault(first.key, []).append(term)


class Scan:
    """The words of a brief by position; positions in different blocks are far apart."""

    def __init__(self, brief: Brief, lists: Mapping[str, TermTable]) -> None:
        self._text = brief.text
        self._lists = lists
        self._tokens: dict[int, Token] = {}
        self._positions: dict[str, list[int]] = {}
        self._zones: list[Zone] = []
        self._opening_end = -1
        self._found: dict[str, tuple[Place, ...]] = {}
        left = OPENING_WORDS
        for block in brief.blocks:
            if block.zone in HIDDEN:
                continue
            first = len(self._zones) * _STRIDE
            self._zones.append(block.zone)
            count = self._add(first, block.start, block.end)
            if block.zone is Zone.LEAD and left > 0:
                self._opening_end = first + min(count, left) - 1
                left -= 0 if block.heading else count
        self._vocabulary = sorted(self._positions)

    def _add(self, first: int, start: int, end: int) -> int:
        position = first - 1
        for position, found in enumerate(tokens(self._text[start:end]), first):
            token = Token(found.key, found.start + start, found.end + start)
            self._tokens[position] = token
            self._positions.setdefault(token.key, []).append(position)
        return position - first + 1

    def __len__(self) -> int:
        return len(self._tokens)

    def zone(self, position: int) -> Zone:
        """Return the zone of the block that holds the position."""
        return self._zones[position // _STRIDE]

    def in_opening(self, place: Place) -> bool:
        """Return whether the place is in the title or in the first words of the lead."""
        zone = self.zone(place.first)
        return zone is Zone.TITLE or (zone is Zone.LEAD and place.last <= self._opening_end)

    def span(self, words: tuple[int, int]) -> tuple[int, int]:
        """Return the offsets into the brief's text of the words at these positions."""
        return self._tokens[words[0]].start, self._tokens[words[1]].end

    def places_in_list(self, name: str) -> tuple[Place, ...]:
        """Return where any term of the list stands, in order."""
        if name not in self._found:
            table = self._lists[name]
            common = table.by_word.keys() & self._positions.keys()
            terms = [term for word in common for term in table.by_word[word]] + table.by_stem
            found = {place for term in terms for place in self.places(term)}
            self._found[name] = tuple(sorted(found, key=lambda place: (place.first, place.last)))
        return self._found[name]

    def places(self, term: Term) -> tuple[Place, ...]:
        """Return where the term stands, in order."""
        length = len(term.words)
        return tuple(
            Place(first, first + length - 1, ((first, first + length - 1),))
            for first in self._candidates(term)
            if self._stands_at(term, first)
        )

    def _candidates(self, term: Term) -> list[int]:
        word = term.words[0]
        if not word.prefix:
            return self._positions.get(word.key, [])
        found: list[int] = []
        at = bisect_left(self._vocabulary, word.key)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(word.key):
            found += self._positions[self._vocabulary[at]]
            at += 1
        return sorted(found)

    def _stands_at(self, term: Term, first: int) -> bool:
        for offset, word in enumerate(term.words):
            token = self._tokens.get(first + offset)
            if token is None or not token.key.startswith(word.key):
                return False
            if not word.prefix and token.key != word.key:
                return False
            if term.exact and not self._has_case(token, term.exact[offset]):
                return False
        return True

    def _has_case(self, token: Token, exact: str) -> bool:
        return with_case(self._text[token.start : token.end]).startswith(exact)
