"""Another plugin of a site: it defines events and filters of its own, and nobody imports them but who is told to."""
