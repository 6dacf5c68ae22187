"""An example of a park: what the enterprises of a made-up cluster report, and how far it has come."""
