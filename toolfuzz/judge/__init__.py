"""What is wrong with a reply: layers from the bytes inwards, each cause named once."""
