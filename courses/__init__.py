"""Courses: modules, lessons, their versions and their delivery."""
