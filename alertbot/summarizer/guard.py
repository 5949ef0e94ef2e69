"""Keeps from an alert every line with a number that its brief does not bear out.

A line that is a slice of the brief and cuts no number in two says what the brief says. Of any other
line each number must be in the brief, as the same sort of thing (a date never justifies a count);
the brief must count the same thing there, say that the same befell it in much the same words, and
qualify it alike. The service drops lines that fail; whoever words a line anew asks `violations`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from alertbot.model import Brief, Summary
from alertbot.summarizer.evidence import Claim, Fault, as_brief, bears_out, claims, told_parts

__all__ = ["Dropped", "Fault", "Guarded", "Violation", "guarded", "violations"]

#: how much of a claim holds before this is wrong, the least first
_SEVERITY = tuple(Fault)
#: places of a line that are looked at
_LOOKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A number in a line that the brief does not bear out."""

    #: as the line has it, with its qualifier and noun
    text: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A line that is not told, and why."""

    line: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A summary of which every line holds, and the lines that did not."""

    summary: Summary
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A brief, read once for all lines."""

    brief: Brief
    claims: tuple[Claim, ...]


def violations(brief: Brief, text: str) -> tuple[Violation, ...]:
    """Return the numbers of one line of an alert that its brief does not bear out; () is fine.

    text: plain, in any words; a number may be in digits where the brief has a word, or the reverse.
    """
    return _violations(_read(brief), text)


def guarded(brief: Brief, summary: Summary) -> Guarded:
    """Return the summary without the sentences and key figures that the brief does not bear out."""
    source = _read(brief)
    told = [each.text for each in summary.sentences] + [each.text for each in summary.key_figures]
    wrong = {line: found for line in dict.fromkeys(told) if (found := _violations(source, line))}
    return Guarded(
        summary=replace(
            summary,
            sentences=tuple(each for each in summary.sentences if each.text not in wrong),
            key_figures=tuple(each for each in summary.key_figures if each.text not in wrong),
        ),
        dropped=tuple(Dropped(line=line, violations=found) for line, found in wrong.items()),
    )


def _read(brief: Brief) -> _Source:
    told = told_parts(brief)
    return _Source(brief=told, claims=claims(told))


def _violations(source: _Source, line: str) -> tuple[Violation, ...]:
    line = " ".join(line.split())
    if _is_slice(source, line):
        return ()
    checked = ((claim, _fault(source, claim)) for claim in claims(as_brief(source.brief, line)))
    return tuple(Violation(text=claim.text, fault=fault) for claim, fault in checked if fault)


def _fault(source: _Source, claim: Claim) -> Fault | None:
    """Return what is wrong with a claim, by the claim of the source that comes closest to it."""
    faults = [bears_out(each, claim) for each in source.claims]
    if None in faults:
        return None
    return max((fault for fault in faults if fault), key=_SEVERITY.index, default=Fault.NUMBER)


def _is_slice(source: _Source, line: str) -> bool:
    """Tell whether the line stands in a told block of the brief, with no number cut in two."""
    return any(
        not any(each.start < edge < each.end for each in source.claims for edge in span)
        for span in islice(_occurrences(source.brief, line), _LOOKS)
    )


def _occurrences(brief: Brief, line: str) -> Iterator[tuple[int, int]]:
    """Yield where the line stands, as whole words."""
    for block in brief.blocks:
        start = brief.text.find(line, block.start, block.end)
        while line and start >= 0:
            span = start, start + len(line)
            if not any(_inside_word(brief.text, edge) for edge in span):
                yield span
            start = brief.text.find(line, start + 1, block.end)


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
