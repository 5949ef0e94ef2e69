"""Lints a config as it stands; `alertbot check` and the admins' /check say what is found."""

from collections.abc import Sequence

from alertbot.app.wording import counted, size_of
from alertbot.classifier.backtest import too_broad
from alertbot.config import Config, warn_of_rules
from alertbot.errors import Problem
from alertbot.model import Brief
from alertbot.store import Store

#: so many of the newest show whether a rule is too broad
CHECKED_BRIEFS = 1_000


async def newest_briefs(store: Store) -> list[Brief]:
    """Return the briefs on which rules are tried; raises StoreError."""
    newest = await anext(store.feeds.archive(batch=CHECKED_BRIEFS))
    return [archived.brief for archived in newest]


def broad_rules(config: Config, briefs: Sequence[Brief]) -> tuple[Problem, ...]:
    """Return a warning for each rule that fires on most of the briefs."""
    return warn_of_rules(config.path, too_broad(briefs, config.topics, config.terms))


def verdict(config: Config | None, problems: Sequence[Problem]) -> str:
    """Return in a line what was found; config: None if it is not usable."""
    warnings = sum(problem.warning for problem in problems)
    warned = [counted(warnings, "warning")] if warnings else []
    if config is None:
        errors = counted(len(problems) - warnings, "error")
        return f"{', '.join([errors, *warned])}: not usable"
    return ", with ".join([f"{size_of(config)}, usable", *warned])
