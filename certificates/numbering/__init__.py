"""Numbers of one's own beside the unguessable one: by province, city or base, without gaps, voids kept with reason."""
