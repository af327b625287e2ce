"""A campus of one course: as much of the platform as a learner needs to meet five filters and seven events."""
