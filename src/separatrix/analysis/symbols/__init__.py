"""The answer in symbols: candidates on every support, when they exist, when they are stable."""
