"""Turns one term, as a rule or a list has it, into a node: words, `word*`, `=US` or `@list`."""

import re
from collections.abc import Collection
from functools import lru_cache

from alertbot.classifier.language.mistakes import Mistake, did_you_mean, pointed
from alertbot.classifier.language.nodes import ListRef, Term, Word
from alertbot.classifier.normalise import tokens, with_case

_SHORTEST_STEM = 4
_STAR = re.compile(r"\*(?!\w)")
#: what most terms are, and what needs no more folding than small letters
_PLAIN = re.compile(r'"?([A-Za-z0-9]+(?: [A-Za-z0-9]+)*)"?')


def parse_term(written: str, lists: Collection[str] = ()) -> Term | ListRef:
    """Parse one term of a list: words, a phrase without quotes, `=US`, `word*` or `@other`.

    Raises:
        RuleError: It is no term, or `@other` is not among `lists`.
    """
    text = written.strip()
    try:
        return list_ref(text, lists) if text.startswith("@") else parse_words(text)
    except Mistake as mistake:
        raise pointed(text, mistake) from None


def list_ref(written: str, lists: Collection[str]) -> ListRef:
    """Return the list that `@name` stands for; raises Mistake."""
    name = written.removeprefix("@")
    if name not in lists:
        raise Mistake(0, f"there is no list @{name}" + did_you_mean(name, lists, "@"))
    return ListRef(name)


@lru_cache(maxsize=65_536)
def parse_words(written: str) -> Term:
    """Parse words, with or without quotation marks; raises Mistake, with its place in them.

    Rules share their terms, so equal texts are one object.
    """
    if plain := _PLAIN.fullmatch(written):
        return Term(tuple(map(Word, plain[1].lower().split(" "))), (), written)
    found = list(tokens(written))
    if not found:
        raise Mistake(0, "there is no word in this")
    starred = [_STAR.match(written, token.end) is not None for token in found]
    if written.count("*") != sum(starred):
        raise Mistake(written.index("*"), "a star goes at the end of a word: missile*")
    for token, star in zip(found, starred, strict=True):
        if star and len(token.key) < _SHORTEST_STEM:
            reason = f"a star needs at least {_SHORTEST_STEM} letters before it"
            raise Mistake(token.start, reason)
    exact = [with_case(written[t.start : t.end]) for t in found] if written[0] == "=" else []
    return Term(
        tuple(Word(t.key, star) for t, star in zip(found, starred, strict=True)),
        tuple(exact),
        written,
    )
