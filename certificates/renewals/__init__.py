"""Certificates that come to their end: reminders of it, and renewal by what was learnt since or by evidence."""
