"""The parts of the checks that are this project's own."""
