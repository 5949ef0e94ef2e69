"""What a watch is called in a message to its chat: by its rule."""

from collections.abc import Collection

from alertbot.dispatcher.wording import clean, clip
from alertbot.model import Match, TopicId
from alertbot.words import Words


def watch_name(topic: TopicId, matches: Collection[Match], words: Words, limit: int) -> str:
    """Name a watch by its rule, of `limit` characters, which has gone if it ended meanwhile."""
    rule = next((match.rule for match in matches if match.topic == topic), None)
    if rule is None:
        return words("your watch")
    return words("your watch “{rule}”", rule=clip(clean(rule), limit))
