"""The question bank: items, versions, quizzes, attempts and grading."""
