"""What tests stand on: servers, fixtures, processes."""
