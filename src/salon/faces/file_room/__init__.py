"""The file room: everybody in the lobby, with a shelf that keeps the newest files."""
