"""Items that say nearly the same: found when one is saved and when a file comes in."""
