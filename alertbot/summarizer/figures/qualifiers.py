"""Reads how a number is meant: the words before it ("at least") and after it ("or so")."""

import re

from alertbot.model import Qualifier

_BEFORE: tuple[tuple[Qualifier, str], ...] = (
    (
        Qualifier.AT_LEAST,
        r"(?:at\s(?:the\svery\s)?least|(?:no|not)\s(?:fewer|less)\sthan|an?\sminimum\sof"
        r"|as\s(?:few|little|low)\sas)",
    ),
    (
        Qualifier.AT_MOST,
        r"(?:at\s(?:the\svery\s)?most|(?:no|not)\s(?:more|greater|higher)\sthan"
        r"|an?\smaximum\sof|within)",
    ),
    (
        Qualifier.UP_TO,
        r"(?:up\sto|as\s(?:many|much|far|high|long|large|big|great|heavy|deep|tall)\sas)",
    ),
    (
        Qualifier.MORE_THAN,
        r"(?:(?:(?:just|well|slightly|far|much|somewhat|significantly|a\slittle)\s)?"
        r"(?:more\sthan|greater\sthan|higher\sthan|longer\sthan|over|above|exceeding|exceeded"
        r"|in\sexcess\sof|upwards?\sof|beyond|north\sof))",
    ),
    (
        Qualifier.LESS_THAN,
        r"(?:(?:(?:just|well|slightly|far|much|somewhat|significantly|a\slittle)\s)?"
        r"(?:less\sthan|fewer\sthan|lower\sthan|smaller\sthan|shorter\sthan|under|below))",
    ),
    (
        Qualifier.NEARLY,
        r"(?:nearly|almost|close\sto|not\squite|(?:just|a\slittle)\s(?:short|shy)\sof|approaching"
        r"|nearing)",
    ),
    (
        Qualifier.ABOUT,
        r"(?:about|around|approximately|approx\.|roughly|some|(?:an\s|the\s)?estimated"
        r"|estimated\sat|barely|perhaps|maybe|possibly|circa|on\sthe\sorder\sof|in\sthe\sregion\sof"
        r"|somewhere\saround)",
    ),
    (Qualifier.ALL_BUT, r"(?:all\sbut)"),
    (Qualifier.BETWEEN, r"(?:(?:anywhere\s|somewhere\s)?between)"),
)
_ANY = "|".join(pattern for _, pattern in _BEFORE)
#: words that may stand between the qualifier and the number
_GAP = r"(?:an\sadditional|an\sextra|another|a\sfurther|a\stotal\sof|just|only|the\sfirst)"
_BEFORE_NUMBER = re.compile(
    rf"(?<![\w-])(?P<words>(?:{_ANY})(?:\s(?:{_ANY}))*)\s(?:{_GAP}\s)?(?:[“\"‘]|US)?$",
    re.IGNORECASE,
)
#: every qualifier ends in one of these: most numbers have none, and need no closer look
_LAST_WORDS = frozenset(
    "least than of as most within to over above exceeding exceeded beyond under below nearly "
    "almost quite approaching nearing about around approximately approx roughly some estimated at "
    "barely perhaps maybe possibly circa but between additional extra another further just only "
    "first".split()
)
_LAST_WORD = re.compile(r"([^\W\d_]+)\.?\s(?:[“\"‘]|US)?$")
_LONGEST = 20
_SIGNS = {"~": Qualifier.ABOUT, "≈": Qualifier.ABOUT, ">": Qualifier.MORE_THAN}
_SIGNS |= {"<": Qualifier.LESS_THAN, "≥": Qualifier.AT_LEAST, "≤": Qualifier.AT_MOST}
_EACH = tuple((qualifier, re.compile(pattern, re.IGNORECASE)) for qualifier, pattern in _BEFORE)
_AFTER = re.compile(
    r",?\s(?:(?P<least>or\s(?:more|higher|above|greater|longer)|at\sleast|plus)|(?P<most>or\s"
    r"(?:fewer|less|lower|below)|at\smost)|(?P<about>or\sso|or\sthereabouts|give\sor\stake))\b"
    r"(?!\s(?:than|[\d]))",
    re.IGNORECASE,
)
_WINDOW = 60


def qualifier_before(text: str, start: int) -> tuple[Qualifier | None, int]:
    """Return the qualifier that ends where the number starts, and where it begins itself."""
    if start and (sign := _SIGNS.get(text[start - 1])):
        return sign, start - 1
    last = _LAST_WORD.search(text, max(0, start - _LONGEST), start)
    if last is None or last[1].lower() not in _LAST_WORDS:
        return None, start
    base = max(0, start - _WINDOW)
    match = _BEFORE_NUMBER.search(text[base:start])
    if match is None:
        return None, start
    said = [q for q, each in _EACH for _ in each.finditer(match["words"])]
    firm = [qualifier for qualifier in said if qualifier is not Qualifier.ABOUT]
    return (firm or said)[0], base + match.start()


def qualifier_after(text: str, end: int) -> tuple[Qualifier | None, int]:
    """Return the qualifier that begins where the number or its noun ends, and its own end."""
    match = _AFTER.match(text, end)
    if match is None:
        return None, end
    if match["least"]:
        return Qualifier.AT_LEAST, match.end()
    return (Qualifier.AT_MOST if match["most"] else Qualifier.ABOUT), match.end()
