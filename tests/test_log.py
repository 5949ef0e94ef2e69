"""What reaches the log, and what must not."""

import io
import logging

import pytest

from alertbot import log

TOKEN = "123456789:AAF-this_is_not_a_real_token_0123456789"


@pytest.fixture
def stream() -> io.StringIO:
    written = io.StringIO()
    log.configure(written, secrets=["s3cret-password"])
    return written


def test_a_token_is_hidden_even_inside_a_url(stream: io.StringIO) -> None:
    logging.getLogger("any").info("POST https://api.telegram.org/bot%s/getMe", TOKEN)

    assert TOKEN not in stream.getvalue()
    assert "bot[hidden]/getMe" in stream.getvalue()


def test_a_token_is_hidden_in_a_traceback(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")
    except ValueError:
        logging.getLogger("any").exception("failed")

    assert "Traceback" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_configured_secrets_are_hidden(stream: io.StringIO) -> None:
    logging.getLogger("any").warning("cannot reach db with s3cret-password")

    assert "s3cret-password" not in stream.getvalue()


def test_a_message_cannot_forge_a_second_event(stream: io.StringIO) -> None:
    logging.getLogger("any").info("title: %s", "x\n2026-01-01 00:00:00 ERROR root: all lost")

    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram.Bot"])
def test_libraries_that_log_requests_are_quiet(stream: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("HTTP Request: POST /bot")

    assert stream.getvalue() == ""
