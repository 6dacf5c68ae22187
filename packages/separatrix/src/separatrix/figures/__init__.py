"""Figures of what was found; matplotlib is loaded when one is drawn.

For developers
--------------
A document asks for the same picture in several formats: keep one `Portrait`, which computes and draws once
and writes any number of files.
"""
