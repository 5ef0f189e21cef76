"""Intake: tables as offices print them, read into rows that keep their source line."""
