"""Searching the lessons of one's courses."""
