"""The verbs of policy: tipping values, programmes, leaders, fronts and the brief."""
