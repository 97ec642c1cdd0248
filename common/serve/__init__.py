"""A local page and JSON API for trained networks: limits, a queue, one worker, no trace kept."""
