"""What several tests need: a log in a dictionary, an outlet without a connection, stores that misbehave, servers."""
