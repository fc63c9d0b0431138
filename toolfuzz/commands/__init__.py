"""What the commands do, a file each; what can be typed stands in the file of that name in cli."""
