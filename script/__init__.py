"""The project's commands: script/server, script/test and what they are made of."""
