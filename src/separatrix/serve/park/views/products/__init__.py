"""The pages of products: their footprints in versions, and what stands for what was bought."""
