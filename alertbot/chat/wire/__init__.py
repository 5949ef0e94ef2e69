"""The wire to Telegram: the requests, and what became of a message that one of them carried."""
