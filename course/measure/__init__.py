"""What answers say: readiness, mastery, review, certainty. Pure; facts go in as values, time as an argument."""
