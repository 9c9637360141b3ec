"""What a person must do when the machine cannot: opened with its cause, closed by an outcome."""
