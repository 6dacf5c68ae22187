"""Payoffs affine in the shares: one exact linear system a support."""
