"""Designs of certificates by province, city and base: written, looked at on hard names, approved by a second person."""
