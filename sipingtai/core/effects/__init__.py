"""What each action does to a case: pure functions from an attempt to the case after it."""
