"""The server for assistants: the library's answers for programs that write with language models."""
