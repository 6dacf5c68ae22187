"""Calibration: the game of a cluster in the paper's own six parameters, each with what it rests on"""
