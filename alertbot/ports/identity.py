"""What an entry is known by, beside its key."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What stays of an entry whose publisher changes the rest of it; digests, but for the date."""

    #: of its address, however it is written; None if that tells nothing, as that of a front page
    link: str | None
    title: str
    #: of its text and tags
    text: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBrief:
    """A brief that is stored, as far as its next version is judged by it."""

    seen_at: datetime
    #: how often its publisher has changed it
    revisions: int
    #: None: stored by a version of alertbot that knew entries by their keys alone
    marks: Marks | None
