"""What outlasts the day: the log's chain, publications, deletion, export, backups, and health."""
