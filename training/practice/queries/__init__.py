"""Reading practice, always through the scopes of whoever asks, or as one's own."""
