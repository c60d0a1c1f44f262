"""What an auditor asks: does it hold, who had what and why, who decided over whom, and all of it to take along."""
