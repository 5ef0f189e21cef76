"""The pages of the intake, a file for each thing a person does. Thin."""
