"""The verbs of clusters: cluster, calibrate, brief."""
