"""Tells whether a sentence says less than another, and nothing else.

The rule is strict, so that it needs no understanding: the words of the shorter sentence are words
of the longer one, in its order, but for articles and the like; what is left out is left out as a
whole phrase, and never a word that turns the sentence ("not", "said", "planned"). So a number
cannot change its verb, a verb its subject, a claim cannot become a fact, and no name can be added.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from alertbot.summarizer.shortening.words import Word, read_words

#: words of a sentence; a longer one is better told as it stands
MOST_WORDS = 120
_TOLD = 6
#: marks that may be added between words, and at the end
_COMMA, _END = ",", frozenset({".", ""})
_PAST = {
    "bringing": "brought",
    "cutting": "cut",
    "hitting": "hit",
    "leaving": "left",
    "losing": "lost",
    "making": "made",
    "putting": "put",
    "sending": "sent",
    "setting": "set",
    "shooting": "shot",
    "striking": "struck",
    "taking": "took",
}

MayGo = Callable[[int, int], bool]


def complaints(source: str, told: str) -> tuple[str, ...]:
    """Return what is wrong with `told` as a shorter `source`, for whoever wrote it; () is fine.

    Both may have slots such as {F1}, which count as words.
    """
    ours, theirs = read_words(told), read_words(source)
    if not ours or len(ours) > len(theirs):
        return ("it must be shorter than the sentence, and not empty",)
    found = [*_strange_words(ours, theirs), *_strange_marks(ours, theirs), *_lost(ours, theirs)]
    if not found:
        found += _misplaced(ours, theirs)
    return tuple(found[:_TOLD])


def _strange_words(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[str]:
    for index, word in enumerate(ours):
        if word.is_glue or any(_same(word, other, first=not index) for other in theirs):
            continue
        shown = word.text[:40]
        if word.is_slot or "{" in shown:
            yield f"{shown} is no slot of this sentence"
        elif any(letter.isdigit() for letter in shown):
            yield f"no digits, only slots: “{shown}”"
        elif word.is_name:
            yield f"the name “{shown}” is not in the sentence"
        else:
            yield f"the word “{shown}” is not in the sentence"


def _same(word: Word, other: Word, *, first: bool) -> bool:
    """Tell whether a word is that of the source, or the past tense of its -ing.

    A capital letter may change only where a sentence begins, which the filling in sees to.
    """
    text, source = word.text, other.text
    if first:
        text, source = text[:1].lower() + text[1:], source[:1].lower() + source[1:]
    if text == source or (other.starts and text == source[:1].lower() + source[1:]):
        return True
    return other.is_ing and text in {_PAST.get(source), f"{source[:-3]}ed"}


def _strange_marks(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[str]:
    """Yield the marks that are not those of the word in the source, but for commas and the end."""
    known = {(word.text.lower(), mark) for word in theirs for mark in word.opening + word.closing}
    for index, word in enumerate(ours):
        free = {_COMMA, "."} if index == len(ours) - 1 else {_COMMA}
        for mark in word.opening + word.closing:
            if mark not in free and (word.text.lower(), mark) not in known:
                yield f"the mark {mark} behind or before “{word.text[:40]}” is not in the sentence"
    brackets = "".join(word.opening + word.closing for word in ours)
    if brackets.count("(") != brackets.count(")"):
        yield "a bracket lacks its other half"


def _lost(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[str]:
    left = [word.text.lower() for word in ours]
    for word in theirs:
        if not word.turns:
            continue
        if word.text.lower() in left:
            left.remove(word.text.lower())
        else:
            yield f"the word “{word.text}” must stay"


def _misplaced(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[str]:
    told = [word for word in ours if not word.is_glue]
    if not told:
        yield "it says nothing"
    elif not _aligned(told, theirs, lambda before, after: True):
        yield "the words must keep the order of the sentence, each used once"
    elif ours[-1].hangs and ours[-1].text != theirs[-1].text:
        yield "it breaks off"
    elif not _aligned(told, theirs, lambda before, after: _may_go(theirs, before, after)):
        yield "leave out whole phrases only, so that each verb and number keeps what it belongs to"


def _aligned(told: Sequence[Word], theirs: Sequence[Word], may_go: MayGo) -> bool:
    """Tell whether the told words stand in the source in order, with gaps that may be there.

    may_go: whether all words between two places may be left out; -1 and the length are the ends.
    """
    reached = {-1}
    may = cache(may_go)
    for index, word in enumerate(told):
        reached = {
            at
            for at, other in enumerate(theirs)
            if _same(word, other, first=not index)
            and any(before < at and may(before, at) for before in reached)
        }
    return any(may(at, len(theirs)) for at in reached)


def _may_go(words: Sequence[Word], before: int, after: int) -> bool:
    """Tell whether what stands between two words can be left out as a whole."""
    gap = [word for word in words[before + 1 : after] if not word.is_glue or word.joins]
    if any(word.turns for word in gap):
        return False
    if after == len(words) or not any(word.carries for word in gap):
        return True
    preceding, following = words[before] if before >= 0 else None, words[after]
    if "(" in gap[0].opening and ")" in gap[-1].closing:
        return True
    return (
        _describes(gap, following) or _ends(gap, preceding, following) or _between(gap, following)
    )


def _describes(gap: Sequence[Word], following: Word) -> bool:
    """Tell whether a gap holds names that only describe what follows: "[Ain al-Asad] base"."""
    if any(word.carries and not word.is_name for word in gap):
        return False
    return following.is_name or not (_acts(following) or following.carries)


def _ends(gap: Sequence[Word], preceding: Word | None, following: Word) -> bool:
    """Tell whether a phrase ends where the gap does, so that nothing else takes its place."""
    acts = any(word.is_verb or word.assists for word in gap)
    leads = any(word.leads and not word.joins for word in gap)
    if following.is_slot and acts:
        return False
    if gap[-1].joins and not gap[-1].closing:
        return preceding is not None and not leads
    if gap[-1].stops:
        if preceding is None:
            return _opens(gap) and not (following.is_verb or following.assists)
        if not acts:
            return preceding.stops or _opens(gap) or _hangs_on(following)
        return _opens(gap) and not (leads and following.is_ing)
    return preceding is not None and not acts and not leads and _hangs_on(following)


def _opens(gap: Sequence[Word]) -> bool:
    """Tell whether a gap begins as a phrase does that hangs on the words before it."""
    first, *rest = gap
    if first.joins:
        return bool(rest) and (rest[0].is_verb or not any(word.is_verb for word in rest))
    return first.places or first.leads or first.is_ing


def _hangs_on(word: Word) -> bool:
    return word.places or word.leads or word.is_ing


def _between(gap: Sequence[Word], following: Word) -> bool:
    """Tell whether a gap describes a subject whose verb follows: "[operated by the U.S.] shot"."""
    start = 1 if gap[0].is_verb and not gap[0].is_ing else 0
    phrase = gap[start:]
    if len(phrase) < 2 or not phrase[0].places or phrase[-1].places:
        return False
    if any(word.is_verb or word.assists or word.leads for word in phrase):
        return False
    return _acts(following)


def _acts(word: Word) -> bool:
    return word.is_verb or word.assists or word.turns or word.is_adverb
