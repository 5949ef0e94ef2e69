"""Where the bot token comes from, and that it is never shown."""

import copy
import dataclasses
import traceback

import pytest

from alertbot.config import Secret, check_config, load_config
from alertbot.errors import ConfigError

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"
OTHER = "987654321:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"
VARIABLE = "ALERTBOT_TELEGRAM_TOKEN"
NAMES_FILE = '[telegram]\ntoken_file = "bot.token"\n'


@pytest.fixture
def keep(tmp_path):
    def keep(text, mode=0o600):
        path = tmp_path / "bot.token"
        path.write_text(text)
        path.chmod(mode)
        return path

    return keep


def errors(path, env=None):
    return [one for one in check_config(path, env or {}) if not one.warning]


def test_the_environment_gives_the_token(write):
    assert load_config(write(""), {VARIABLE: f" {TOKEN}\n"}).token == Secret(TOKEN)


def test_a_file_beside_the_config_gives_the_token(write, keep):
    keep(f"\n {TOKEN} \r\n")

    assert load_config(write(NAMES_FILE), {}).token.reveal() == TOKEN


def test_the_environment_wins_over_the_file(write, keep):
    keep(OTHER)

    assert load_config(write(NAMES_FILE), {VARIABLE: TOKEN}).token == Secret(TOKEN)


def test_an_empty_variable_is_as_good_as_none(write, keep):
    keep(TOKEN)

    assert load_config(write(NAMES_FILE), {VARIABLE: " "}).token == Secret(TOKEN)
    assert load_config(write(""), {VARIABLE: ""}).token is None


def test_a_token_file_that_is_not_there_is_a_mistake(write, tmp_path):
    [problem] = errors(write(NAMES_FILE))

    assert (problem.line, problem.key) == (2, "telegram.token_file")
    assert problem.message == f"cannot read {tmp_path / 'bot.token'}: No such file or directory"


@pytest.mark.parametrize("text", ["", "hunter2", TOKEN[:-10], TOKEN + "\n" + TOKEN, "x" + TOKEN])
def test_what_is_no_token_is_refused_unseen(write, keep, text):
    keep(text)

    [problem] = errors(write(NAMES_FILE))

    assert (problem.line, problem.key) == (2, "telegram.token_file")
    assert "holds no token" in problem.message
    assert not text or text not in str(problem)


def test_a_token_file_that_is_not_text_is_refused(write, keep):
    keep("").write_bytes(b"\xff\xfe1\x002\x00")

    assert "holds no token" in errors(write(NAMES_FILE))[0].message


def test_a_token_file_whose_name_no_file_can_have_is_refused(write):
    [problem] = errors(write('[telegram]\ntoken_file = "a\\u0000b"'))

    assert problem.key == "telegram.token_file"


def test_a_variable_without_a_token_is_refused_unseen(write):
    [problem] = errors(write(""), {VARIABLE: "hunter2"})

    assert (problem.line, problem.key) == (None, VARIABLE)
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        f'[telegram]\ntoken = "{TOKEN}"',
        f'[telegram]\nbot_token = "{TOKEN}"',
        f'token = "{TOKEN}"',
    ],
)
def test_a_token_in_the_config_is_an_unknown_key_with_advice(write, text):
    [problem] = errors(write(text))

    assert problem.line == text.count("\n") + 1
    assert "put it in a file of its own" in problem.message
    assert TOKEN not in str(problem)


@pytest.mark.parametrize("token", [TOKEN, TOKEN[:-10]])
def test_a_token_where_its_file_should_be_named_is_not_repeated(write, token):
    [problem] = errors(write(f'[telegram]\ntoken_file = "{token}"'))

    assert problem.message.startswith("this is a token, not the name of a file")
    assert token not in str(problem)


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o640, 0), (0o644, 1), (0o444, 1)])
def test_a_token_that_everyone_can_read_is_a_warning(write, keep, mode, count):
    keep(TOKEN, mode)
    path = write(NAMES_FILE)

    found = [one for one in check_config(path, {}) if one.key == "telegram.token_file"]

    assert [one.warning for one in found] == [True] * count
    assert load_config(path, {}).token == Secret(TOKEN)


def test_a_secret_is_never_shown(write):
    config = load_config(write(""), {VARIABLE: TOKEN})

    for shown in (
        repr(config),
        str(config.token),
        f"{config.token}",
        f"{config.token!r:>40}",
        repr(dataclasses.asdict(dataclasses.replace(config, terms={}))),
        repr(copy.deepcopy(config.token)),
    ):
        assert TOKEN not in shown
        assert TOKEN.partition(":")[2] not in shown


def test_no_traceback_of_a_broken_config_shows_the_token(write):
    text = f'[telegram]\ntoken = "{TOKEN}"\ntoken_file = "{TOKEN}"\nadmins = ["{TOKEN}"]'
    with pytest.raises(ConfigError) as error:
        load_config(write(text), {})

    assert TOKEN not in "".join(traceback.format_exception(error.value))


def test_secrets_are_equal_when_their_texts_are():
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
