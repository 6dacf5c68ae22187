"""Calibration: the game of a cluster in the paper's own six parameters, each with its basis"""
