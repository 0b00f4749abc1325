"""The long-running service: passes and reports at their times, one at a time."""
