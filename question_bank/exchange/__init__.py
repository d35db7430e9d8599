"""Items in and out of files: what a file brings, and what of an item a file can carry. Pure but for the words."""
