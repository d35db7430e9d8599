"""Forms of the instructor: items, and quizzes composed of them."""
