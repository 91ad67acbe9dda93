"""What stands between a route and its controller, and around every answer."""
