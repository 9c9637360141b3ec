"""The versions of the wording that a shop makes for itself: drafted, reviewed by somebody else, published, retired."""
