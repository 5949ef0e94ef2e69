"""Where the sentences of a paragraph begin and end.

A candidate is a mark of end, its closing quotes, a space and a character that may open a sentence;
what stands around the mark decides whether it only abbreviates. The summarizer calls it.
"""

import re

from alertbot.briefs.plain import Span

_CANDIDATE = re.compile(
    r"""(?<![.!?…])(?P<mark>[.!?…]++)(?P<close>["”’'»)\]]*+)\s++"""
    r"""(?=(?P<open>["“‘'«(\[]*)(?P<next>[^\s\w]?\w))"""
)
#: the word that a full stop ends, with inner stops ("U.S", "Ph.D"), looked for in a short window
_WORD_BEFORE = re.compile(r"(?:\w+\.)*\w+\Z")
_WINDOW = 24
_WORD = re.compile(r"\w+(?:[’']\w+)?")
#: initials and what is made of them: "J", "U.S", "Ph.D"
_DOTTED = re.compile(r"(?:[A-Za-z]{1,2}\.)*[A-Za-z]\Z")
#: Arabic names keep their small article at the start of a sentence
_ARTICLE = re.compile(r"(?:al|el|an|ar|as|ash|at|az)-[A-Z]")

#: before a name or an example, so never the last word of a sentence
_OPENERS = frozenset(
    "Mr Mrs Ms Mx Messrs Dr Prof Rev Fr Hon Msgr Sr St Ste Ft Mt "
    "Gen Lt Col Maj Capt Cmdr Cdr Comdr Cmd Adm Vadm Radm Brig Sgt Cpl Pvt Pfc Spc Ens Cpt Ret Res "
    "Rep Reps Sen Sens Gov Govs Pres Amb Sec Asst Assoc Dep Dir Atty Supt Det Insp "
    "vs v e.g i.e cf viz approx ca incl".split()
)
#: abbreviations before a number, words of their own otherwise
_BEFORE_NUMBER = frozenset(
    "No Nos no nos Art Arts Fig Figs fig Vol vol Ch ch Para para Pt p pp".split()
)
#: may end a sentence; it does where the next word cannot be part of a name
_EITHER = frozenset(
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri "
    "Inc Corp Ltd Co Cos Bros Jr Esq Ave Blvd Rd Dept Univ Assn Intl Natl Govt al etc "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Mo Mont Neb Nev "
    "Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo".split()
)
_STARTERS = frozenset(
    "The A An This That These Those It Its He She They We You His Her Their Our My There Here "
    "But And Or So Yet Nor In On At By From With Without Within After Before Since Until While "
    "When Where As If Although Though Because Despite However Meanwhile Moreover Still Also Then "
    "Both Each Some Many Most Several None Neither Either Another Even Just Among Between During "
    "Through To Earlier Later Today Now What Who Why How Once Soon Instead Thus Therefore Nearly "
    "About According Such Last Two Three Four Five Six Seven Eight Nine Ten".split()
)
_HOUR = frozenset({"a.m", "p.m", "A.M", "P.M"})
#: what goes on after "p.m." though it has a capital: a zone, a day, a date
_AFTER_HOUR = re.compile(
    r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|EES?T|IST|JST|KST|MSK|Eastern|Central|Pacific|Mountain"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
    r"|Dec)[a-z]*\.? \d)\b"
)
#: “Why now?” Voss asked.
_ASIDE = re.compile(r"(?:[\w.’'-]+ ){1,4}(?:said|asked|says|asks|told|wrote|added|wondered)\b")


def split(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences of a paragraph, in order, without outer whitespace.

    Sentences inside a quotation count.
    """
    spans: list[Span] = []
    start = 0
    for found in _CANDIDATE.finditer(text):
        if _ends_sentence(text, found):
            _append(spans, text, start, found.end("close"))
            start = found.end("close")
    _append(spans, text, start, len(text))
    return tuple(spans)


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    """Add a stripped span; one without a letter or digit belongs to the sentence before it."""
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    end -= len(part) - len(part.rstrip())
    if start >= end:
        return
    if spans and not any(map(str.isalnum, text[start:end])):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    mark, close, rest = found["mark"], found["close"], found.end()
    word = rest + len(found["open"])
    if found["next"][-1].islower() and not _ARTICLE.match(text, word):
        return False
    if mark == ".":
        return _full_stop_ends(text, found.start("mark"), word)
    if close.startswith("]") and text.startswith("[", found.start("mark") - 1):
        return False
    return not (close and mark[-1] in "?!" and _ASIDE.match(text, rest))


def _full_stop_ends(text: str, stop: int, after: int) -> bool:
    """Tell whether the full stop at `stop` ends more than a word; the next one is at `after`."""
    window = _WORD_BEFORE.search(text, max(0, stop - _WINDOW), stop)
    before = window[0] if window else ""
    number_follows = text[after].isdigit()
    if before in _OPENERS:
        return False
    if before in _BEFORE_NUMBER:
        return not number_follows
    if before in _HOUR:
        return not number_follows and not _AFTER_HOUR.match(text, after)
    if before.isdigit():
        return stop > len(before) or len(before) > 2
    if before in _EITHER or _DOTTED.match(before):
        word = _WORD.match(text, after)
        return word is not None and word[0] in _STARTERS
    return True
