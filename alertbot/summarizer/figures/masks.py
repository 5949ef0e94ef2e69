"""Finds the numbers that count nothing: dates, ages, clock times, names, idioms.

`cover` gives `numbers` a copy of a block in which those are blotted out, offsets unchanged.
Every pattern is bounded, so that the time it takes is linear in the text.
"""

import re
from functools import lru_cache

from alertbot.summarizer.figures.lexicon.amounts import SCALES, TENS, UNITS

BLOT = "\N{BULLET}"

_WORD = "|".join(sorted((*UNITS, *TENS), key=len, reverse=True))
_WORD = rf"(?:(?:{'|'.join(TENS)})-(?:{'|'.join(list(UNITS)[1:10])})|{_WORD})"
_N = rf"(?:\d{{1,4}}|{_WORD})"
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w]|[,.]\d)"
_AND_DAY = rf"(?:\s?[-–—/]\s?|\s(?:to|and|or|through)\s)(?:{_MONTH}\s)?{_DAY}"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\w]|,\d{3}|\.\d)"
_YEAR_SPAN = r"(?:1[5-9]|20)\d\d\s?[-–—/]\s?(?:\d\d|(?:1[5-9]|20)\d\d)(?![\w]|[,.]\d)"
#: what may not follow a name's number, or it is a count after all
_NO_COUNT = (
    r"(?![\w-]|[.,]\d|\s?%|\s(?:percent|per\scent|dozen|hundred|thousand|million|billion"
    r"|trillion)\b)"
)
_CLOCK_END = r"\s?(?:[ap]\.m\.|[ap]m\b|[AP]M\b|[ap]\.m\b|o['’]clock)"
_CODE = rf"(?:\d{{1,6}}|{_WORD})"
_LIST = (
    rf"{_CODE}(?:(?:,\s|\s?[-–]\s?|\s(?:and|or|to|through)\s|,\sand\s)"
    rf"(?:\d{{1,6}}|{_WORD}(?!\sof\b))){{0,9}}"
)

_DATES = (
    rf"\b{_MONTH}\s{_DAY}(?:(?:,\s{_DAY}){{1,4}},?\s(?:and|or)\s{_DAY}|(?:{_AND_DAY}){{1,4}})?"
    rf"(?:,?\s{_YEAR})?",
    rf"\b{_MONTH}(?:\sof)?,?\s{_YEAR}",
    r"\bdated\s\d{3,4}\b",
    r"\bthe\s(?:early\s|mid-|late\s)?(?:[12]\d)?\d0s\b",
    r"(?<!\w)['’]\d\ds?\b",
    r"\b(?:FY|fiscal|fiscal\syear)\s?(?:\d\d|\d{4})(?:[-–/]\d\d(?:\d\d)?)?\b",
)
_COUNTED = (
    r"(?:percent|per\scent|people|troops|soldiers|civilians|fighters|militants|men|women|children"
    r"|rockets|missiles|drones|bombs|shells|kilometers|kilometres|miles|meters|metres|feet|km|kg"
    r"|kilograms|tons|tonnes|pounds|hours|days|dollars|euros|dozen|hundred|thousand|million|billion|trillion)"
)
_NOT_AFTER_QUALIFIER = "".join(
    rf"(?<!\b{word}\s)"
    for word in (
        "some",
        "about",
        "at least",
        "more than",
        "fewer than",
        "less than",
        "roughly",
        "nearly",
        "almost",
        "estimated",
        "approximately",
        "up to",
        "as many as",
    )
)
_CLOCK = rf"\b(?:\d{{1,2}}(?::\d\d){{0,2}}|{_WORD}){_CLOCK_END}"
_OLD = rf"\b{_N}(?:\s?(?:-|–|to)\s?{_N})?[-\s](?:year|month|week|day)s?[-\s]olds?\b"
_PHONE = r"\(?\b\d{3}\)?[-.\s]\d{3}[-.]\d{4}\b"
_IN = r"\b\w{1,5}-in-\w{1,5}\b"
_PLAIN_YEAR = (
    rf"{_NOT_AFTER_QUALIFIER}(?<![\w.,$€£¥/-])(?:(?:mid|early|late|pre|post)-)?{_YEAR}"
    rf"(?!%|[-\s]{_COUNTED}\b)"
)
_AGES = (
    _OLD,
    rf"\b(?:[Aa]ged?|ages|as\syoung\sas|as\sold\sas)\s(?:between\s)?{_N}"
    rf"(?:(?:\s?[-–]\s?|\s(?:to|and|or)\s){_N})?\b(?!\s(?:percent|million))",
    r"\bin\s(?:his|her|their)\s(?:early\s|mid-|late\s)?\d0s\b",
    r"\b[A-Z][\w'’.-]{1,30}+,\s\d{1,3}(?=,(?!\d)|[;)]|\sand\s[a-z]|\.(?!\d)|$)",
    r"(?<=[a-z]),\s\d\d(?=,\s(?!\d))",
    r"\(\d{1,2}\)",
    rf"\b(?:children|minors|people|men|women|boys|girls|anyone|of\sthem|of\swhom)\s(?:under|over)\s{_N}\b{_NO_COUNT}",
)
#: what bears its number as a name; lower case only where it cannot be a verb
_TITLED = (
    r"(?:[Rr]esolutions?|[Aa]rticles?|[Ss]ections?|[Cc]hapters?|Titles?|[Ee]xecutive\s[Oo]rders?"
    r"|Order|Advisory|Advisories|Units?|Blocks?|Types?|Models?|Mark|Mk\.?|Towers?|[Pp]hase|Stage"
    r"|stage(?=\s(?:one|two|three)\b)|Track|[Tt]ier|Level|[Cc]ategory|Class|Gates?|Piers?"
    r"|Terminals?|Routes?|Highway|Interstate|Channel|Flight|Line|Area|Zone|Sector|Site|Building"
    r"|[Rr]oom|Battalion|Brigade|Division|Task\sForces?|Regiment|Squadron|Battery|Camp|Base"
    r"|Station|Point|Annex|Appendix|Table|Figure|[Pp]ages?|Part|[Vv]olume|Vol\.|[Nn]os?\.|Number"
    r"|number(?=\s(?:one|two|1)\b)|Bill|Law|Act|Decree|Directive|Rule|Regulation|Protocol"
    r"|Circular|Bulletin|Notice|Ordinance|Instruction|Schedule|Communiqu[eé]"
    r"|[Pp]aragraphs?|Para\.|Clause|Item|Group(?:\sof)?|Gang\sof|Version|Reactor|Proposition"
    r"|Amendment|Memorandum|Convention|Day|[Cc]lass\sof|Operation\s\w+|True\sPromise|Air\sForce"
    r"|Formula|Cell|Ward|District|Precinct|Hill|[Ss]quare(?=\sone)|day(?=\sone))"
)
_NAMES = (
    r"\+\d{1,3}(?:[\s.-]?\(?\d{2,4}\)?){2,5}\b",
    _PHONE,
    r"\bFive\sEyes\b",
    rf"\b{_TITLED}\s{_LIST}{_NO_COUNT}(?:\s\(\d{{4}}\))?",
    r"\b(?:S|H\.R|H\.?\s?Res|S\.?\s?Res|H\.J\.?\s?Res|No)\.\s?\d{1,5}\b",
    # letters and digits grown together: F-35, TB2, H5N1, CVE-2025-30811, al-Aqsa-1
    r"(?<![\w$])(?!(?:to|and|or)-)[^\W\d_]{1,31}+(?:-[^\W\d_]{1,30}+){0,3}[-/–]?\d[\w-]{0,40}",
    r"\b[Mm]agnitude[-\s](?:of\s)?\d(?:\.\d)?\b",
    r"(?<!\w)\.\d\d\b",
    # hull and bill numbers: DDG 107
    rf"\b(?!USD|EUR|GBP)[A-Z]{{2,5}}\s\d{{1,4}}{_NO_COUNT}(?!\s[a-z]{{2,20}}s\b)",
    r"(?<!\w)\[\d+\]",
    r"\bP5\+1\b|\bG-?(?:7|8|20|77)\b",
    r"\bSix-Day\sWar\b|\bCatch-22\b",
    r"\b[Vv]ot(?:e|es|ed)\s(?:\w+\s){0,3}\d{1,3}(?:[-–]|\sto\s)\d{1,3}\b",
    _IN,
    rf"(?=[empl]){_PLAIN_YEAR}",
)
#: all that begin with a digit
_FROM_DIGIT = (
    rf"\b{_DAY}(?:\s?[-–]\s?{_DAY}|\s(?:to|and|or)\s{_DAY})?\s(?:of\s)?{_MONTH}(?!\w)(?:,?\s{_YEAR})?",
    r"\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?\b",
    r"\b\d{3,4}\s(?:in|on|of)\sthe\s\w+\scalendar\b",
    rf"\b\d{{1,2}}(?::\d\d)?(?:{_CLOCK_END})?(?:\s?[-–]\s?|\s(?:to|and|until)\s)"
    rf"\d{{1,2}}(?::\d\d)?{_CLOCK_END}",
    _CLOCK,
    r"\b\d{1,2}(?::\d\d){1,2}\b",
    r"\b\d{1,2}h\d\d\b",
    r"\b\d{4}\s(?:GMT|UTC|local\stime|hours\slocal)\b",
    _OLD,
    _PHONE,
    r"\b\d+(?:\.\d+){2,}\b",
    r"\b(?!\d/\d{1,3}(?:th|rd|nd|s)?\sof\b)\d{1,4}/\d{1,4}(?:/\d{2,4})?(?:th|rd|nd|s)?\b",
    r"(?<![\w.,])\d+(?!(?:km|kg|kgs|lbs?|ft|mi|cm|[GMk]W|mph|kph|bpd|bn|mn|m|tn|k|b|st|nd|rd|th)\b)"
    r"[^\W\d_][\w-]{0,40}",
    r"(?<!/)\b\d+(?:st|nd|rd|th)\b(?:-[^\W\d_]{1,30})?",
    r"\b\d(?:\.\d)?[-\s][Mm]agnitude\b",
    # calibre
    r"\b\d+(?:\.\d+)?[-\s]?(?:mm|millimet(?:er|re)s?)\b",
    r"\b\d+(?:\.\d+)?[-\s]cal(?:iber|ibre)?\b",
    r"\b123\s[Aa]greements?\b|\b5\+1\b|\b50-50\b",
    _IN,
    rf"(?<![\w.,$€£¥]){_YEAR_SPAN}",
    rf"(?=[12]){_PLAIN_YEAR}",
)
_IDIOMS = (
    rf"\b(?:{'|'.join(TENS)})-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b",
    r"\b(?:no|every|any)(?:\s|-)one\b",
    # "five point six million" is a number that is not read here, rather than two wrong ones
    rf"\b{_N}\spoint\s{_N}(?:\s{_N})*(?:\s(?:hundred|thousand|million|billion|trillion))?\b",
    r"\bone-(?!(?:third|quarter|half|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s?\b)"
    r"[^\W\d_]{1,30}(?:-[^\W\d_]{1,30}){0,2}",
    r"\bzero(?:-[^\W\d_]{1,30})?\b",
    r"\bone\s(?:or|by|and)\s(?:two|one|all|only|the\ssame)\b",
    r"\bone(?:\s|-)on(?:\s|-)one\b|\bone\sanother\b",
    r"\b(?:two|both)-(?:way|state|faced|edged|pronged|tone|time|bit)s?\b",
    r"\b(?:two|three|four|five|six|seven)-stars?\b|\bthree-letter\b|\bfour-wheel\b|\bfour-letter\b",
    r"\b(?:fifty-fifty|nine-to-five|forty-winks)\b",
    r"\b(?:the|those|these|all|us|them|in)\s(?:two|three)\sof\sthem\b",
    r"\btwo\scents\b|\btwo\sminds\b|\bfour\scorners\b",
    r"\bthousand-yard\b|\ba\sthousand\scuts\b|\ba\smillion\stimes\b",
)
#: by what all of them have in them: most texts have neither
_SIGNED = {
    "@": re.compile(r"[\w.+-]{1,64}+@[\w.-]{1,100}"),
    "www.": re.compile(r"\bwww\.\S{1,200}"),
    "://": re.compile(r"\bhttps?://\S{1,500}"),
    "/": re.compile(r"(?<![\w$])[^\W\d_]{1,3}/[^\W\d_]{1,3}-?\d[\w-]{0,40}"),
}
#: what begins with no digit begins neither with a space nor inside a word; said first, it makes the
#: search fast
_MARK = re.compile(
    rf"(?=\d)(?:{'|'.join(_FROM_DIGIT)})|(?![\s\d])(?:(?<![^\W\d_])|(?![^\W\d_]))"
    rf"(?:{'|'.join((*_DATES, _CLOCK, *_AGES, *_NAMES))}|(?i:{'|'.join(_IDIOMS)}))"
)
#: in running text a capital makes a name: Five Eyes, Air Force One, Promise 4
_CAPITALS = (
    re.compile(rf"(?<=[a-z,;]\s)(?-i:(?=[A-Z])){_WORD}(?!\w)", re.IGNORECASE),
    re.compile(
        rf"(?:(?<=[a-z,]\s)|(?<=[“\"‘]))[A-Z][\w'’]{{1,30}}\s\d{{1,4}}{_NO_COUNT}"
        r"(?=[,.;:)”’\"]|$|\s(?:and|or|in|at|on|to|for|by|with|from|was|were|is|are|that|which)\b)"
    ),
)
_NUMBER = re.compile(rf"\d+|\b(?:{'|'.join((*UNITS, *TENS, *SCALES))})", re.IGNORECASE)
#: typeset hyphens, one character each like the plain one
_HYPHENS = str.maketrans("‐‑", "--")
_LIST_NUMBER = re.compile(r"\A\s{0,3}\(?\d{1,2}[.)]\s")


@lru_cache(maxsize=32)  # the guard reads the blocks of a brief right after they were summarized
def cover(text: str, *, heading: bool) -> str:
    """Return `text` with every number that counts nothing blotted out, offsets unchanged.

    In a heading a capital letter says nothing.
    """
    text = text.translate(_HYPHENS)
    if not _NUMBER.search(text):
        return text
    covered = _LIST_NUMBER.sub(_blot, text, count=1)
    for sign, pattern in _SIGNED.items():
        if sign in covered:
            covered = pattern.sub(_blot, covered)
    covered = _MARK.sub(_blot, covered)
    for pattern in () if heading else _CAPITALS:
        covered = pattern.sub(_blot, covered)
    return covered


def _blot(match: re.Match[str]) -> str:
    return BLOT * len(match[0])
