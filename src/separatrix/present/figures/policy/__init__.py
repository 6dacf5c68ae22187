"""Figures of policy: what leaders bring in time, tipping surfaces, programmes across the separatrix."""
