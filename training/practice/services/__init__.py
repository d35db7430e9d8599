"""Writing practice: plans, postings, hours, assessments, the logbook."""
