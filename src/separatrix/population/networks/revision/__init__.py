"""Revisions of strategies in machine code: who revises, what it sees, what it chooses."""
