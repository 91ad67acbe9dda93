"""Live connections: stock clients over a killed worker, 10,000 idle ones, 1,000 slow clients."""
