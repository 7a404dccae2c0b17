"""Submissions: from the bytes a partner sent to accepted claims."""
