"""Carbon footprints of products from cradle to gate, and their exchange as PACT has it."""
