"""Reads a sentence as words, each with the marks around it and what it does in the sentence.

`faithful` compares two sentences with it. The sorts overlap: "after" both leads a clause and binds.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from alertbot.summarizer.lines import ING, VERB

MARKS = ",.;:!?…—–()[]“”\"‘’'"
_SLOT = re.compile(r"\{F\d+\}(?:[’']s)?")
_VERB = re.compile(rf"{ING}|{VERB}")
_ING = re.compile(ING)
#: may come and go without changing what is said
GLUE = frozenset("a an the and that has have had".split())
_JOINS = frozenset("and or but".split())
_PREPOSITIONS = frozenset(
    "of in on at to for from with by under near toward towards during over through across against "
    "into onto off along outside inside within between among amid via per than upon beyond behind "
    "above below up down out away about around like despite including".split()
)
_PARTICLES = frozenset("up down out off away".split())
_OPENERS = frozenset(
    "who which whose whom when while where after before because although though but or as since "
    "until so yet".split()
)
_IS = frozenset("is are was were be been being am do does did".split())
#: what turns a sentence: without it, the rest says something else. "Agreed to" and its like need no
#: place here, since a verb cannot be left out without what depends on it
_TURNS = re.compile(
    "will|would|can|could|may|might|shall|should|must|not|no|never|none|neither|nor|nobody|nothing"
    "|without|if|unless|whether|except|instead|hardly|barely|rather|only|according|former|ex"
    "|so-called|would-be|fake|mock|dummy|false(?:ly)?|simulated|un(?:able|likely)|likely|possibl[ey]"
    "|perhaps|maybe|potential(?:ly)?|apparent(?:ly)?|purported(?:ly)?|supposed(?:ly)?|presumed"
    "|attempted|foiled|thwarted|averted|planned|proposed|threatened|said|says?|saying|told|tells?"
    "|telling|wrote|writes?|claim(?:s|ed|ing)?|alleg(?:e|es|ed|edly|ing)|report(?:s|ed|edly|ing)?"
    "|assert(?:s|ed|ing)?|insist(?:s|ed|ing)?|suggest(?:s|ed|ing)?|suspect(?:s|ed|ing)?"
    "|believ(?:e|es|ed|ing)|expect(?:s|ed|ing)?|predict(?:s|ed|ing)?|estimat(?:e|es|ed|ing)"
    "|confirm(?:s|ed|ing)?|announc(?:e|es|ed|ing)|accus(?:e|es|ed|ing)|blam(?:e|es|ed|ing)"
    "|warn(?:s|ed|ing)?|vow(?:s|ed|ing)?|den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)"
    "|reject(?:s|ed|ing)?|fail(?:s|ed|ing|ure)?|\\w+n[’']t",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word of a sentence."""

    text: str
    #: the marks before and behind it
    opening: str
    closing: str
    #: whether its sentence begins with it
    starts: bool = False

    @cached_property
    def is_slot(self) -> bool:
        """Tell whether something is filled in here."""
        return _SLOT.fullmatch(self.text) is not None

    @cached_property
    def is_glue(self) -> bool:
        """Tell whether it may come and go."""
        return self.text.lower() in GLUE

    @cached_property
    def joins(self) -> bool:
        """Tell whether it joins two of a kind."""
        return self.text.lower() in _JOINS

    @cached_property
    def turns(self) -> bool:
        """Tell whether the sentence says something else without it."""
        return _TURNS.fullmatch(self.text) is not None

    @cached_property
    def places(self) -> bool:
        """Tell whether it is a preposition."""
        return self.text.lower() in _PREPOSITIONS

    @cached_property
    def leads(self) -> bool:
        """Tell whether it leads a clause."""
        return self.text.lower() in _OPENERS

    @cached_property
    def is_verb(self) -> bool:
        """Tell whether it may be a verb of its own."""
        return _VERB.fullmatch(self.text) is not None and not self.assists

    @cached_property
    def assists(self) -> bool:
        """Tell whether it is a form of "to be" or "to do"."""
        return self.text.lower() in _IS

    @cached_property
    def is_adverb(self) -> bool:
        """Tell whether it may stand before a verb: "reportedly"."""
        return self.text.endswith("ly")

    @cached_property
    def is_ing(self) -> bool:
        """Tell whether it is a verb that goes on with the clause before it: "killing"."""
        return _ING.fullmatch(self.text) is not None

    @cached_property
    def is_name(self) -> bool:
        """Tell whether it has a capital."""
        return self.text[:1].isupper()

    @cached_property
    def carries(self) -> bool:
        """Tell whether more than a shade is lost with it."""
        return (
            self.is_slot
            or self.is_name
            or self.is_verb
            or self.assists
            or self.places
            or self.leads
        )

    @cached_property
    def hangs(self) -> bool:
        """Tell whether a sentence that ends on it has lost its end."""
        binds = self.places and self.text.lower() not in _PARTICLES
        return binds or self.leads or self.assists or self.is_glue

    @cached_property
    def stops(self) -> bool:
        """Tell whether a mark behind it ends a phrase."""
        return any(mark in ",;:—–)" for mark in self.closing)


def read_words(sentence: str) -> tuple[Word, ...]:
    """Return the words of a sentence; marks that stand alone belong to the word before them."""
    words: list[Word] = []
    for token in sentence.split():
        text = token.strip(MARKS)
        if not text and words:
            last = words.pop()
            words.append(replace(last, closing=last.closing + token))
        else:
            at = token.index(text)
            closing = token[at + len(text) :]
            word = Word(text=text, opening=token[:at], closing=closing, starts=not words)
            words.append(word)
    return tuple(words)
