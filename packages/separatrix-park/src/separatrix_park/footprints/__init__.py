"""Footprints exchanged with partners: the partners, requests, notices, and footprints sent and received."""
