"""Everything outside our process, one file each, with its own time-outs."""
