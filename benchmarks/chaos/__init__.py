"""Random faults under work: what is lost, doubled, late or left behind; beside it plain Celery."""
