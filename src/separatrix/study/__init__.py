"""What is told: the results that a report needs, gathered; computes, draws nothing."""
