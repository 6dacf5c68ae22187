"""Policy in documents: tipping values, programmes, leaders, fronts."""
