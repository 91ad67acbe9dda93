"""Unpack the request, call one service function, return its answer."""
