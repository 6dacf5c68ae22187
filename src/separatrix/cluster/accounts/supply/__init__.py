"""Supply within a cluster and out of it: what members made, passed on and sold, each counted once."""
