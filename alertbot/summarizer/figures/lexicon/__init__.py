"""The words the figure grammar knows: plain data, read by every other module of this room.

Sets are lower case. A word goes here when a rule needs to know it and its shape does not tell.
"""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())
