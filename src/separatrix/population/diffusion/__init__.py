"""What spreads along links: awareness of an idea, by cascades, by thresholds and after Bass."""
