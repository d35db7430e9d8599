"""Writing items, quizzes, attempts and answers. None of these commits."""
