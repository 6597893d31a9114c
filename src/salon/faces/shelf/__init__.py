"""`salon send`, `salon get` and `salon files`: a room's files from the command line."""
