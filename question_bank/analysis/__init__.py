"""How items fare: difficulty, discrimination and what was chosen, counted from first attempts."""
