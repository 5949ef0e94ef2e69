"""Rules and briefs for hypothesis, made of few words, so that rules fire and places overlap."""

from classifier_samples import make_brief
from hypothesis import strategies as st

from alertbot.model import Zone

#: some are written in many ways
WORDS = ["iran", "Iran", "Iran’s", "iranian", "US", "us", "U.S.", "deal", "Fateh-110", "ß", "İran"]
TERMS = [
    "iran",
    "iran*",
    '"iran deal"',
    '"iran* deal"',
    '="US"',
    "us",
    '"us iran"',
    "fateh*",
    "110",
]
LISTS = {"one": ["iran", "Iran deal", "=US"], "two": ["@one", "deal", "iran* us", "ss"]}
TERM = st.sampled_from([*TERMS, "@one", "@two", "deal", "nothing"])


def joined(operator: str, parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=2, max_size=3).map(
        lambda some: f"({f' {operator} '.join(some)})"
    )


GAP = st.integers(0, 4)
#: what has places: it may be counted, and be near to another
COUNTABLE = st.recursive(
    TERM,
    lambda inner: st.one_of(
        joined("OR", inner),
        st.builds("({} {}/{} {})".format, inner, st.sampled_from(["NEAR", "ONEAR"]), GAP, inner),
    ),
    max_leaves=4,
)
ZONES = st.sampled_from([zone.value for zone in Zone if zone not in (Zone.BYLINE, Zone.RELATED)])
RULE = st.recursive(
    COUNTABLE | st.builds("ATLEAST/{} {}".format, st.integers(1, 4), COUNTABLE),
    lambda inner: st.one_of(
        joined("OR", inner),
        joined("AND", inner),
        st.builds("({} NOT {})".format, inner, inner),
        st.builds("{}:({})".format, ZONES, inner),
    ),
    max_leaves=5,
)
SENTENCE = st.lists(st.sampled_from([*WORDS, "x", "y", "—"]), max_size=12).map(" ".join)
BLOCK = st.builds(
    "{}: {}".format, st.sampled_from([*(zone.value for zone in Zone), "lead heading"]), SENTENCE
)
BRIEF = st.builds(
    lambda blocks, long: make_brief(" / ".join([*blocks, *(["body: …"] if long else [])])),
    st.lists(BLOCK, min_size=1, max_size=6),
    st.booleans(),
)
