"""Opens the language model that the config names, for the service and for preview."""

from alertbot.config import Config
from alertbot.llm import LlmShortener


def open_shortener(config: Config) -> LlmShortener | None:
    """Return what shortens alerts, to be closed, or None where no language model is configured."""
    if config.llm is None:
        return None
    key = config.llm.key.reveal() if config.llm.key else None
    return LlmShortener(config.llm.url, config.llm.model, key)
