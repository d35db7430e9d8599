"""A second person before anything is issued: who has to be it at which place, and what they decide."""
