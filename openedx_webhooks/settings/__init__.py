"""Settings that the platform's plugin machinery reads, by stage."""
