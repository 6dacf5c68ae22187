"""The diagnosis of the four difficulties, from indicators with intervals and evidence."""
