"""What is seen: figures and documents; takes results, computes nothing again."""
