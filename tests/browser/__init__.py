"""Pages in a real browser: Chromium, when the machine has one."""
