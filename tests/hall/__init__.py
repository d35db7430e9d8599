"""An examination sat by many: how the hall is filled, who comes, and what is held against what they were told."""
