"""What our code costs, as ratios measured in one run: ``make bench``."""
