"""How work runs: time, progress, processes, seeds, provenance, files; no science."""
