"""The same work as a reader of each library's documentation would write it; nothing in here is part of the product."""
