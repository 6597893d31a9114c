"""The menu chat: four lines to choose from, and what the others say."""
