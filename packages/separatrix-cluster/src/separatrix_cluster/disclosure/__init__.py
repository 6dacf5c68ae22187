"""Disclosure control: what published figures give away of one enterprise, and what to withhold."""
