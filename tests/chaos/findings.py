"""Counts what became of the deliveries of a round: by what arrived, not by what alertbot says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.trial import Pair, Trial

#: the line that a second try adds to a message
MARK = "This alert may have reached you before."
#: Telegram's limits for one chat (core.telegram.org/bots/faq): seconds, messages in them. A second
#: is too short to judge from outside: a message that is late on the wire comes close to the next
PRIVATE_LIMIT = (5.0, 6)
GROUP_LIMIT = (59.0, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What became of the deliveries, in numbers."""

    #: pairs that arrived
    deliveries: int
    messages: int
    #: wanted, never accepted, and not listed as `unknown`
    lost: int
    #: of the lost, those still due: the round was not let to its end
    waiting: int
    repeated: int
    #: the most messages of one pair
    most_of_one: int
    #: repeats that made a sound
    loud_repeats: int
    #: repeats that say something else than the first, but for the mark
    changed_repeats: int
    #: for a chat or of an entry that nobody asked for, or before it was published
    unexpected: int
    #: rows that are listed as unknown, and of those, how many never arrived
    unknown: int
    unknown_lost: int
    late: int
    sent_but_not_in_ledger: int
    out_of_order: int
    #: requests while a 429 was in force
    in_pause: int
    most_in_a_second: int
    #: messages beyond Telegram's limits for one chat
    over_chat_limit: int


def examine(trial: Trial) -> Findings:
    """Count what became of the deliveries."""
    published = _published(trial.origin)
    wanted = {
        (title, chat): len(entries)
        for title, entries in published.items()
        for chat, topics in trial.subscribers.items()
        if topics & set(entries[0]["topics"])
    }
    accepted = trial.accepted()
    arrived = Counter(pair for pair, _ in accepted if pair in wanted)
    repeats = list(_repeats(accepted, wanted))
    states = _states(trial)
    missing = [pair for pair in wanted if not arrived[pair]]
    lost = [pair for pair in missing if "unknown" not in states[pair]]
    times = [message["at"] for _, message in accepted]
    return Findings(
        deliveries=len(arrived),
        messages=len(accepted),
        lost=len(lost),
        waiting=sum(bool(states[pair] & {"pending", "sending"}) for pair in lost),
        repeated=len(repeats),
        most_of_one=max(arrived.values(), default=0),
        loud_repeats=_loud_repeats(accepted, wanted),
        changed_repeats=sum(_unmarked(a["text"]) != _unmarked(b["text"]) for a, b in repeats),
        unexpected=sum(_unexpected(pair, message, wanted, published) for pair, message in accepted),
        unknown=sum(row["state"] == "unknown" for row in trial.rows),
        unknown_lost=len(missing) - len(lost),
        late=_late(accepted, published, trial.allowed.late_after),
        sent_but_not_in_ledger=_only_said_to_be_sent(trial),
        out_of_order=_out_of_order(accepted, trial.origin, published),
        in_pause=_in_pause(trial),
        most_in_a_second=_most_within(1.0, times),
        over_chat_limit=_over_chat_limit(accepted),
    )


def _published(origin: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the entries that are news by title; one may be published anew with another id."""
    published: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in origin:
        if not entry["quiet"]:
            published[entry["title"]].append(entry)
    return dict(published)


def _repeats(
    accepted: Sequence[tuple[Pair, Mapping[str, Any]]], wanted: Mapping[Pair, int]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each message of a pair beyond those that were wanted, after the first of the pair."""
    before: dict[Pair, list[Mapping[str, Any]]] = defaultdict(list)
    for pair, message in accepted:
        if pair in wanted:
            before[pair].append(message)
            if len(before[pair]) > wanted[pair]:
                yield before[pair][0], message


def _loud_repeats(
    accepted: Iterable[tuple[Pair, Mapping[str, Any]]], wanted: Mapping[Pair, int]
) -> int:
    loud = Counter(pair for pair, message in accepted if not message["silent"])
    return sum(max(0, loud[pair] - count) for pair, count in wanted.items())


def _unmarked(text: str) -> str:
    return "\n\n".join(part for part in text.split("\n\n") if part != MARK)


def _states(trial: Trial) -> dict[Pair, set[str]]:
    titles = {entry["id"]: entry["title"] for entry in trial.origin}
    states: dict[Pair, set[str]] = defaultdict(set)
    for row in trial.rows:
        states[titles.get(row["entry"], ""), row["chat"]].add(row["state"])
    return states


def _unexpected(
    pair: Pair,
    message: Mapping[str, Any],
    wanted: Mapping[Pair, int],
    published: Mapping[str, Sequence[Mapping[str, Any]]],
) -> bool:
    return pair not in wanted or message["at"] < published[pair[0]][0]["at"]


def _late(
    accepted: Iterable[tuple[Pair, Mapping[str, Any]]],
    published: Mapping[str, Sequence[Mapping[str, Any]]],
    late_after: float,
) -> int:
    first: dict[Pair, float] = {}
    for pair, message in accepted:
        if pair[0] in published:
            first.setdefault(pair, message["at"] - published[pair[0]][0]["at"])
    return sum(waited > late_after for waited in first.values())


def _only_said_to_be_sent(trial: Trial) -> int:
    titles = {entry["id"]: entry["title"] for entry in trial.origin}
    arrived = {(*pair, message["message_id"]) for pair, message in trial.accepted()}
    return sum(
        row["state"] == "sent"
        and (titles.get(row["entry"]), row["chat"], row["message_id"]) not in arrived
        for row in trial.rows
    )


def _out_of_order(
    accepted: Iterable[tuple[Pair, Mapping[str, Any]]],
    origin: Iterable[Mapping[str, Any]],
    published: Mapping[str, Sequence[Mapping[str, Any]]],
) -> int:
    """Count first arrivals after which, in the same chat, came one of an earlier entry."""
    place = {entry["title"]: n for n, entry in enumerate(origin)}
    latest: dict[tuple[int, str], int] = defaultdict(lambda: -1)
    seen: set[Pair] = set()
    count = 0
    for pair, _ in accepted:
        title, chat = pair
        if pair in seen or len(published.get(title, ())) != 1:
            continue
        seen.add(pair)
        lane = chat, published[title][0]["feed"]
        count += place[title] < latest[lane]
        latest[lane] = max(latest[lane], place[title])
    return count


def _in_pause(trial: Trial) -> int:
    """Count requests that came while a 429 to their chat, or to everyone (chat null), held."""
    grace = trial.allowed.pause_grace
    pauses: dict[int | None, list[tuple[float, float]]] = defaultdict(list)
    for pause in trial.events("pause"):
        pauses[pause["chat"]].append((pause["at"] + grace, pause["until"]))
    return sum(
        any(start < request["at"] < end for start, end in pauses[request["chat"]] + pauses[None])
        for request in trial.events("request")
    )


def _most_within(seconds: float, times: Sequence[float]) -> int:
    most = start = 0
    times = sorted(times)
    for end, at in enumerate(times):
        while times[start] <= at - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def _over_chat_limit(accepted: Iterable[tuple[Pair, Mapping[str, Any]]]) -> int:
    times: dict[int, list[float]] = defaultdict(list)
    for (_, chat), message in accepted:
        times[chat].append(message["at"])
    over = 0
    for chat, of_chat in times.items():
        seconds, limit = PRIVATE_LIMIT if chat > 0 else GROUP_LIMIT
        over += max(0, _most_within(seconds, of_chat) - limit)
    return over
