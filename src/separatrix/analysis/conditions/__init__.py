"""Conditions as short as they can be: no clause that others imply, no alternative that cannot be."""
