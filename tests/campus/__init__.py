"""Stand-ins for the models of the platform that its filters carry: the same relations and kinds of columns."""
