"""Who is served: the page of one person or of several, and programs that write with language models."""
