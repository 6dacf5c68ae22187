"""The cheapest temporary programme: how strong and how long, then switched off."""
