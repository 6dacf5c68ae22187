"""What must happen: equations, rest points, stability, regimes; exact."""
