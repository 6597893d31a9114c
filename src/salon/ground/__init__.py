"""What both sides need of the machine they run on."""
