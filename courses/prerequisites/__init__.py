"""What comes first: activities that are to be fulfilled before a course, or a lesson of it, opens."""
