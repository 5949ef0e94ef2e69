"""Says what an edit of the config changed, and what of it waits for a restart; pure."""

from collections.abc import Callable, Mapping

from alertbot.config import Config

#: ids named for each sort of change
NAMED = 4
#: what is read only at the start, with the keys under which people know it
_AT_START: Mapping[str, Callable[[Config], object]] = {
    "store.url": lambda config: config.store(),
    "the Telegram token": lambda config: config.token,
    "telegram.base_url": lambda config: config.telegram_base_url,
    "telegram.paid_broadcast": lambda config: config.paid_broadcast,
    "network.allow_private": lambda config: config.allow_private,
    "network.contact": lambda config: config.contact,
    "web.listen": lambda config: config.web_listen,
    "websub": lambda config: config.websub,
    "llm": lambda config: config.llm,
}


def differences(old: Config, new: Config) -> tuple[str, ...]:
    """Return a line for each table that changed, of those that a running service follows."""
    tables = (
        ("topics", {topic.id: topic for topic in old.topics}, {t.id: t for t in new.topics}),
        ("terms", old.terms, new.terms),
        ("feeds", {feed.id: feed for feed in old.feeds}, {feed.id: feed for feed in new.feeds}),
    )
    lines = [f"{name}: {change}" for name, *pair in tables if (change := _difference(*pair))]
    if old.admins != new.admins:
        lines.append("telegram.admins: changed")
    if old.max_subscriptions != new.max_subscriptions:
        lines.append(f"chats.max_subscriptions: {new.max_subscriptions}")
    if old.max_watches != new.max_watches:
        lines.append(f"chats.max_watches: {new.max_watches}")
    if old.retention != new.retention:
        lines.append("retention: changed")
    return tuple(lines)


def waiting_for_restart(started: Config, new: Config) -> tuple[str, ...]:
    """Return the keys whose values differ from those that the service was started with."""
    return tuple(key for key, value in _AT_START.items() if value(started) != value(new))


def _difference(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    found = (
        ("added", [key for key in new if key not in old]),
        ("removed", [key for key in old if key not in new]),
        ("changed", [key for key in new if key in old and new[key] != old[key]]),
    )
    said = [f"{verb} {_named(keys)}" for verb, keys in found if keys]
    if not said and list(old) != list(new):
        return "in another order"
    return "; ".join(said)


def _named(keys: list[str]) -> str:
    more = [f"{len(keys) - NAMED} more"] if len(keys) > NAMED else []
    return ", ".join([*keys[:NAMED], *more])
