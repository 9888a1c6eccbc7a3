"""Small ASGI servers with state that behave as the recorded ones do. They import nothing of `app`."""
