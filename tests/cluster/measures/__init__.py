"""Tests of measures: what they cut together, cost and which to take."""
