"""Results of clusters at a prompt and in a notebook."""
