"""Says in plain words what is wrong with a value, for people who never heard of pydantic.

`models` uses it for its own values, `tables` for every error pydantic reports.
"""

import json
from collections.abc import Collection
from difflib import get_close_matches

from pydantic_core import ErrorDetails

_FOUND = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a number"),
    (float, "a number with a point"),
    (list | tuple, "a list"),
    (dict, "a table"),
)
_TEXTS = ("texts", str, '"Iran", "Tehran"')
#: as much as may be quoted back
_SHORT = 40
_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
}


def found(value: object) -> str:
    """Name the sort of thing that was found in the file."""
    return next((word for sort, word in _FOUND if isinstance(value, sort)), "a date or time")


def shown(value: object) -> str:
    """Quote a text that was found, name anything else."""
    return f'"{value}"' if isinstance(value, str) else found(value)


def unknown_key(key: str, known: Collection[str]) -> str:
    """Say that a key means nothing, and which one may have been meant."""
    if "token" in key.lower():
        return (
            "a token does not belong in this file; put it in a file of its own, which token_file "
            "under [telegram] names, or in the environment variable ALERTBOT_TELEGRAM_TOKEN"
        )
    if key.lower() in {"key", "api_key", "apikey"}:
        return (
            "a key does not belong in this file; put it in a file of its own, which key_file "
            "under [llm] names, or in the environment variable ALERTBOT_LLM_KEY"
        )
    if known_key := meant(key, known):
        return f'unknown key; did you mean "{known_key}"?'
    return f"unknown key; known here: {', '.join(known)}"


def meant(key: str, known: Collection[str]) -> str | None:
    """Return the known key that an unknown one is near to, or None."""
    return next(iter(get_close_matches(key.lower(), known, n=1)), None)


def is_misspelt(name: str, written: Collection[str], known: Collection[str]) -> bool:
    """Tell whether one of the keys `written` is likely meant as `name`, which is not there."""
    return name not in written and any(
        meant(key, known) == name for key in written if key not in known
    )


def explain(error: ErrorDetails, known: Collection[str], thing: str) -> str:
    """Turn an error of pydantic into a sentence.

    known: the keys of the table it is in. thing: what such a table describes, such as "topic".
    """
    sort = error["type"]
    key = str(error["loc"][-1]) if error["loc"] else ""
    if sort == "extra_forbidden":
        return unknown_key(key, known)
    if sort == "missing":
        return f"missing; every {thing} needs one"
    if sort in _EXPECTED:
        return f"expected {_EXPECTED[sort]}, found {found(error['input'])}"
    if sort == "tuple_type":
        return _no_list(key, error["input"])
    return _explain_value(error)


def _no_list(key: str, value: object) -> str:
    things, sort, example = ("numbers", int, "123456789") if key == "admins" else _TEXTS
    alone = type(value) is sort and len(str(value)) <= _SHORT
    written = json.dumps(value, ensure_ascii=False) if alone else example
    return f"expected a list of {things}, such as [{written}], found {found(value)}"


def _explain_value(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            expected = str(context["expected"]).replace("'", '"')
            return f"expected {expected}, found {shown(error['input'])}"
        case "string_too_short":
            return "must not be empty"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case _:
            return error["msg"]
