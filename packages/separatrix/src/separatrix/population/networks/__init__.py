"""Networks of enterprises: who sees whom, and how strategies spread among them."""
