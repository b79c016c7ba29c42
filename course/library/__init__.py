"""Files → the course: Markdown lessons, quiz files, and the one checker for both."""
