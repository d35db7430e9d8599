"""Reading exam sessions, and the part of them that each place watches over."""
