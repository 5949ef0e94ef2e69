"""Says in plain words what is wrong with a value, for people who never heard of pydantic.

`models` uses it for its own values, `tables` for every error pydantic reports.
"""

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
_LISTS = {"admins": "numbers"}
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
    close = get_close_matches(key.lower(), known, n=1)
    if close:
        return f'unknown key; did you mean "{close[0]}"?'
    return f"unknown key; known here: {', '.join(known)}"


def explain(error: ErrorDetails, known: Collection[str]) -> str:
    """Turn an error of pydantic into a sentence; `known` are the keys of the table it is in."""
    sort = error["type"]
    key = str(error["loc"][-1]) if error["loc"] else ""
    if sort == "extra_forbidden":
        return unknown_key(key, known)
    if sort == "missing":
        return "missing; every table of this sort needs one"
    if sort in _EXPECTED:
        return f"expected {_EXPECTED[sort]}, found {found(error['input'])}"
    if sort == "tuple_type":
        return f"expected a list of {_LISTS.get(key, 'texts')}, found {found(error['input'])}"
    return _explain_value(error)


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
        case _:
            return error["msg"]
