"""Wiring: the only room that knows all the others; `__main__` calls one function per command."""
