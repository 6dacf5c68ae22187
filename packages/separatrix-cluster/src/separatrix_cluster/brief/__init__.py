"""What one page on a cluster or a game tells: the answers to ten questions, each number with its source."""
