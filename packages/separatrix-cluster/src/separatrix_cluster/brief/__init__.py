"""One page on a cluster or a game: the answers to ten questions, each number with its source."""
