"""`salon chat`: talking from a terminal, or through pipes."""
