"""What follows from a fact: the SOP's sections 4 and 5 as one table, and the one function that writes all of it."""
