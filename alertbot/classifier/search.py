"""Reads what a person types to find briefs by, and finds it; nothing that is typed is a mistake.

Words compare as those of rules do. A word stands for its singular and plural, too; a stemmer would
take "United" for "units" and "operator" for "operation", and each database has another one. Other
forms are asked for by `launch*`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alertbot.classifier.normalise import Token, tokens, words
from alertbot.model import Brief, Zone

#: what is typed beyond is not read
TYPED_LIMIT = 200
TERMS_LIMIT = 10
#: a beginning of fewer letters is a word of its own
SHORTEST_BEGINNING = 3
#: of a brief, what stands in the index: as many words as PostgreSQL keeps the places of
CHARACTERS_INDEXED = 100_000

_UNSEARCHED = frozenset({Zone.BYLINE, Zone.RELATED})
_PART = re.compile(r'["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]?|(?P<word>[^\s"“”„«»]+)')
#: shorter ones are mostly names: "Mars", "Laos"
_SHORTEST_PLURAL = 5
_SHORTEST_SINGULAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What has to stand in a brief: a word, or a phrase."""

    #: folded, one at least
    words: tuple[str, ...]
    #: the last word may go on
    beginning: bool = False

    def spellings(self) -> tuple[str, ...]:
        """Return the words that do for a term of one whole word: it, its singular, its plural."""
        word = self.words[0]
        return tuple(dict.fromkeys([word, *_singular(word), *_plural(word)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What has to stand in a brief, all of it, in any order; no term: nothing was asked for."""

    terms: tuple[Term, ...] = ()

    def spans(self, text: str) -> list[tuple[int, int, Term]]:
        """Return where the terms stand in a text, in order, each place once."""
        there = list(tokens(text))
        found: dict[tuple[int, int], Term] = {}
        for term in self.terms:
            for span in _places(term, there):
                found.setdefault(span, term)
        return [(*span, term) for span, term in sorted(found.items(), key=lambda each: each[0])]


def read_search(typed: str) -> Search:
    """Return what is asked for: words, beginnings such as missil*, and "phrases in quotes".

    A word that is parted inside, such as al-Asad, is a phrase; AND between words says what is so
    without it.
    """
    terms: dict[Term, None] = {}
    for part in _PART.finditer(typed[:TYPED_LIMIT]):
        written = part["word"] or part["phrase"]
        # a mark that stands alone is no word
        found = tuple(word for word in words(written) if word.isalnum())
        if found and part["word"] != "AND":
            goes_on = written.rstrip().endswith("*") and len(found[-1]) >= SHORTEST_BEGINNING
            terms[Term(words=found, beginning=goes_on)] = None
    return Search(terms=tuple(terms)[:TERMS_LIMIT])


def searchable(brief: Brief) -> str:
    """Return the words that a brief can be found by, folded, parted by blanks.

    Those of its byline and of links to other pieces are left out.
    """
    wanted = (block for block in brief.blocks if block.zone not in _UNSEARCHED)
    spans = [(block.start, block.end) for block in wanted]
    return searchable_text(brief.text, spans)


def searchable_text(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the words in some parts of a text, as `searchable` does."""
    found = " ".join(word for start, end in spans for word in words(text[start:end]))
    return found[:CHARACTERS_INDEXED]


def _places(term: Term, there: Sequence[Token]) -> Iterator[tuple[int, int]]:
    size = len(term.words)
    alone = term.spellings() if size == 1 and not term.beginning else ()
    for at in range(len(there) - size + 1):
        keys = tuple(token.key for token in there[at : at + size])
        if alone:
            fits = keys[0] in alone
        elif term.beginning:
            fits = keys[:-1] == term.words[:-1] and keys[-1].startswith(term.words[-1])
        else:
            fits = keys == term.words
        if fits:
            yield there[at].start, there[at + size - 1].end


def _singular(word: str) -> Iterator[str]:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        yield word[:-2]
    if not word.endswith("as") or word.endswith("ias"):  # Hamas is not many of Hama
        yield word[:-1]


def _plural(word: str) -> Iterator[str]:
    if len(word) < _SHORTEST_SINGULAR or not word.isalpha():
        return
    if word.endswith("y") and word[-2] not in "aeiou":
        yield f"{word[:-1]}ies"
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        yield f"{word}es"
    elif not word.endswith("a") or word.endswith("ia"):
        yield f"{word}s"
