"""Where connections come in: the door, and who talks with each kind of client."""
