"""One act upon many items: looked at first, carried out after a confirmation, and undone within a week."""
