"""Footprints for programs: own products, what stands for purchases, partners, and what went to and fro."""
