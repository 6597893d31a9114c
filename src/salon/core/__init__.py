"""What Salon is, as pure functions and values: no clock, no socket, no disk, no chance."""
