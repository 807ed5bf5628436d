"""The screens of access: logging in and out, choosing a password, one's account."""
