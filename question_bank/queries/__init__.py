"""Reading items, quizzes, attempts and results, always through the scopes or the person of whoever asks."""
