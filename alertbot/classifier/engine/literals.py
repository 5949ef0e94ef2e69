"""The words and phrases of all rules as one automaton: a folded text -> where each of them stands.

Aho-Corasick finds them all in one pass, overlaps included, whatever their number: "Iran" in "Iran
deal" as well. What a literal cannot say (capitals, words behind a star) is `Checked` in place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ahocorasick_rs import BytesAhoCorasick

from alertbot.classifier.language.nodes import Term, Word

#: positions of the first word and of the last; for NEAR, also those of the words it joins
Place: TypeAlias = tuple[int, int] | tuple[int, int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Checked:
    """A term that its literal only suggests: each place must be looked at."""

    literal: int
    #: positions from the first word of a place to the last one the literal covers
    covered: int
    #: the words behind those
    rest: tuple[Word, ...]
    #: capitals, one string for each word; empty where they do not matter
    exact: tuple[str, ...]


class Literals:
    """The literals of a set of rules, each with a number."""

    def __init__(self, terms: Iterable[Term]) -> None:
        numbers: dict[str, int] = {}
        self._terms: dict[Term, int | Checked] = {}
        #: a literal -> from the word it ends in, or before, back to its last and its first
        self.shapes: list[tuple[int, int]] = []
        for term in terms:
            if term in self._terms:
                continue
            covered = _covered(term)
            written = _written(covered)
            number = numbers.setdefault(written, len(numbers))
            if number == len(self.shapes):
                behind = int(written.endswith(" "))
                self.shapes.append((behind, behind + len(covered) - 1))
            rest = term.words[len(covered) :]
            simple = not rest and not term.exact
            self._terms[term] = (
                number if simple else Checked(number, len(covered) - 1, rest, term.exact)
            )
        self._automaton = BytesAhoCorasick([written.encode() for written in numbers])
        #: about how rare each literal is: the longer, the rarer
        self.weights = [1 / len(written) ** 2 for written in numbers]

    def number(self, term: Term) -> int | Checked:
        """Return what stands for a term that was among those given."""
        return self._terms[term]

    def find(self, haystack: bytes) -> dict[int, list[Place]]:
        """Return the places of every literal in words that are parted, and framed, by one blank.

        A place counts words from 0. Places are in text order.
        """
        found: dict[int, list[Place]] = {}
        shapes = self.shapes
        count = haystack.count
        at, word = 0, -1
        for number, _, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            word += count(b" ", at, end)
            at = end
            to_last, to_first = shapes[number]
            place = (word - to_first, word - to_last)
            if number in found:
                found[number].append(place)
            else:
                found[number] = [place]
        return found


def _covered(term: Term) -> tuple[Word, ...]:
    """Return the words of a term up to its first star: what one literal can say of it."""
    stars = (at for at, word in enumerate(term.words, 1) if word.prefix)
    return term.words[: next(stars, len(term.words))]


def _written(words: tuple[Word, ...]) -> str:
    end = "" if words[-1].prefix else " "
    return " " + " ".join(word.key for word in words) + end
