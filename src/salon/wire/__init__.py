"""What goes over a connection, as pure functions: bytes in, values out, and back."""
