"""SQLite for a service, as a backend of Django: connections under their rules are used again."""
