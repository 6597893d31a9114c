"""Where logs are kept. Each adapter passes the same contract suite."""
