"""Exam sessions: who sits a supervised quiz, when and under which conditions, and who watches over it."""
