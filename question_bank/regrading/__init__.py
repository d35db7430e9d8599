"""Regrading (改判): rulings on items and pass marks of quizzes, looked at first, then carried out on every attempt."""
