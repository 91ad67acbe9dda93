"""The shapes that go in and out, with their bounds; and each noun's one `render(row)`."""
