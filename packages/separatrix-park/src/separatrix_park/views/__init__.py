"""The pages of the platform: one file a group of them."""
