"""Certificates in bulk: a cohort's certificates chosen, reviewed, confirmed as one batch, and issued by a job."""
