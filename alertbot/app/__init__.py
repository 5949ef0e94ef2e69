"""Wiring: the only room that knows all the others; `__main__` calls one function per command."""

#: exit codes: fine; the thing looked at is not fine; usage or config error
FINE, NOT_FINE, UNUSABLE = 0, 1, 2
