"""Every error alertbot raises on purpose, in one tree.

AlertbotError
├── ConfigError            the config file, every mistake in it at once
├── RuleError              one rule that does not parse, with its column
├── FeedError              a feed that cannot be read
│   ├── FetchError         the server, or the way to it
│   │   ├── NotPublicAddress
│   │   └── TooLarge
│   └── ParseError         the body is not a feed
├── StoreError             the database cannot be used
│   └── StoreLocked        another process holds it
├── LlmError               a language model that cannot be used
└── TelegramError          Telegram will not talk to us at all
    ├── TokenRefused       the bot token is wrong
    └── UpdatesConflict    another process reads this bot's updates

Adapters translate the errors of their library at their border and chain the cause. Outcomes one
expects (a refused message, a feed that is unchanged) are values, in `ports`.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class AlertbotError(Exception):
    """The root; its text is fit to be shown to the person who can act on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a config file."""

    #: path of the file, as the user gave it
    file: str
    #: 1-based line, or None where the mistake is something missing
    line: int | None
    #: dotted key, such as `feeds[2].interval`; "" where the whole file is meant
    key: str
    #: id of the feed or topic the key belongs to, or None
    id: str | None = None
    #: what is wrong and what was expected
    message: str
    #: True for something that works but is probably not meant
    warning: bool = False

    @property
    def about(self) -> str:
        """The key as people look for it, such as `feeds[2].interval (fdd)`; "" if there is none."""
        return f"{self.key} ({self.id})" if self.id else self.key

    def __str__(self) -> str:
        if self.line is None and not self.key:  # of the file itself, which comes alone
            return f"{self.file}: {self.message}"
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        kind = "warning" if self.warning else "error"
        return ": ".join(filter(None, (where, self.about, kind, self.message)))


class ConfigError(AlertbotError):
    """The config is not usable; `problems` holds every mistake, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def with_caret(reason: str, line: str, column: int) -> str:
    """Return a reason and, below it, the line it is about with a caret; column is 1-based."""
    return f"{reason}\n    {line}\n    {' ' * (column - 1)}^"


class RuleError(AlertbotError):
    """A rule does not parse; `rule` is its line with the mistake, `reason` is for an editor.

    `line` counts the lines of the whole rule from 0, `column` is 1-based into `rule`.
    """

    def __init__(self, rule: str, column: int, reason: str, line: int = 0) -> None:
        self.rule = rule
        self.column = column
        self.reason = reason
        self.line = line
        super().__init__(with_caret(reason, rule, column))


class FeedError(AlertbotError):
    """A feed cannot be read."""


class FetchError(FeedError):
    """The server did not answer as a feed server should."""


class NotPublicAddress(FetchError):
    """The address leads into a private network, which the config does not allow."""


class TooLarge(FetchError):
    """The body is larger than a feed has any reason to be."""


class ParseError(FeedError):
    """The body is not a feed."""


class StoreError(AlertbotError):
    """The database cannot be used."""


class StoreLocked(StoreError):
    """Another alertbot process uses this database."""


class LlmError(AlertbotError):
    """The language model cannot be used; alerts go out without it."""


class TelegramError(AlertbotError):
    """Telegram will not talk to us at all; nothing was changed."""


class TokenRefused(TelegramError):
    """Telegram does not know this bot token."""


class UpdatesConflict(TelegramError):
    """Another process reads this bot's updates."""
