"""What admins do: acts, pauses, broadcasts."""
