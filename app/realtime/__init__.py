"""The second door beside the controllers: events and progress, live, over SSE and Socket.IO."""
