"""The verbs of what is served: the studio, its offline file, and the server for assistants."""
