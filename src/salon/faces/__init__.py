"""What people look at. Every face is the client library and a way to show it."""
