"""Industrial symbiosis: which streams to exchange, through which shared facilities, and what that brings."""
