"""One question to a chat completions endpoint (OpenAI API reference, "Create chat completion").

No redirects, no cookies, no environment, no tools; an answer of 256 KiB at most. The address is the
operator's own, so it may be a private one. The caller sets the deadline.
"""

from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError

from alertbot.errors import LlmError

MAX_BODY = 256 * 1024
#: what some servers do not know a part of, and then refuse the whole request with these
_REFUSALS = frozenset({400, 404, 422})
_FORMAT = {
    "type": "json_schema",
    "json_schema": {
        "name": "sentences",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"sentences": {"type": "array", "items": {"type": "string"}}},
            "required": ["sentences"],
            "additionalProperties": False,
        },
    },
}

ChatMessage = Mapping[str, str]


class _Said(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Said


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class _Sentences(BaseModel):
    sentences: list[str]


class Endpoint:
    """A language model behind HTTP."""

    def __init__(self, url: str, model: str, key: str | None) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        #: what the request may hold besides model and messages
        self._extras: dict[str, Any] = {"temperature": 0, "response_format": _FORMAT}
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,  # noqa: S113 (the caller's deadline covers everything)
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                **({"Authorization": f"Bearer {key}"} if key else {}),
            },
        )

    async def ask(self, messages: Sequence[ChatMessage]) -> str:
        """Return what the model says to the messages.

        A server that refuses the request is asked once more without what not every server knows,
        and from then on only so.

        Raises:
            LlmError: there is no answer that could be read; the text says why, in one line.
        """
        try:
            status, body = await self._post(messages)
            if status in _REFUSALS and self._extras:
                plain, self._extras = self._extras, {}
                status, body = await self._post(messages)
                if status in _REFUSALS:
                    self._extras = plain
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as exc:
            raise LlmError(" ".join(str(exc).split()) or type(exc).__name__) from exc
        if status != httpx.codes.OK:
            raise LlmError(f"HTTP {status}")
        try:
            return _Completion.model_validate_json(body).choices[0].message.content
        except ValidationError:
            raise LlmError("the answer is not a chat completion") from None

    async def aclose(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def _post(self, messages: Sequence[ChatMessage]) -> tuple[int, bytes]:
        question = {"model": self._model, "messages": list(messages), **self._extras}
        async with self._client.stream("POST", self._url, json=question) as response:
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BODY:
                    raise LlmError("the answer is larger than 256 KiB")
            return response.status_code, bytes(body)


def read_sentences(said: str) -> list[str] | None:
    """Return the sentences in what a model said; None if there is no such JSON in it.

    Endpoints that ignore the format put words or a fence around it.
    """
    start, end = said.find("{"), said.rfind("}")
    try:
        return _Sentences.model_validate_json(said[start : end + 1]).sentences
    except ValidationError:
        return None
