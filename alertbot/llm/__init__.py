"""Asks a language model to shorten sentences; off unless the config names one.

Any server with OpenAI's chat completions will do. What a model answers is data: it is checked by
`summarizer.shortening`, and nothing it says is done.
"""

from alertbot.llm.shortener import LlmShortener

__all__ = ["LlmShortener"]
