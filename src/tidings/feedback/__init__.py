"""What customers and staff say of how they were told (SOP 7): ratings by a link, comments on templates."""
