"""Who is asked, in which wire format, and how the bytes travel."""
