"""All zeros of the equations of every face, by branch and prune with a Krawczyk test."""
