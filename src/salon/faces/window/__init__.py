"""The window: a local agent that serves the web app to an app window, and does what a page cannot."""
