"""What an edit of the config changes while the service runs."""
