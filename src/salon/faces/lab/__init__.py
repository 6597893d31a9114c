"""The lab chat: a name, a room, and what is typed is said."""
